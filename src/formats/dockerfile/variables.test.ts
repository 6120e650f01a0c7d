// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text under test has them
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { substitute } from "./variables.ts";
import { jsonForm, quotedWords, wordsOf } from "./words.ts";

const variables = new Map<string, string | undefined>([
  ["A", "x"],
  ["EMPTY", ""],
  ["OPEN", undefined],
]);

describe("variables", () => {
  it.each([
    ["$A-$A", "x-x", []],
    ["${A}b", "xb", []],
    ["$NONE", "$NONE", ["NONE"]],
    ["$OPEN", "$OPEN", ["OPEN"]],
    ["${NONE:-d}", "d", []],
    ["${NONE:-${A}}", "x", []],
    ["${EMPTY:-d}", "d", []],
    ["${EMPTY-d}", "", []],
    ["${OPEN:-d}", "${OPEN:-d}", ["OPEN"]],
    ["${A:+y}", "y", []],
    ["${NONE:+y}", "", []],
    ["${A%x}", "${A%x}", ["A"]],
    ["\\$A", "\\$A", []],
    ["'$A' \"$A\"", "'$A' \"x\"", []],
    ["${A", "${A", []],
    ["$", "$", []],
  ])("%s is %s", (text, expected, unresolved) => {
    expect(substitute(text, variables)).toEqual({ text: expected, unresolved });
  });
  it("leave a text without dollar as it is", () => {
    const text = fc.string().map((value) => value.replaceAll("$", ""));
    fc.assert(
      fc.property(text, (value) => {
        expect(substitute(value, variables)).toEqual({ text: value, unresolved: [] });
      }),
    );
  });
});

describe("words", () => {
  it("are held together by quotes", () => {
    expect(wordsOf(`a "b c"d 'e "f' g\\ h ""`)).toEqual(["a", "b cd", 'e "f', "g h", ""]);
    expect(quotedWords(" a  'b c'")).toEqual([
      { text: "a", offset: 1 },
      { text: "'b c'", offset: 4 },
    ]);
  });
  it("are what was quoted", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: "binary", maxLength: 8 }).map((word) => word.replace(/['\\]/g, ""))),
        (words) => {
          expect(wordsOf(words.map((word) => `'${word}'`).join(" "))).toEqual(words);
        },
      ),
      { numRuns: 50 },
    );
  });
  it("in JSON are strings only", () => {
    expect([jsonForm('["a"]'), jsonForm("[a]"), jsonForm("[1]"), jsonForm("a")]).toEqual([
      ["a"],
      undefined,
      undefined,
      undefined,
    ]);
  });
});
