import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { limits } from "../../core/limits.ts";
import { classifyProgram } from "../../formats/binaries/classify.ts";
import { elfImage } from "../../formats/elf.fixture.ts";
import { ElfFile } from "../../formats/elf.ts";
import { programWithoutCode } from "./program-file.ts";

const folder = mkdtempSync(join(tmpdir(), "plimsoll-programs-"));
afterAll(() => rmSync(folder, { recursive: true }));

const large = 9 * 1024 ** 2;

function written(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

test.each([
  { is64: true, littleEndian: true },
  { is64: false, littleEndian: true },
  { is64: true, littleEndian: false },
])("a large program comes without its tables and with all else in its place (%o)", (form) => {
  const parts = {
    ".rodata": Buffer.from("version 1.2.3"),
    ".gopclntab": Buffer.alloc(large, 0xcc),
    ".data": Buffer.from("end"),
  };
  const whole = elfImage(parts, form);
  const lean = programWithoutCode(written("program", whole), limits.analysedFile);
  if (!lean) throw new Error("the program was not read");
  expect(lean.length).toBe(whole.length);
  const elf = new ElfFile(lean, "program");
  expect(elf.sections).toEqual(new ElfFile(whole, "program").sections);
  for (const name of [".rodata", ".data"] as const)
    expect(Buffer.from(elf.content(name) ?? []).equals(parts[name])).toBe(true);
  expect(
    elf
      .content(".gopclntab")
      ?.subarray(70_000)
      .every((byte) => byte === 0),
  ).toBe(true);
});

test("the running program is told the same way as when it is read whole", () => {
  const lean = programWithoutCode(process.execPath, limits.analysedFile);
  const whole = readFileSync(process.execPath);
  const path = "usr/local/bin/node";
  // A program too small or too large for it is read whole anyway; Node is neither.
  expect(classifyProgram(path, lean ?? whole)).toEqual(classifyProgram(path, whole));
  expect(classifyProgram(path, lean ?? whole).packages.map(({ version }) => version)).toContain(process.versions.node);
});

test.each([
  ["a small program", elfImage({ ".rodata": Buffer.from("small") })],
  ["a large file that is no program", Buffer.alloc(large, 0x41)],
  [
    "a program that ends before its section headers",
    elfImage({ ".rodata": Buffer.alloc(2 * large) }).subarray(0, large),
  ],
])("%s is left to be read whole", (name, bytes) => {
  expect(programWithoutCode(written("other", bytes), limits.analysedFile), name).toBeUndefined();
});

test("what is absent, a folder or above the limit is left to be read whole", () => {
  expect(programWithoutCode(join(folder, "absent"), limits.analysedFile)).toBeUndefined();
  expect(programWithoutCode(folder, limits.analysedFile)).toBeUndefined();
  expect(programWithoutCode(written("huge", elfImage({ ".data": Buffer.alloc(large) })), large)).toBeUndefined();
});

test("damaged headers never throw", () => {
  const image = elfImage({ ".rodata": Buffer.from("text"), ".gopclntab": Buffer.alloc(large) });
  const path = join(folder, "damaged");
  fc.assert(
    fc.property(fc.nat(63), fc.nat(255), (at, value) => {
      const bytes = Buffer.from(image);
      bytes[at] = value;
      writeFileSync(path, bytes);
      const lean = programWithoutCode(path, limits.analysedFile);
      expect(lean === undefined || lean.length === bytes.length).toBe(true);
    }),
    { numRuns: 60 },
  );
});
