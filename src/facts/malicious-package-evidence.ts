import { type Evidence, failEach, notApplicable, unknown, type Verdict } from "../core/check.ts";
import type { MaliciousPackage, MaliciousPackageReport } from "./malicious-package.ts";

/** A malicious package as evidence. Its key is `PACKAGE@VERSION MAL-…`. */
function maliciousPackageEvidence(match: MaliciousPackage): Evidence {
  const { id, aliases, package: name, version, purl, foundIn, layer, advisory, decision } = match;
  return {
    at: foundIn.length > 0 ? foundIn.join(", ") : purl,
    found: `${name} ${version} is malware (${id})`,
    expected: "no package that is known to be malware",
    key: `${name}@${version} ${id}`,
    layer,
    details: { kind: "malicious-package", id, aliases, package: name, version, purl, advisory, decision },
  };
}

/** Fails with each malicious package; `none` is the reason why the question does not arise where no package comes from an open registry. */
export function maliciousPackageVerdict(report: MaliciousPackageReport, none: string): Verdict {
  const { matches, judged, advisories } = report;
  const gap = matches.length === 0 ? maliciousPackageGap(report) : undefined;
  if (gap !== undefined) return unknown(gap.reason, gap.remedy);
  if (matches.length === 0 && judged === 0) return notApplicable(none);
  return failEach(matches.map(maliciousPackageEvidence), {
    at: "packages",
    found: `none of ${judged} packages from open registries is reported as malware in the data of ${advisories.date.slice(0, 10)}`,
  });
}

/** Why nothing found is no proof, where the advisory data lacks reports for some packages: the reason and what would change it. */
function maliciousPackageGap({ unjudged }: MaliciousPackageReport): { reason: string; remedy: string } | undefined {
  const types = Object.entries(unjudged).sort(([a], [b]) => (a < b ? -1 : 1));
  if (types.length === 0) return undefined;
  return {
    reason: `the advisory data holds no reports of malicious packages for ${types.map(([type, count]) => `${count} ${type}`).join(", ")} packages`,
    remedy: `add the OSV data (its MAL- records) of ${types.map(([type]) => type).join(", ")} to the advisory data`,
  };
}
