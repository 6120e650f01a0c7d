import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { columnsOf, cut, cutStart, padded, paddedLeft, wrapped } from "./columns.ts";
import { visible } from "./visible-text.ts";

const shown = fc.string({ unit: "grapheme" }).map(visible);

describe("columns of text", () => {
  it.each([
    ["abc", 3],
    ["日本", 4],
    ["e\u0301", 1],
    ["한글", 4],
    ["🔥", 2],
    ["", 0],
  ])("%j takes %i", (text, columns) => {
    expect(columnsOf(text)).toBe(columns);
  });
  it("padding reaches the width and never cuts", () => {
    fc.assert(
      fc.property(shown, fc.integer({ min: 0, max: 60 }), (text, width) => {
        expect(columnsOf(padded(text, width))).toBe(Math.max(width, columnsOf(text)));
        expect(paddedLeft(text, width).endsWith(text)).toBe(true);
      }),
    );
  });
  it("cutting keeps within the width and marks what is missing", () => {
    fc.assert(
      fc.property(shown, fc.integer({ min: 1, max: 40 }), (text, width) => {
        const short = cut(text, width);
        expect(columnsOf(short)).toBeLessThanOrEqual(width);
        expect(short === text || short.endsWith("…")).toBe(true);
        const tail = cutStart(text, width);
        expect(columnsOf(tail)).toBeLessThanOrEqual(width);
        expect(tail === text || (tail.startsWith("…") && text.endsWith(tail.slice(1)))).toBe(true);
      }),
    );
  });
  it("wrapping loses nothing but white space", () => {
    fc.assert(
      fc.property(
        fc.array(shown).map((words) => words.join(" ")),
        fc.integer({ min: 2, max: 40 }),
        (text, width) => {
          const lines = wrapped(text, width);
          for (const line of lines) expect(columnsOf(line)).toBeLessThanOrEqual(width);
          expect(lines.join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
        },
      ),
    );
  });
});
