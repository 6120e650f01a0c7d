import { Readable } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type InputLine, inputLines, longestLine } from "./input-lines.ts";

async function linesOf(...chunks: (string | Buffer)[]): Promise<InputLine[]> {
  const lines: InputLine[] = [];
  for await (const batch of inputLines(Readable.from(chunks))) lines.push(...batch);
  return lines;
}

describe("lines of input", () => {
  it("ends them at line feeds alone, and takes the last without one", async () => {
    expect(await linesOf("\uFEFFa\r\nb\u2028c\n", "\n", "d\re")).toEqual([
      { number: 1, text: "a" },
      { number: 2, text: "b\u2028c" },
      { number: 3, text: "" },
      { number: 4, text: "d\re" },
    ]);
  });
  it("gives what has come before more comes", async () => {
    const batches: number[] = [];
    for await (const batch of inputLines(Readable.from(["a\nb\n", "c\n"]))) batches.push(batch.length);
    expect(batches).toEqual([2, 1]);
  });
  it("keeps the beginning of a line that is too long, and the lines behind it", async () => {
    const piece = "x".repeat(50_000);
    const lines = await linesOf(piece, piece, `${piece}\nshort\n`, `${piece}${piece}\n`);
    expect(lines.map(({ text, isCut }) => [text.length, isCut === true])).toEqual([
      [longestLine, true],
      [5, false],
      [longestLine, true],
    ]);
  });
  it("does not depend on where the bytes are parted", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme" }), fc.nat(20), async (text, size) => {
        const bytes = Buffer.from(text.replaceAll("r", "\n"));
        const pieces = Array.from({ length: Math.ceil(bytes.length / (size + 1)) }, (_, index) =>
          bytes.subarray(index * (size + 1), (index + 1) * (size + 1)),
        );
        expect(await linesOf(...pieces)).toEqual(await linesOf(bytes));
      }),
    );
  });
});
