import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { counted, valueText, visible } from "./visible-text.ts";

describe("visible text", () => {
  it.each([
    ["a\nb", "a\\nb"],
    ["\u001b[31m", "\\u{1b}[31m"],
    ["\u202Etxt.exe", "\\u{202e}txt.exe"],
    ["\ud800", "\\u{d800}"],
    ["\u0000", "\\u{0}"],
    ["\u009b31m", "\\u{9b}31m"],
    ["naïve 日本 🔥", "naïve 日本 🔥"],
  ])("%j", (text, expected) => {
    expect(visible(text)).toBe(expected);
  });
  it("is on one line, well-formed and stable for any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const once = visible(text);
        expect(once).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u);
        expect(visible(once)).toBe(once);
      }),
    );
  });
});

it("values are text as they are and JSON otherwise, cut where they are long", () => {
  expect(valueText("a")).toBe("a");
  expect(valueText({ a: [1] })).toBe('{"a":[1]}');
  expect(valueText(undefined)).toBe("nothing");
  expect([...valueText("🔥".repeat(300), 10)]).toEqual([..."🔥".repeat(9), "…"]);
});

it("counts in words", () => {
  expect([counted(1, "finding"), counted(0, "finding"), counted(2, "vulnerability", "vulnerabilities")]).toEqual([
    "1 finding",
    "0 findings",
    "2 vulnerabilities",
  ]);
});
