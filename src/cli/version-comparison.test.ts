import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sharedData } from "../../test/shared-data.ts";
import { versionOrder } from "../advisories/versions/version-order.ts";
import { VersionComparison } from "./version-comparison.ts";

function comparisonOf(type: string) {
  const complaints: string[] = [];
  const order = versionOrder(type);
  if (order === undefined) throw new Error(`no order for ${type}`);
  return { complaints, comparison: new VersionComparison(order, (text) => void complaints.push(text)) };
}

const versions = sharedData("versions");
const types: Readonly<Record<string, string>> = { alpine: "apk", debian: "deb", packagist: "composer", redhat: "rpm" };

describe("plimsoll db compare", () => {
  it("answers line by line and keeps its place where a line is no pair", () => {
    const { comparison, complaints } = comparisonOf("deb");
    const lines = ["1.0~rc1-1\t1.0-1", "", "1.0", "1\t2\t3", "2:1\t1"].map((text, index) => ({
      number: index + 1,
      text,
    }));
    expect(lines.map((line) => comparison.answer(line)).join("")).toBe("<\n?\n?\n>\n");
    expect(complaints).toEqual([
      expect.stringContaining("line 3 of stdin"),
      expect.stringContaining("line 4 of stdin"),
    ]);
    expect(comparison.refused).toBe(2);
  });
  it("says where the order means little", () => {
    const { comparison } = comparisonOf("pypi");
    expect(comparison.sign("1.0", "1.0.0")).toBe("=");
    expect(comparison.summary("pypi")).toBe("");
    comparison.sign("latest", "1.0");
    expect(comparison.summary("pypi")).toContain('1 pair holds what is no version of pypi ("latest")');
  });
  it.skipIf(versions === undefined)("agrees with each ecosystem's own tool (needs shared data: versions)", () => {
    const wrong: string[] = [];
    let pairs = 0;
    for (const file of readdirSync(versions as string)) {
      const type = file.split("-")[0] as string;
      const { comparison } = comparisonOf(types[type] ?? type);
      for (const line of readFileSync(`${versions}/${file}`, "utf8").split("\n")) {
        const [, a = "", relation, b = ""] = /^(\S+) ([<=>]) (\S+)$/.exec(line) ?? [];
        if (line.startsWith("//") || relation === undefined) continue;
        pairs++;
        if (comparison.answer({ number: pairs, text: `${a}\t${b}` }) !== `${relation}\n`)
          wrong.push(`${file}: ${line}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(pairs).toBeGreaterThan(36_000);
  });
});
