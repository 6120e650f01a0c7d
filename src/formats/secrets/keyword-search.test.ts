import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KeywordSearch } from "./keyword-search.ts";

function hits(keywords: readonly { text: string; ignoreCase?: boolean }[], text: string): string[] {
  const found: string[] = [];
  new KeywordSearch(keywords).scan(Buffer.from(text, "latin1"), (at, index) =>
    found.push(`${at} ${keywords[index]!.text}`),
  );
  return found.sort();
}

describe("a search for many keywords", () => {
  it("finds each where it stands, also those that overlap or begin alike", () => {
    expect(hits([{ text: "abcd" }, { text: "bcde" }, { text: "abcdef" }], "xabcdefabcd")).toEqual([
      "1 abcd",
      "1 abcdef",
      "2 bcde",
      "7 abcd",
    ]);
  });
  it("takes case into account only where it is told to", () => {
    expect(hits([{ text: "token", ignoreCase: true }, { text: "AKIA" }], "ToKeN akia AKIA")).toEqual([
      "0 token",
      "11 AKIA",
    ]);
  });
  it("completes keywords of three characters and refuses shorter ones", () => {
    expect(hits([{ text: "SG." }], "SG.a SG. SG")).toEqual(["0 SG."]);
    expect(() => new KeywordSearch([{ text: "ab" }])).toThrow(TypeError);
  });
  it("gives what looking at every place gives", () => {
    const letter = fc.constantFrom("a", "b", "A", "B", "_");
    const keyword = fc.record({
      text: fc.array(letter, { minLength: 4, maxLength: 7 }).map((parts) => parts.join("").toLowerCase()),
      ignoreCase: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(keyword, { maxLength: 8, selector: ({ text }) => text }),
        fc.array(letter, { maxLength: 80 }),
        (keywords, parts) => {
          const text = parts.join("");
          const expected: string[] = [];
          for (let at = 0; at < text.length; at++) {
            for (const { text: word, ignoreCase } of keywords)
              if ((ignoreCase ? text.toLowerCase() : text).startsWith(word, at)) expected.push(`${at} ${word}`);
          }
          expect(hits(keywords, text)).toEqual(expected.sort());
        },
      ),
    );
  });
});
