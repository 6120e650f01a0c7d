import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sharedData } from "../../../test/shared-data.ts";
import { AppError } from "../../core/errors.ts";
import { canonicalVers, formatVers, parseVers, type VersComparator, versContains, versRange } from "./vers.ts";

describe("parseVers and canonicalVers", () => {
  it.each([
    ["vers:npm/1.2.3|>=2.0.0|<5.0.0", "vers:npm/1.2.3|>=2.0.0|<5.0.0"],
    ["vers:npm/<5.0.0|>=2.0.0|=1.2.3", "vers:npm/1.2.3|>=2.0.0|<5.0.0"],
    ["VERS:NPM/ 1.0.0 | 2.0.0 ||", "vers:npm/1.0.0|2.0.0"],
    ["vers:deb/>=1%3A1.0-1|<2:0~rc1", "vers:deb/>=1:1.0-1|<2:0~rc1"],
    ["vers:generic/1%7C2|3%2525", "vers:generic/1%7C2|3%2525"],
    ["vers:pypi/*", "vers:pypi/*"],
    ["vers:pypi/>=2.0|<2.0", "vers:pypi/<2.0|>=2.0"],
  ])("writes %s as %s", (uri, canonical) => {
    expect(canonicalVers(uri)).toBe(canonical);
    expect(canonicalVers(canonical)).toBe(canonical);
  });

  it.each([
    "",
    "npm/1.0",
    "vers:npm",
    "vers:npm/",
    "vers:npm/|",
    "vers:/1.0",
    "vers:npm/*|1.0",
    "vers:npm/>=",
    "vers:npm/>=*",
    "vers:npm/%zz",
    "vers:npm/%ff",
  ])("refuses %j", (uri) => {
    expect(() => parseVers(uri)).toThrow(AppError);
  });

  it("refuses more than a mebibyte", () => {
    expect(() => parseVers(`vers:npm/${"1|".repeat(600_000)}`)).toThrow(
      expect.objectContaining({ code: "LIMIT_EXCEEDED" }),
    );
  });

  it("throws nothing but its own errors on any text", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string().map((rest) => `vers:npm/${rest}`),
    );
    fc.assert(
      fc.property(text, (uri) => {
        try {
          expect(canonicalVers(canonicalVers(uri))).toBe(canonicalVers(uri));
        } catch (error) {
          expect(error).toMatchObject({ code: "CORRUPT_INPUT" });
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it("reads back every version that it writes", () => {
    const version = fc.string({ minLength: 1, unit: "grapheme" });
    fc.assert(
      fc.property(version, (text) => {
        const range = versRange("generic", [{ comparator: ">=", version: text }]);
        expect(parseVers(formatVers(range))).toEqual(range);
      }),
    );
  });
});

describe("versContains", () => {
  it.each<[string, string[], string[]]>([
    ["vers:npm/1.2.3|>=2.0.0|<5.0.0", ["1.2.3", "2.0.0", "4.9.9"], ["1.2.4", "1.0.0", "5.0.0", "6.0.0"]],
    [
      "vers:npm/<1.0.0|>=2.0.0|<=2.5.0|>3.0.0",
      ["0.1.0", "2.0.0", "2.5.0", "3.0.1"],
      ["1.0.0", "1.5.0", "2.6.0", "3.0.0"],
    ],
    ["vers:npm/!=1.0.0", ["0.9.0", "2.0.0"], ["1.0.0"]],
    ["vers:npm/>=1.0.0|!=1.5.0", ["1.0.0", "2.0.0"], ["0.1.0", "1.5.0"]],
    ["vers:npm/*", ["1.0.0", "anything"], []],
    ["vers:npm/>1.0.0|>2.0.0|<3.0.0|<4.0.0", ["1.5.0", "2.0.0", "3.0.0", "3.5.0"], ["1.0.0", "4.0.0"]],
    ["vers:deb/<1.0-1", ["1.0-1~deb12u1"], ["1.0-1", "1:0.1"]],
    ["vers:composer/<=1.0", ["1.0.0"], ["1.0.1"]],
    ["vers:unheard-of/>=1.9|<1.11", ["1.10"], ["1.8", "1.11"]],
  ])("of %s", (range, inside, outside) => {
    expect(inside.filter((version) => !versContains(range, version))).toEqual([]);
    expect(outside.filter((version) => versContains(range, version))).toEqual([]);
  });

  it("agrees with a search on the number line for ranges of one row of bounds", () => {
    const comparators = fc.constantFrom<VersComparator>("<", "<=", ">", ">=");
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat({ max: 20 }), { minLength: 1, maxLength: 6 }),
        comparators,
        fc.nat({ max: 21 }),
        (points, first, at) => {
          const sorted = [...points].sort((a, b) => a - b);
          const isUpper = (index: number) => (index % 2 === 0) === first.startsWith("<");
          const isClosed = first.endsWith("=");
          const range = versRange(
            "npm",
            sorted.map((point, index) => ({
              comparator: `${isUpper(index) ? "<" : ">"}${isClosed ? "=" : ""}` as VersComparator,
              version: `1.${point}.0`,
            })),
          );
          const onBound = sorted.includes(at);
          const nextIndex = sorted.findIndex((point) => point > at);
          const inGap = nextIndex < 0 ? !isUpper(sorted.length - 1) : isUpper(nextIndex);
          expect(versContains(range, `1.${at}.0`)).toBe(onBound ? isClosed : inGap);
        },
      ),
    );
  });
});

const data = sharedData("vers/range");

interface RangeCase {
  test_type: "containment" | "roundtrip";
  input: { vers: string; version: string };
  expected_output: boolean | string;
}

describe("the vers test suite", () => {
  it.skipIf(data === undefined)("contains and writes as expected (needs shared data: vers/range)", () => {
    const files = ["npm_range_containment.json", "pypi_range_containment.json", "pypi_range_roundtrip.json"];
    const cases = files.flatMap((file) => JSON.parse(readFileSync(`${data}/${file}`, "utf8")) as RangeCase[]);
    const wrong = cases.filter(
      ({ test_type, input, expected_output }) =>
        (test_type === "containment" ? versContains(input.vers, input.version) : canonicalVers(input.vers)) !==
        expected_output,
    );
    expect(wrong).toEqual([]);
    expect(cases.length).toBeGreaterThanOrEqual(30);
  });
});
