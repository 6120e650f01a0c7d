import { describe, expect, it } from "vitest";
import { azureOval } from "./azure-oval.ts";
import { and, type MadeDefinition, ovalText } from "./oval.fixture.ts";

describe("Azure Linux", () => {
  const azure = (definitions: readonly MadeDefinition[], path = "azurelinux-3.0-oval.xml") =>
    azureOval.read({
      path,
      text: ovalText(definitions, { publisher: "com.microsoft.azurelinux", prefix: "linux-def" }),
    });
  const made = (patchable: string, ...tests: [operation: string, value: string][]): MadeDefinition => ({
    id: "oval:com.microsoft.azurelinux:def:42064",
    class: "vulnerability",
    title: "CVE-2024-35176 affecting package rubygem-rexml",
    platforms: ["Azure Linux"],
    references: [["CVE", "CVE-2024-35176", "https://nvd.nist.gov/vuln/detail/CVE-2024-35176"]],
    metadata: `<patchable>${patchable}</patchable><advisory_date>2024-05-31T18:55:08Z</advisory_date><advisory_id>42064-1</advisory_id><severity>Medium</severity>`,
    criteria: and(
      ...tests.map(([operation, value]) => ({
        test: { name: "rubygem-rexml", operation, value },
        comment: `Package rubygem-rexml ${operation} ${value}, affected by CVE-2024-35176`,
      })),
    ),
  });

  it("has fixed and unfixed vulnerabilities, those between two versions, and those that never were", () => {
    const base = {
      id: "CVE-2024-35176",
      aliases: [],
      source: "azurelinux-oval",
      ecosystem: "azurelinux:3.0",
      package: "rubygem-rexml",
      severity: "medium",
      modified: "2024-05-31",
    };
    expect(azure([made("true", ["less than", "0:3.2.8-1.azl3"])]).records).toEqual([
      { ...base, ranges: [{ introduced: "0", fixed: "0:3.2.8-1.azl3" }], state: "fixed" },
    ]);
    expect(azure([made("true", ["less than", "0:2-1.azl3"], ["greater than", "0:1.azl3"])]).records).toEqual([
      { ...base, ranges: [{ introduced: "0:1.azl3", fixed: "0:2-1.azl3" }], state: "fixed" },
    ]);
    expect(azure([made("false", ["less than or equal", "0:3.2.7-1.azl3"])]).records).toEqual([
      { ...base, ranges: [{ introduced: "0", lastAffected: "0:3.2.7-1.azl3" }], state: "unfixed" },
    ]);
    expect(azure([made("Not Applicable", ["less than or equal", "0:3.2.7-1.azl3"])]).records).toEqual([
      { ...base, ranges: [], notAffected: true, state: "fixed" },
    ]);
  });

  it("takes the release from the file's name and refuses a file without one", () => {
    const definition = made("true", ["less than", "0:3.2.8-1.cm2"]);
    expect(azure([definition], "cbl-mariner-2.0-oval.xml").records).toMatchObject([{ ecosystem: "azurelinux:2.0" }]);
    expect(() => azure([definition], "some.xml")).toThrow(/does not name a release/);
  });
});
