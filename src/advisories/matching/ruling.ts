import { compareText } from "../../core/canonical-json.ts";
import type { AdvisoryRecord } from "../record.ts";
import type { Decision, Ruling } from "./decision.ts";

const cvePattern = /^CVE-\d{4}-\d+$/;

/** How records of one ecosystem about one vulnerability of one package go together. */
export interface Weighing {
  readonly fixes: "all" | "any" | "union";
  /** CentOS Stream: what becomes the next minor release, whose builds branched off before the fixes of minor releases. */
  readonly isStream?: boolean | undefined;
}

/**
 * Hears all decisions about a package and rules for each vulnerability. Records are grouped by CVE; a record about several CVEs counts for each, so
 * that two vulnerabilities that share an advisory stay two. Records without a CVE are grouped by their aliases.
 */
export function rulingsOf(decisions: readonly Decision[], weighing: Weighing): Ruling[] {
  const groups = new Map<string, Decision[]>();
  const naming = namesIn(decisions);
  for (const decision of decisions) {
    for (const id of naming(decision.record)) groups.set(id, [...(groups.get(id) ?? []), decision]);
  }
  return [...groups].sort(([a], [b]) => compareText(a, b)).map(([id, heard]) => ruled(id, heard, weighing));
}

/** The vulnerabilities that a record is about: its CVEs, those of records that share an alias with it, or one id for the whole alias group. */
function namesIn(decisions: readonly Decision[]): (record: AdvisoryRecord) => readonly string[] {
  const cvesOf = new Map<string, Set<string>>();
  const groupOf = new Map<string, string>();
  const find = (id: string): string => {
    const up = groupOf.get(id);
    return up === undefined || up === id ? id : find(up);
  };
  for (const { record } of decisions) {
    const cves = cvesNamed(record);
    for (const id of identifiersOf(record)) {
      if (cvePattern.test(id)) continue;
      const known = cvesOf.get(id) ?? new Set();
      for (const cve of cves) known.add(cve);
      cvesOf.set(id, known);
      if (cves.length === 0) join(groupOf, find(record.id), find(id));
    }
  }
  return (record) => {
    const cves = cvesNamed(record);
    if (cves.length > 0) return cves;
    const shared = [...new Set(identifiersOf(record).flatMap((id) => [...(cvesOf.get(id) ?? [])]))];
    return shared.length > 0 ? shared.sort(compareText) : [find(record.id)];
  };
}

function join(groupOf: Map<string, string>, a: string, b: string): void {
  const [first, second] = [a, b].sort(compareText) as [string, string];
  groupOf.set(first, first);
  groupOf.set(second, first);
}

function identifiersOf({ id, aliases }: AdvisoryRecord): string[] {
  return [id, ...aliases];
}

/** The CVEs that a record is about, sorted: its own, its aliases and those of an advisory about several. */
export function cvesNamed({ id, aliases, related = [] }: AdvisoryRecord): string[] {
  return [...new Set([id, ...aliases, ...related].filter((name) => cvePattern.test(name)))].sort(compareText);
}

function ruled(id: string, decisions: readonly Decision[], weighing: Weighing): Ruling {
  const installed = decisions[0]!.package;
  return { package: installed, id, decisions, ...verdictOf(id, decisions, weighing) };
}

/**
 * Without the fixes of minor releases where the main line has one that is not there yet. `9.el8_4.2` was built for 8.4 while `10.el8` of the main line, a
 * higher number, may be older than the fix; of two builds of the main line the higher number is the later one.
 */
function onMainLine(decisions: readonly Decision[]): readonly Decision[] {
  const isMinor = (text: string) => /\.el\d+_\d/.test(text);
  const isOpen = decisions.some(
    ({ outcome, fixed, lookup }) =>
      outcome === "affected" && fixed !== undefined && !isMinor(fixed) && !isMinor(lookup.version),
  );
  if (!isOpen) return decisions;
  return decisions.filter(({ record }) => !record.ranges.some(({ fixed }) => fixed !== undefined && isMinor(fixed)));
}

/** The ruling on the same vulnerability by other decisions, as those for another version. */
export function ruledAgain({ id }: Ruling, decisions: readonly Decision[], weighing: Weighing): Ruling {
  return ruled(id, decisions, weighing);
}

function verdictOf(
  id: string,
  decisions: readonly Decision[],
  { fixes, isStream }: Weighing,
): { affected: boolean; because?: string } {
  const has = (outcome: Decision["outcome"], among = decisions) =>
    among.find((decision) => decision.outcome === outcome);
  const never = has("not-affected");
  if (never) return { affected: false, because: never.comparison };
  if (fixes !== "any") return { affected: has("affected") !== undefined };
  // A fix in any advisory of the release is a fix; a record about the CVE itself knows better than one about several.
  const fixed = has("fixed", isStream ? onMainLine(decisions) : decisions);
  if (fixed) return { affected: false, because: `${fixed.record.id}: ${fixed.comparison}` };
  const own = decisions.filter(({ record }) => record.id === id);
  const outside = has("outside", own);
  if (outside && !has("affected", own)) return { affected: false, because: outside.comparison };
  return { affected: has("affected") !== undefined };
}
