import { compareText } from "../../core/canonical-json.ts";
import type { AdvisoryRecord, VulnerabilityFacts } from "../record.ts";
import type { VulnerabilityDescription } from "../store.ts";
import { compareInRange } from "../versions/range.ts";
import { isEsm } from "./conditions.ts";
import type { Decision, Ruling } from "./decision.ts";
import { priorityOf } from "./priority.ts";
import type { Match } from "./report.ts";
import { cvesNamed } from "./ruling.ts";
import { type Rating, ratingOf } from "./severity.ts";

/** What a match is told with besides its ruling. */
export interface MatchContext {
  facts(cve: string): VulnerabilityFacts | undefined;
  /** What other sources say of it, for records that give neither title nor rating. */
  described(cve: string): VulnerabilityDescription | undefined;
  /** Set where the package holds headers alone and nothing of it runs. */
  readonly headersOnly?: string | undefined;
}

/** The match of a package for which the ruling is that it is affected. */
export function matchOf(ruling: Ruling, context: MatchContext): Match {
  const { package: installed, id } = ruling;
  const affecting = bestFirst(ruling);
  const chosen = affecting[0]!;
  const { record, lookup } = chosen;
  const facts = context.facts(id);
  const rating = ratingWith(affecting, facts, () => context.described(id)?.cvss);
  const title = titleOf(affecting) ?? context.described(id)?.title;
  const fixedVersion = fixOf(affecting);
  const severity = context.headersOnly === undefined ? rating.severity : "info";
  const confidence = weakest(installed.confidence, lookup.confidence);
  const malicious = affecting.some((decision) => decision.record.malicious);
  const { priority, reasons } = priorityOf({
    severity,
    score: rating.cvss[0]?.score,
    facts,
    fixedVersion,
    malicious,
    confidence,
  });
  return {
    id,
    aliases: aliasesOf(ruling, affecting),
    package: installed.name,
    version: installed.version,
    purl: installed.purl,
    type: installed.type,
    ...(installed.layer === undefined ? {} : { layer: installed.layer }),
    foundIn: [...installed.foundIn],
    severity,
    severitySource: rating.source,
    cvss: [...rating.cvss],
    ...(fixedVersion === undefined ? {} : { fixedVersion }),
    state: fixedVersion !== undefined ? "fixed" : record.state === "fixed" ? "unfixed" : record.state,
    ...(title === undefined ? {} : { title }),
    advisory: { id: record.id, source: record.source, ...(record.url === undefined ? {} : { url: record.url }) },
    decision: `${lookup.ecosystem}: ${lookup.by} ${lookup.name} ${chosen.comparison}`,
    ...(facts?.knownExploited ? { knownExploited: facts.knownExploited } : {}),
    ...(facts?.epss ? { epss: facts.epss.score } : {}),
    confidence,
    reasons: [
      ...(context.headersOnly === undefined ? [] : [context.headersOnly]),
      ...reasons,
      ...notesOf(affecting, lookup.version),
    ],
    priority,
  };
}

/** The decisions that make it affected: records about this vulnerability alone first, those of the plain build before ESM, those with a fix first. */
function bestFirst({ id, decisions }: Ruling): Decision[] {
  const rank = ({ record, fixed }: Decision) =>
    (record.conditions?.flavour === undefined ? 0 : 8) +
    (record.id === id ? 0 : cvesNamed(record).length > 1 ? 4 : 2) +
    (fixed === undefined ? 1 : 0);
  return decisions
    .filter(({ outcome }) => outcome === "affected")
    .sort(
      (a, b) =>
        rank(a) - rank(b) || compareText(a.record.source, b.record.source) || compareText(a.record.id, b.record.id),
    );
}

/**
 * The version that is clear of it. Where each stream has its own fix the smallest is the one of this stream; where several records must all be
 * satisfied it is the largest.
 */
function fixOf(affecting: readonly Decision[]): string | undefined {
  const plain = affecting.filter(({ record }) => record.conditions?.flavour === undefined);
  // Fixes of Ubuntu's extended maintenance reach only who has it; other builds have fixes of their own.
  const reaches = ({ record, lookup }: Decision) =>
    !record.conditions?.flavour?.startsWith("esm") || isEsm(lookup.version);
  const counted = plain.length > 0 ? plain : affecting.filter(reaches);
  const order = affecting[0]!.lookup.order;
  const fixes = counted
    .flatMap(({ fixed }) => (fixed === undefined ? [] : [fixed]))
    .sort((a, b) => compareInRange(order, a, b));
  return order.id === "rpm" ? fixes[0] : fixes.at(-1);
}

function aliasesOf({ id, decisions }: Ruling, affecting: readonly Decision[]): string[] {
  const own = (record: AdvisoryRecord) => (cvesNamed(record).length > 1 ? [record.id] : [record.id, ...record.aliases]);
  const names = [
    ...affecting,
    ...decisions.filter(({ outcome }) => outcome === "fixed" || outcome === "outside"),
  ].flatMap(({ record }) => own(record));
  return [...new Set(names)].filter((name) => name !== id).sort(compareText);
}

/** The rating by the records that apply and the facts; only where those are silent, by what other sources say of the CVE. */
function ratingWith(
  affecting: readonly Decision[],
  facts: VulnerabilityFacts | undefined,
  others: () => VulnerabilityFacts["cvss"],
): Rating {
  const records = affecting.map(({ record }) => record);
  const rating = ratingOf(records, facts);
  if (rating.source !== "none") return rating;
  return ratingOf(records, { cvss: others() ?? [] });
}

function titleOf(affecting: readonly Decision[]): string | undefined {
  return affecting.find(({ record }) => record.title !== undefined)?.record.title;
}

function notesOf(affecting: readonly Decision[], version: string): string[] {
  const notes = new Set<string>();
  for (const { record, fixed } of affecting) {
    const { status, conditions, source } = record;
    if (status !== undefined) notes.add(`${source}: ${status}`);
    if (conditions?.flavour?.startsWith("esm") && fixed !== undefined && !isEsm(version))
      notes.add(`with Ubuntu Pro (ESM) fixed in ${fixed}`);
    if (conditions?.symbols?.length)
      notes.add(
        `only where ${conditions.symbols.slice(0, 3).join(", ")}${conditions.symbols.length > 3 ? " …" : ""} is used`,
      );
  }
  return [...notes];
}

function weakest(a: Match["confidence"], b: Match["confidence"]): Match["confidence"] {
  const order = ["low", "medium", "high"] as const;
  return order[Math.min(order.indexOf(a), order.indexOf(b))]!;
}
