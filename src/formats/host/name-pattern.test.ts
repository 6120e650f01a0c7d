import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { survivesAnyText } from "../../../test/hostile-input.ts";
import { namePattern } from "./name-pattern.ts";

describe("patterns of names", () => {
  it.each([
    ["web*", "web1", true],
    ["WEB?", "web1", true],
    ["web?", "web", false],
    ["*", "", true],
    ["w*b*1", "wxxbxb1", true],
    ["w*b*2", "wxxbxb1", false],
    ["[a-z]eb", "Web", true],
    ["[!a-v]eb", "web", true],
    ["[^a-v]eb", "aeb", false],
    ["w[]e]b", "web", true],
    ["w[]e]b", "w]b", true],
    ["we[", "we[", true],
    ["we[", "web", false],
    ["we\\b", "web", true],
    ["w\\*", "w*", true],
    ["w\\*", "web", false],
    ["[[:upper:]]eb", "web", false],
    ["[[:upper:]]eb", "WEB", true],
    ["[[:digit:]a]", "7", true],
    ["[a-]", "-", true],
    ["[\\]]", "]", true],
    ["[z-a]", "m", false],
    ["*.org", "a.b.org", true],
  ])("%s and %s: %s", (pattern, name, expected) => {
    expect(namePattern(pattern).matches(name)).toBe(expected);
  });

  it("tell whether a longer name may fit", () => {
    expect(
      ["web.*", "*.org", "web.a", "db.*", "web.", "w*"].map((one) => namePattern(one).mayContinue("web.")),
    ).toEqual([true, true, true, false, false, true]);
  });

  it("agree with a plain reading of stars and question marks", () => {
    const pattern = fc.string({ unit: fc.constantFrom(..."aB*?"), maxLength: 7 });
    const name = fc.string({ unit: fc.constantFrom(..."ab"), maxLength: 7 });
    fc.assert(
      fc.property(pattern, name, name, (text, one, rest) => {
        const plain = new RegExp(`^${text.replaceAll("*", ".*").replaceAll("?", ".")}$`, "i");
        expect(namePattern(text).matches(one)).toBe(plain.test(one));
        if (rest !== "" && plain.test(one + rest)) expect(namePattern(text).mayContinue(one)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it("answer a pattern of many stars at once", () => {
    const pattern = namePattern(`${"*a".repeat(20_000)}b`);
    expect(pattern.matches("a".repeat(250))).toBe(false);
  });

  it("answer any text", () => {
    const name = "web1.example.org";
    survivesAnyText(
      (text) => namePattern(text).matches(name),
      ["[", "]", "!", "^", "-", "*", "?", "\\", "[:alpha:]", "a"],
    );
  });
});
