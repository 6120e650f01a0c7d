import { compareText } from "../../core/canonical-json.ts";
import { packageKey } from "../package-name.ts";
import type { AdvisoryRecord } from "../record.ts";
import type { AdvisoryStore } from "../store.ts";
import type { Decision, Ruling } from "./decision.ts";
import { advisoriesOf, distributionName } from "./distribution.ts";
import type { InstalledDistribution, InstalledPackage, Inventory } from "./inventory.ts";
import {
  ecosystemsOf,
  incomparableVersion,
  isUndecided,
  type MatchOptions,
  matchInventory,
} from "./match-inventory.ts";
import type { Match, SuppressedMatch } from "./report.ts";
import { cvesNamed } from "./ruling.ts";

/** One package for which records about the vulnerability were heard. */
export interface TracedPackage {
  readonly package: InstalledPackage;
  readonly verdict: "affected" | "not affected" | "suppressed";
  /** Of a suppressed one: `not_affected`, `fixed`, `unimportant` … */
  readonly status?: string | undefined;
  /** Why, where the decisions alone do not say it. */
  readonly because?: string | undefined;
  readonly decisions: readonly Decision[];
  readonly match?: Match | undefined;
}

/** Why a record is about nothing that is installed. */
export interface PassedRecord {
  readonly record: AdvisoryRecord;
  readonly why: string;
}

/** Everything that can be said about one vulnerability and one inventory. */
export interface VulnerabilityTrace {
  readonly id: string;
  /** Other names of it in the data. */
  readonly aliases: readonly string[];
  readonly packages: readonly TracedPackage[];
  readonly passed: readonly PassedRecord[];
  /** Packages that no data could judge, though a record names them. */
  readonly gaps: readonly {
    readonly package: InstalledPackage;
    readonly reason: string;
    readonly remedy?: string | undefined;
  }[];
  /** The answer in one sentence. */
  readonly answer: string;
  /** Whether the answer says that it is here or not; false where the data leave it open. */
  readonly isJudged: boolean;
}

/** Traces why a vulnerability is, or is not, reported for an inventory. Reads all of the data, so that it can also say that a CVE is known for other products only. */
export async function traceVulnerability(
  id: string,
  inventory: Inventory,
  distribution: InstalledDistribution | undefined,
  store: AdvisoryStore,
  options: Pick<MatchOptions, "vex" | "products"> = {},
): Promise<VulnerabilityTrace> {
  await store.prepareAll();
  await store.prepare(ecosystemsOf(inventory, distribution, store));
  const names = namesOf(id, store);
  const rulings: Ruling[] = [];
  const gaps: VulnerabilityTrace["gaps"][number][] = [];
  const report = matchInventory(inventory, distribution, store, {
    ...options,
    onRuling: (ruling) => void (isAbout(ruling, names) && rulings.push(ruling)),
    onGap: (installed, { reason, remedy }) => void gaps.push({ package: installed, reason, remedy }),
  });
  const records = nearestFirst(recordsAbout(names, store), inventory, distribution);
  for (const { package: installed, decisions } of rulings.filter(isUndecided))
    gaps.push({ package: installed, reason: decisions[0]!.comparison, remedy: incomparableVersion.remedy });
  const packages = rulings
    .filter((ruling) => !isUndecided(ruling))
    .map((ruling) => traced(ruling, report.matches, report.suppressed));
  const heard = new Set(rulings.flatMap(({ decisions }) => decisions.map(({ record }) => identityOf(record))));
  const passed = records
    .filter((record) => !heard.has(identityOf(record)))
    .map((record) => ({ record, why: whyPassed(record, inventory, distribution) }));
  const named = gaps.filter(({ package: installed }) => records.some((record) => nameMatches(record, installed)));
  const trace = {
    id,
    aliases: [...names].filter((name) => name !== id).sort(compareText),
    packages,
    passed,
    gaps: named,
  };
  return { ...trace, ...answerOf(trace, records, { inventory, distribution, store }) };
}

/** All names of a vulnerability; names that only share an advisory with it are left out. */
function namesOf(id: string, store: AdvisoryStore): Set<string> {
  const names = new Set([id]);
  for (const name of names) {
    for (const record of store.recordsById(name)) {
      const own = [record.id, ...record.aliases];
      if (!own.includes(name) || cvesNamed(record).length > 1) continue;
      for (const other of own) names.add(other);
    }
  }
  return names;
}

function recordsAbout(names: ReadonlySet<string>, store: AdvisoryStore): AdvisoryRecord[] {
  const records = [...names].flatMap((name) => store.recordsById(name));
  return [...new Map(records.map((record) => [identityOf(record), record])).values()];
}

/** Records that a reader asks about first: those of the distribution, then those of a name that is installed. */
function nearestFirst(
  records: readonly AdvisoryRecord[],
  { packages }: Inventory,
  distribution: InstalledDistribution | undefined,
): AdvisoryRecord[] {
  const own = distribution === undefined ? undefined : advisoriesOf(distribution)?.ecosystem;
  const rank = (record: AdvisoryRecord) =>
    record.ecosystem === own ? 0 : packages.some((installed) => nameMatches(record, installed)) ? 1 : 2;
  return records
    .map((record) => ({ record, rank: rank(record) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ record }) => record);
}

/** What a record is about; a store makes a new object of it each time. */
function identityOf({ source, id, ecosystem, package: name, ranges, conditions }: AdvisoryRecord): string {
  return JSON.stringify([source, id, ecosystem, name, ranges, conditions]);
}

function isAbout({ id, decisions }: Ruling, names: ReadonlySet<string>): boolean {
  return (
    names.has(id) ||
    decisions.some(
      ({ record }) =>
        cvesNamed(record).length <= 1 && (names.has(record.id) || record.aliases.some((alias) => names.has(alias))),
    )
  );
}

