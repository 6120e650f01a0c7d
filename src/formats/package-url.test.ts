import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sharedData } from "../../test/shared-data.ts";
import { AppError } from "../core/errors.ts";
import { formatPackageUrl, type PackageUrlParts, parsePackageUrl } from "./package-url.ts";

interface SuiteCase {
  readonly description: string;
  readonly test_type: "parse" | "build" | "validate";
  readonly input: unknown;
  readonly expected_output: unknown;
  readonly expected_failure: boolean;
}

const folder = sharedData("purl");
const suites =
  folder === undefined
    ? []
    : ["spec", "types"].flatMap((part) => readdirSync(`${folder}/${part}`).map((file) => `${part}/${file}`));

/** What came out of one case, in the form of the suite. */
function outcomeOf({ test_type, input }: SuiteCase): unknown {
  if (test_type === "build") return formatPackageUrl(input as PackageUrlParts);
  const url = parsePackageUrl(input as string, { anyCase: test_type === "validate" });
  if (test_type === "validate") return formatPackageUrl(url);
  const { type, namespace = null, name, version = null, qualifiers, subpath = null } = url;
  return {
    type,
    namespace,
    name,
    version,
    qualifiers: Object.keys(qualifiers).length > 0 ? qualifiers : null,
    subpath,
  };
}

describe("package URLs", () => {
  it.skipIf(folder === undefined)("agree with every case of the specification (needs shared data: purl)", () => {
    const wrong: string[] = [];
    let count = 0;
    for (const file of suites) {
      const { tests } = JSON.parse(readFileSync(`${folder}/${file}`, "utf8")) as { tests: SuiteCase[] };
      for (const one of tests) {
        count++;
        let outcome: unknown;
        try {
          outcome = outcomeOf(one);
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
          outcome = "failure";
        }
        const expected = one.expected_failure ? "failure" : one.expected_output;
        if (JSON.stringify(sorted(outcome)) !== JSON.stringify(sorted(expected)))
          wrong.push(
            `${file}: ${one.test_type} ${JSON.stringify(one.input)}: ${JSON.stringify(outcome)} for ${JSON.stringify(expected)}`,
          );
      }
    }
    expect(wrong).toEqual([]);
    expect(count).toBeGreaterThan(550);
  });
  it.each([
    ["pkg:npm/%40babel/core@7.0.0", { type: "npm", namespace: "@babel", name: "core", version: "7.0.0" }],
    ["pkg:npm/@babel/core", { namespace: "@babel", name: "core", version: undefined }],
    ["PKG://npm//a@1?b=&c=d%2Be#/x/./../y/", { name: "a", qualifiers: { c: "d+e" }, subpath: "x/y" }],
    ["pkg:generic/a@1%3A2@3", { name: "a@1:2", version: "3" }],
  ])("reads %s", (text, parts) => {
    expect(parsePackageUrl(text)).toMatchObject(parts);
  });
  it.each([
    "",
    "pkg:",
    "pkg:npm",
    "pkg:npm/",
    "pkg:npm/@1",
    "npm/a@1",
    "pkg:npm/a%ZZ",
    "pkg:npm/a?b c=d",
    "pkg:1/a",
    "pkg:constructor",
  ])("refuses %j", (text) => {
    expect(() => parsePackageUrl(text)).toThrow(/is no package URL/);
  });
  it("writes what it reads, and reads what it wrote", () => {
    fc.assert(
      fc.property(
        fc.record({
          type: fc.constantFrom("npm", "deb", "generic", "golang", "rpm"),
          namespace: fc.option(fc.string({ unit: "grapheme", minLength: 1 }).filter((text) => !/^[/]*$/.test(text))),
          name: fc.string({ unit: "grapheme", minLength: 1 }).filter((text) => !text.includes("/")),
          version: fc.option(fc.string({ unit: "grapheme", minLength: 1 })),
          qualifiers: fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9._-]*$/), fc.string({ minLength: 1 })),
        }),
        (parts) => {
          const text = formatPackageUrl(parts);
          expect(text).toMatch(/^[\x21-\x7e]+$/);
          expect(formatPackageUrl(parsePackageUrl(text))).toBe(text);
        },
      ),
    );
  });
  it("yields nothing but one error, whatever is in it", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        for (const one of [text, `pkg:${text}`, `pkg:deb/${text}`]) {
          try {
            parsePackageUrl(one);
          } catch (error) {
            expect(error).toMatchObject({ code: "CORRUPT_INPUT" });
          }
        }
      }),
    );
  });
});

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, sorted(one)]),
  );
}
