import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { packageReaders } from "./index.generated.ts";

it("docs/packages.md has a row for every reader, and none for what is no reader", () => {
  const page = readFileSync(new URL("../../../docs/packages.md", import.meta.url), "utf8");
  const rows = [...page.matchAll(/^\| ([a-z][a-z-]*) \|/gm)].map(([, id]) => id).filter((id) => id !== "reader");
  expect(rows.sort()).toEqual([...packageReaders.keys()].sort());
});