function traced(ruling: Ruling, matches: readonly Match[], suppressed: readonly SuppressedMatch[]): TracedPackage {
  const isOf = (match: Match) => match.purl === ruling.package.purl && match.id === ruling.id;
  const taken = suppressed.find(({ match }) => isOf(match));
  const match = matches.find(isOf) ?? taken?.match;
  const because = taken === undefined ? ruling.because : suppressedBecause(taken);
  const verdict = taken !== undefined ? "suppressed" : ruling.affected ? "affected" : "not affected";
  return {
    package: ruling.package,
    verdict,
    because,
    decisions: ruling.decisions,
    ...(taken === undefined ? {} : { status: taken.status }),
    ...(match === undefined ? {} : { match }),
  };
}

function suppressedBecause({ status, source, reason }: SuppressedMatch): string {
  return isVex(status) ? `VEX statement of ${source}: ${reason}` : `${source}: ${reason}`;
}

function isVex(status: string): boolean {
  return status === "not_affected" || status === "fixed";
}

function nameMatches(record: AdvisoryRecord, { name, sourceName }: InstalledPackage): boolean {
  const keys = [name, sourceName].flatMap((text) => (text === undefined ? [] : packageKey(record.ecosystem, text)));
  return keys.includes(record.package);
}

function whyPassed(
  record: AdvisoryRecord,
  { packages }: Inventory,
  distribution: InstalledDistribution | undefined,
): string {
  const [family] = record.ecosystem.split(":");
  const installed = packages.find((one) => nameMatches(record, one));
  const advisories = distribution === undefined ? undefined : advisoriesOf(distribution);
  const own = advisories?.ecosystem;
  if (own !== undefined && record.ecosystem.includes(":") && record.ecosystem !== own)
    return `is about ${record.ecosystem.replace(":", " ")}; this is ${distributionName(distribution!)}`;
  if (installed === undefined) return `no ${record.package} is installed`;
  return installed.type === (record.ecosystem === own ? advisories?.type : family)
    ? `${installed.name} is not looked up by it`
    : `${installed.name} is installed as ${installed.type}, which ${record.ecosystem} does not speak for`;
}

function answerOf(
  { id, packages, gaps }: Pick<VulnerabilityTrace, "id" | "packages" | "gaps">,
  records: readonly AdvisoryRecord[],
  { inventory, distribution, store }: Asked,
): Answer {
  const affected = packages.filter(({ verdict }) => verdict === "affected");
  const nameList = (list: readonly TracedPackage[]) =>
    [...new Set(list.map(({ package: { name, version } }) => `${name} ${version}`))].join(", ");
  if (affected.length > 0) return judged(`${id} is here: ${nameList(affected)}`);
  const suppressed = packages.filter(({ verdict }) => verdict === "suppressed");
  if (suppressed.length > 0) return judged(`${id} is ${suppressionOf(suppressed[0]!)} for ${nameList(suppressed)}`);
  if (gaps.length > 0) return leftOpen(`whether ${id} is here could not be judged: ${gaps[0]!.reason}`);
  if (packages.length > 0) return judged(`${id} is not here: ${reasonOf(packages[0]!)}`);
  if (records.length === 0)
    return leftOpen(
      `${id} is not in the advisory data of ${store.stamp.date.slice(0, 10)}, so nothing can be said about it`,
    );
  if (records.every(({ withdrawn }) => withdrawn !== undefined)) return judged(`${id} was withdrawn`);
  const own = distribution === undefined ? undefined : advisoriesOf(distribution);
  if (own?.ecosystem !== undefined && !store.has(own.ecosystem))
    return leftOpen(`the advisory data holds nothing about ${own.name}; ${id} is known for ${productsOf(records)}`);
  const elsewhere = own?.ecosystem === undefined ? [] : ofOtherReleases(records, own.ecosystem, inventory);
  if (elsewhere.length > 0)
    return leftOpen(
      `${id} is not listed for ${own!.name}: its advisories do not name it, while it is known for ${productsOf(elsewhere)}`,
    );
  return judged(`${id} is not here: it is known for ${productsOf(records)}, and none of that is installed`);
}

type Answer = Pick<VulnerabilityTrace, "answer" | "isJudged">;

function judged(answer: string): Answer {
  return { answer, isJudged: true };
}

function leftOpen(answer: string): Answer {
  return { answer, isJudged: false };
}

interface Asked {
  readonly inventory: Inventory;
  readonly distribution: InstalledDistribution | undefined;
  readonly store: AdvisoryStore;
}

/** Records about what is installed, in other releases of the distribution. That the release's own advisories are silent does not say that it has no such flaw. */
function ofOtherReleases(
  records: readonly AdvisoryRecord[],
  own: string,
  { packages }: Inventory,
): readonly AdvisoryRecord[] {
  const [family] = own.split(":");
  return records.filter(
    (record) =>
      record.ecosystem !== own &&
      record.ecosystem.split(":")[0] === family &&
      record.withdrawn === undefined &&
      packages.some((installed) => nameMatches(record, installed)),
  );
}

function suppressionOf({ status }: TracedPackage): string {
  return status === undefined || isVex(status) ? "taken back by VEX" : `set aside (${status})`;
}

function reasonOf({ package: { name, version }, because, decisions }: TracedPackage): string {
  if (because !== undefined) return `${name} ${version}: ${because}`;
  return `${name} ${version}: ${[...new Set(decisions.map(({ comparison }) => comparison))].join("; ")}`;
}

function productsOf(records: readonly AdvisoryRecord[]): string {
  const names = [...new Set(records.map((record) => `${record.package} (${record.ecosystem})`))];
  return names.length > 4 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");
}
