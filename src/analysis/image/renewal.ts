import type { z } from "zod";
import { ecosystemsOf, matchInventory } from "../../advisories/matching/match-inventory.ts";
import { compareText } from "../../core/canonical-json.ts";
import { defineDerivation } from "../../core/derivation.ts";
import { Missing, type Observation, type Snapshot } from "../../core/snapshot.ts";
import { imageBase } from "../../facts/image/base.ts";
import { imageLineage, type RelatedImage } from "../../facts/image/lineage.ts";
import { imageRenewal } from "../../facts/image/renewal.ts";
import { imageVulnerabilities } from "../../facts/image/vulnerabilities.ts";
import type { VulnerabilityMatch } from "../../facts/vulnerability.ts";
import type { AnalysisResources } from "../resources.ts";

type Lineage = z.output<typeof imageLineage.schema>;
type Renewable = NonNullable<Lineage["renewable"]>;
type Found = { readonly matches: readonly Pick<VulnerabilityMatch, "id" | "package">[]; readonly unjudged: number };

/** For every image with a base at hand, what the newest build of that base does to the vulnerabilities that the base brought. */
export default defineDerivation<AnalysisResources>({
  provides: imageRenewal,
  after: [imageLineage, imageVulnerabilities],
  async *derive(snapshot, resources) {
    for (const { subject, value } of snapshot.all(imageLineage))
      yield await observationOf(snapshot, subject, value, resources);
  },
});

async function observationOf(
  snapshot: Snapshot,
  subject: string,
  lineage: Lineage,
  resources: AnalysisResources,
): Promise<Observation> {
  const about = { fact: imageRenewal.id, subject, source: "lineage and vulnerabilities" };
  const { renewable } = lineage;
  if (renewable === undefined) return { ...about, ...noNewerBase(lineage, snapshot.find(imageBase, subject)) };
  const own = snapshot.find(imageVulnerabilities, subject);
  if (own instanceof Missing) return { ...about, unavailable: own.reason, remedy: own.remedy };
  const newer = await vulnerabilitiesOf(snapshot, renewable.newer, resources);
  if (newer === undefined)
    return {
      ...about,
      unavailable: `what is installed in ${renewable.newer.name} is not kept any more`,
      remedy: `assess it again: plimsoll assess image ${renewable.newer.name}`,
    };
  return { ...about, value: renewalOf(renewable, own.matches, newer) };
}

function noNewerBase(
  { ancestors }: Lineage,
  stated: z.output<typeof imageBase.schema> | Missing,
): { unavailable: string; remedy: string } {
  const [base] = ancestors;
  if (base !== undefined)
    return {
      unavailable: `no newer build of ${base.name} was scanned, so that it is unknown how many a rebuild removes`,
      remedy: `assess the newest build of its base too: plimsoll assess image ${base.name}`,
    };
  const name = stated instanceof Missing ? undefined : stated.reference;
  return {
    unavailable: `its base${name === undefined ? "" : ` ${name}`} was not scanned`,
    remedy: `assess its base too: plimsoll assess image ${name ?? "BASE"}`,
  };
}

/** An image of the snapshot was judged already; one of an earlier run is judged by the advisory data of this one. */
async function vulnerabilitiesOf(
  snapshot: Snapshot,
  { subject, assessed }: RelatedImage,
  { advisories, knownImages, vex }: AnalysisResources,
): Promise<Found | undefined> {
  if (assessed === undefined) {
    const judged = snapshot.find(imageVulnerabilities, subject);
    return judged instanceof Missing ? undefined : { matches: judged.matches, unjudged: total(judged.unjudged) };
  }
  const inventory = await knownImages?.inventoryOf(subject);
  if (inventory === undefined || advisories === undefined) return undefined;
  const { packages, osRelease } = inventory;
  await advisories.prepare(ecosystemsOf(packages, osRelease, advisories));
  const report = matchInventory(packages, osRelease, advisories, { vex });
  return { matches: report.matches, unjudged: total(report.unjudged) };
}

function total(gaps: readonly { readonly count: number }[]): number {
  return gaps.reduce((sum, { count }) => sum + count, 0);
}

/** Pure comparison: what is in the base's layers and not in the newer build goes; what only the newer build has comes. */
function renewalOf(
  { base, newer, through }: Renewable,
  matches: readonly VulnerabilityMatch[],
  found: Found,
): z.input<typeof imageRenewal.schema> {
  const then = new Set(found.matches.map(vulnerabilityKey));
  const all = new Set(matches.map(vulnerabilityKey));
  const ofBase = new Set(
    matches.filter(({ layer }) => layer !== undefined && layer < base.layers).map(vulnerabilityKey),
  );
  const removes = [...ofBase].filter((key) => !then.has(key)).sort(compareText);
  return {
    base,
    newer,
    through,
    removes,
    keeps: ofBase.size - removes.length,
    brings: [...then].filter((key) => !all.has(key)).length,
    unjudged: found.unjudged,
  };
}

/** Names a vulnerability of a package whatever the package's version: `openssl CVE-2024-5535`. */
function vulnerabilityKey({ package: name, id }: Pick<VulnerabilityMatch, "id" | "package">): string {
  return `${name} ${id}`;
}
