import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, it } from "vitest";
import { shellWord } from "./shell.ts";

it("leaves plain names as they are", () => {
  expect(["/etc/passwd", "ssh.service", "user@1000.service"].map(shellWord)).toEqual([
    "/etc/passwd",
    "ssh.service",
    "user@1000.service",
  ]);
});

it("quotes so that a shell gives back the very name", () => {
  const name = fc.string({ minLength: 1, maxLength: 20 }).filter((text) => !text.includes("\0"));
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 20 }), (names) => {
      const printed = execFileSync("sh", ["-c", `printf '%s\\0' ${names.map(shellWord).join(" ")}`], {
        encoding: "utf8",
      });
      expect(printed.split("\0").slice(0, -1)).toEqual(names);
    }),
    { numRuns: 40 },
  );
});

it("names bytes that are no UTF-8 as the bytes that they are", () => {
  const word = shellWord("/usr/bin/a'\udcff\udcc3 \u{1f600}");
  const printed = execFileSync("sh", ["-c", `printf %s ${word}`]);
  expect(printed).toEqual(
    Buffer.concat([Buffer.from("/usr/bin/a'"), Buffer.of(0xff, 0xc3), Buffer.from(" \u{1f600}")]),
  );
});
