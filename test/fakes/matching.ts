import type { InstalledDistribution, InstalledPackage } from "../../src/advisories/matching/inventory.ts";
import { type MatchOptions, matchInventory } from "../../src/advisories/matching/match-inventory.ts";
import type { MatchReport } from "../../src/advisories/matching/report.ts";
import { type FakeAdvisories, fakeStore } from "./advisory-store.ts";

/** An installed package with a plain package URL. */
export function installed(
  type: string,
  name: string,
  version: string,
  more: Partial<InstalledPackage> = {},
): InstalledPackage {
  return {
    name,
    version,
    type,
    purl: `pkg:${type}/${name}@${version}`,
    foundIn: [`/${name}`],
    confidence: "high",
    properties: {},
    ...more,
  };
}
/** A distribution by its os-release ID and VERSION_ID. */
export function linux(
  id: string,
  versionId?: string,
  more: Partial<InstalledDistribution> = {},
): InstalledDistribution {
  return { id, idLike: [], ...(versionId === undefined ? {} : { versionId }), ...more };
}
/** The report for packages of a distribution and the data of a fake store. */
export function matched(
  packages: readonly InstalledPackage[],
  distribution: InstalledDistribution | undefined,
  data: FakeAdvisories,
  options: MatchOptions = {},
): MatchReport {
  return matchInventory({ packages }, distribution, fakeStore(data), options);
}
/** The matches of a report as `package id fix`, sorted. */
export function rows({ matches }: MatchReport): string[] {
  return matches.map(({ package: name, id, fixedVersion }) => `${name} ${id} ${fixedVersion ?? "-"}`).sort();
}
