import type { AdvisoryStore } from "../advisories/store.ts";
import type { Fact } from "../core/fact.ts";
import { Missing, type Observation, type Snapshot } from "../core/snapshot.ts";
import type { MaliciousPackage, MaliciousPackageReport } from "../facts/malicious-package.ts";
import type { Package, PackageInventory } from "../facts/package.ts";
import type { VulnerabilityMatch, VulnerabilityReport } from "../facts/vulnerability.ts";
import type { AnalysisResources } from "./resources.ts";

/** The facts that one kind of target has its packages, vulnerabilities and malicious packages under. */
export interface MaliciousPackageFactSet {
  readonly packages: Fact<typeof PackageInventory>;
  readonly vulnerabilities: Fact<typeof VulnerabilityReport>;
  readonly malicious: Fact<typeof MaliciousPackageReport>;
}

/** Package URL types of registries that anyone may publish to and that malicious packages are reported for (OSV, "MAL-"). */
const openRegistries = new Set(["npm", "pypi", "gem", "cargo", "nuget", "golang", "maven"]);
const publisher = "malicious-packages";

/**
 * For each subject with packages, those that are malware by what advisories were matched already. Without reports for a registry, that the packages
 * from it are not judged: no report is not the same as no data.
 */
export function* maliciousPackageObservations(
  facts: MaliciousPackageFactSet,
  snapshot: Snapshot,
  { advisories }: AnalysisResources,
): Iterable<Observation> {
  for (const subject of snapshot.subjectsOf(facts.packages)) {
    const inventory = snapshot.find(facts.packages, subject);
    const report = snapshot.find(facts.vulnerabilities, subject);
    const { id: fact, obtain } = facts.malicious;
    const missing = inventory instanceof Missing ? inventory : report instanceof Missing ? report : undefined;
    if (missing !== undefined)
      yield { fact, subject, source: "advisory data", unavailable: missing.reason, remedy: missing.remedy };
    else if (advisories === undefined)
      yield { fact, subject, source: "advisory data", unavailable: "no advisory data was given", remedy: obtain };
    else if (!(inventory instanceof Missing) && !(report instanceof Missing))
      yield {
        fact,
        subject,
        source: `advisories ${advisories.stamp.source} of ${advisories.stamp.date.slice(0, 10)}`,
        value: reportOf(inventory, report, advisories),
      };
  }
}

function reportOf(
  inventory: PackageInventory,
  report: VulnerabilityReport,
  advisories: AdvisoryStore,
): MaliciousPackageReport {
  const matches = report.matches.filter(({ severitySource }) => severitySource === "malicious-package").map(malicious);
  const covered = new Set([...openRegistries].filter((type) => advisories.sources(type).includes(publisher)));
  const unjudged: Record<string, number> = {};
  let judged = 0;
  for (const installed of inventory.packages) {
    if (!isFromOpenRegistry(installed)) continue;
    if (covered.has(installed.type)) judged++;
    else unjudged[installed.type] = (unjudged[installed.type] ?? 0) + 1;
  }
  return { advisories: report.advisories, matches, judged, unjudged };
}

/** What a distribution's package brought was checked and signed by the distribution. */
function isFromOpenRegistry({ type, ownedBy }: Package): boolean {
  return openRegistries.has(type) && ownedBy === undefined;
}

function malicious(match: VulnerabilityMatch): MaliciousPackage {
  const names = [match.id, match.advisory.id, ...match.aliases];
  const id = names.find((name) => name.startsWith("MAL-")) ?? match.id;
  const { package: name, version, purl, type, layer, foundIn, advisory, decision } = match;
  return {
    id,
    aliases: [...new Set(names)].filter((other) => other !== id).sort(),
    package: name,
    version,
    purl,
    type,
    ...(layer === undefined ? {} : { layer }),
    foundIn,
    advisory,
    decision,
  };
}
