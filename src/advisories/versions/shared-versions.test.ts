import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sharedData } from "../../../test/shared-data.ts";
import { type VersionOrder, versionOrder } from "./version-order.ts";

/** The beginnings of the file names and the types that they are about. */
const types: Readonly<Record<string, string>> = {
  alpine: "apk",
  debian: "deb",
  packagist: "composer",
  redhat: "rpm",
};

const versions = sharedData("versions");
const vers = sharedData("vers");
const signs = { "-1": "<", "0": "=", "1": ">" } as const;

function orderOf(type: string): VersionOrder {
  const order = versionOrder(types[type] ?? type);
  if (order === undefined) throw new Error(`no order for ${type}`);
  return order;
}

describe("pairs made by each ecosystem's own tool", () => {
  it.skipIf(versions === undefined)("all agree (needs shared data: versions)", () => {
    let pairs = 0;
    const wrong: string[] = [];
    for (const file of readdirSync(versions as string)) {
      const order = orderOf(file.split("-")[0] as string);
      for (const line of readFileSync(`${versions}/${file}`, "utf8").split("\n")) {
        const match = /^(\S+) ([<=>]) (\S+)$/.exec(line);
        if (line.startsWith("//") || match === null) continue;
        const [, a = "", relation, b = ""] = match;
        pairs++;
        if (signs[order.compare(a, b)] !== relation) wrong.push(`${file}: ${line}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(pairs).toBeGreaterThan(36_000);
  });
});

interface ComparisonCase {
  test_type: "comparison" | "equality";
  input: { input_scheme: string; versions: string[] };
  expected_output: string[] | boolean;
}

describe("comparisons of the vers test suite", () => {
  it.skipIf(vers === undefined)("all agree (needs shared data: vers)", () => {
    let cases = 0;
    const wrong: string[] = [];
    for (const file of readdirSync(vers as string).filter((name) => name.endsWith(".json"))) {
      for (const one of JSON.parse(readFileSync(`${vers}/${file}`, "utf8")) as ComparisonCase[]) {
        cases++;
        if (!agrees(one)) wrong.push(`${file}: ${JSON.stringify(one.input)}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(cases).toBeGreaterThan(1_900);
  });
});

/** Sorted lists are compared by the order, not by text: the suite writes NuGet's labels in lower case. */
function agrees({ test_type, input, expected_output }: ComparisonCase): boolean {
  const order = orderOf(input.input_scheme);
  const [a = "", b = ""] = input.versions;
  if (test_type === "equality") return (order.compare(a, b) === 0) === expected_output;
  const sorted = [...input.versions].sort(order.compare);
  const expected = expected_output as string[];
  return (
    sorted.length === expected.length &&
    sorted.every((version, index) => order.compare(version, expected[index] ?? "") === 0)
  );
}
