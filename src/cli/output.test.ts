import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { write } from "./output.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "plimsoll-output-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe("writing to a file", () => {
  it.each<[string, string | Iterable<string>, string]>([
    ["whole", "two\nlines\n", "two\nlines\n"],
    ["empty", "", ""],
    ["in no pieces", [], ""],
    ["in pieces", ["a", "", "ß😀", "\n"], "aß😀\n"],
    [
      "in many pieces",
      Array.from({ length: 100_000 }, (_, index) => `${index}\n`),
      [...Array(100_000).keys(), ""].join("\n"),
    ],
  ])("writes text %s, making the folder", async (name, text, expected) => {
    const path = join(folder, name, "out.txt");
    await write(text, path);
    expect(await readFile(path, "utf8")).toBe(expected);
  });

  it("replaces what stood there before, though it was longer", async () => {
    const path = join(folder, "replaced.txt");
    await write("a long text that was there before", path);
    await write(["short"], path);
    expect(await readFile(path, "utf8")).toBe("short");
  });

  it("says which path cannot be written", async () => {
    const refused = { code: "CONFIG_INVALID", message: expect.stringContaining(`cannot write ${folder}: `) };
    await expect(write("text", folder)).rejects.toMatchObject(refused);
    await expect(write("text", "/dev/full")).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: expect.stringMatching(/^cannot write \/dev\/full: .*ENOSPC/),
    });
  });

  it("does not call a fault in what makes the pieces a path that cannot be written", async () => {
    const fault = new TypeError("a fault");
    const pieces = (function* () {
      yield "begun";
      throw fault;
    })();
    await expect(write(pieces, join(folder, "broken.txt"))).rejects.toBe(fault);
  });
});
