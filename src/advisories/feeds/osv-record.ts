import { corrupt } from "../../core/errors.ts";
import type { Severity } from "../../core/severity.ts";
import { packageKey } from "../package-name.ts";
import type { AdvisoryRecord, AffectedRange } from "../record.ts";
import { compareInRange, evaluateEvents } from "../versions/range.ts";
import { type VersionOrder, versionOrder } from "../versions/version-order.ts";
import { dayOf, type FeedFile, listOf, member, requireText, tableOf, textOf, textsOf } from "./feed.ts";
import { normalEcosystem } from "./osv-ecosystem.ts";

/** What distinguishes one publisher's OSV documents from another's. */
export interface OsvReading {
  /** `source` of the records, by their id where a dump mixes publishers. */
  readonly source: string | ((id: string) => string);
  /** Ecosystems that are kept; the documents may name others, whose own feeds know better. */
  readonly keeps?: ((ecosystem: string) => boolean) | undefined;
  /** Whose rating the CVSS vectors are, where it is not the publisher's. */
  readonly cvssSource?: string | undefined;
  /** Says more about one package than the schema does. */
  readonly refine?: ((record: AdvisoryRecord, affected: unknown, document: unknown) => AdvisoryRecord) | undefined;
}

/** The records of one OSV document (ossf.github.io/osv-schema, 1.0 to 1.7): one a package and ecosystem. A document without id is `CORRUPT_INPUT`. */
export function osvRecords(document: unknown, file: FeedFile, reading: OsvReading): AdvisoryRecord[] {
  const table = tableOf(document);
  if (table === undefined) throw corrupt(file.path, "is no OSV document");
  const shared = sharedPart(table, requireText(table["id"], file, "id"), reading);
  const records = new Map<string, AdvisoryRecord>();
  for (const affected of listOf(table["affected"])) {
    const record = affectedRecord(affected, shared, reading);
    if (record === undefined) continue;
    const refined = reading.refine?.(record, affected, table) ?? record;
    const { ranges: _, versions: __, ...rest } = refined;
    const key = JSON.stringify(rest);
    const earlier = records.get(key);
    records.set(key, earlier === undefined ? refined : mergeAffected(earlier, refined));
  }
  return [...records.values()];
}

function sourceOf(id: string, { source }: OsvReading): string {
  return typeof source === "string" ? source : source(id);
}

type SharedPart = Omit<AdvisoryRecord, "ecosystem" | "package" | "ranges" | "state">;

function sharedPart(table: Readonly<Record<string, unknown>>, id: string, reading: OsvReading): SharedPart {
  const aliases = textsOf(table["aliases"]).filter((alias) => alias !== id);
  const related = relatedIds(id, [...textsOf(table["upstream"]), ...textsOf(table["related"])]);
  const withdrawn = dayOf(table["withdrawn"]);
  const modified = dayOf(table["modified"]);
  const title = textOf(table["summary"]);
  const severity = severityOf(member(table["database_specific"], "severity"));
  const cvss = cvssOf(table["severity"], reading.cvssSource ?? sourceOf(id, reading));
  return {
    id,
    aliases,
    ...(related.length > 0 && { related }),
    source: sourceOf(id, reading),
    ...(severity && { severity }),
    ...(cvss.length > 0 && { cvss }),
    ...(title !== undefined && { title }),
    ...(withdrawn !== undefined && { withdrawn }),
    ...(modified !== undefined && { modified }),
    ...(id.startsWith("MAL-") && { malicious: true }),
  };
}

/** A CVE record's relations lead to the advisories about it and add nothing; an advisory's relations are what it is about. */
function relatedIds(id: string, ids: readonly string[]): string[] {
  if (/^(CVE|GHSA|MAL|GO|PYSEC|RUSTSEC)-/.test(id)) return [];
  return [...new Set(ids.filter((other) => /^CVE-/.test(other)))].sort();
}

function affectedRecord(affected: unknown, shared: SharedPart, reading: OsvReading): AdvisoryRecord | undefined {
  const named = member(affected, "package");
  const osvName = textOf(member(named, "name"));
  const osvEcosystem = textOf(member(named, "ecosystem"));
  if (osvName === undefined || osvEcosystem === undefined) return undefined;
  const { ecosystem, flavour, cpe } = normalEcosystem(osvEcosystem);
  if (reading.keeps && !reading.keeps(ecosystem)) return undefined;
  const order = versionOrder(osvEcosystem);
  const events = eventsOf(affected);
  const ranges = events.flatMap((list) => affectedRanges(list, order));
  const known = lastKnownRange(affected);
  if (known && ranges.length === 1 && ranges[0]?.fixed === undefined && ranges[0]?.lastAffected === undefined) {
    ranges[0] = { ...ranges[0], ...known };
  }
  const versions = versionsBeside(ecosystem, order, events, textsOf(member(affected, "versions")));
  if (ranges.length === 0 && versions.length === 0) return undefined;
  const notAffected = ranges.length > 0 && ranges.every(({ fixed }) => fixed === "0") && versions.length === 0;
  const conditions = { ...(flavour && { flavour }), ...(cpe && { cpes: [cpe] }) };
  const cvss = cvssOf(member(affected, "severity"), reading.cvssSource ?? shared.source);
  const severity = severityOf(member(member(affected, "ecosystem_specific"), "severity"));
  return {
    ...shared,
    ecosystem,
    package: packageKey(ecosystem, osvName),
    ranges: notAffected ? [] : ranges,
    ...(versions.length > 0 && { versions }),
    ...(notAffected && { notAffected }),
    state:
      notAffected || (ranges.some(({ fixed }) => fixed !== undefined) && known?.fixed === undefined)
        ? "fixed"
        : "unfixed",
    ...(cvss.length > 0 && { cvss }),
    ...(severity && { severity }),
    ...((flavour !== undefined || cpe !== undefined) && { conditions }),
  };
}

interface OsvEvent {
  readonly introduced?: string | undefined;
  readonly fixed?: string | undefined;
  readonly last_affected?: string | undefined;
  readonly limit?: string | undefined;
}

/** The events of each range of versions; ranges of commits say nothing about an installed package. */
function eventsOf(affected: unknown): OsvEvent[][] {
  return listOf(member(affected, "ranges"))
    .filter((range) => member(range, "type") !== "GIT")
    .map((range) =>
      listOf(member(range, "events")).map((event) => ({
        introduced: textOf(member(event, "introduced")),
        fixed: textOf(member(event, "fixed")),
        last_affected: textOf(member(event, "last_affected")),
        limit: textOf(member(event, "limit")),
      })),
    );
}

/** Events as spans. They are put in order only where they do not alternate as the schema wants them to. */
export function affectedRanges(events: readonly OsvEvent[], order: VersionOrder | undefined): AffectedRange[] {
  const ranges: AffectedRange[] = [];
  let open: string | undefined;
  for (const event of alternates(events) || order === undefined ? events : sorted(events, order)) {
    if (event.introduced !== undefined) {
      open ??= event.introduced;
      continue;
    }
    const end =
      event.fixed !== undefined
        ? { fixed: event.fixed }
        : event.last_affected !== undefined
          ? { lastAffected: event.last_affected }
          : undefined;
    if (end === undefined || (open === undefined && ranges.length > 0)) continue;
    ranges.push({ introduced: open ?? "0", ...end });
    open = undefined;
  }
  if (open !== undefined) ranges.push({ introduced: open });
  return ranges;
}

function alternates(events: readonly OsvEvent[]): boolean {
  return events.every((event, index) => (index % 2 === 0) === (event.introduced !== undefined));
}

function sorted(events: readonly OsvEvent[], order: VersionOrder): OsvEvent[] {
  const at = (event: OsvEvent) => event.introduced ?? event.fixed ?? event.last_affected ?? event.limit ?? "0";
  const before = (a: string, b: string) => (a === b ? 0 : a === "0" ? -1 : b === "0" ? 1 : compareInRange(order, a, b));
  // At one version an end comes before a beginning only where something is open; last_affected comes after what begins there.
  const rank = (event: OsvEvent) => (event.fixed !== undefined ? 0 : event.introduced !== undefined ? 1 : 2);
  return [...events].sort((a, b) => before(at(a), at(b)) || rank(a) - rank(b));
}

/** GitHub's bound for a range without a fix (`database_specific.last_known_affected_version_range`). */
function lastKnownRange(affected: unknown): AffectedRange | undefined {
  const text = textOf(member(member(affected, "database_specific"), "last_known_affected_version_range"));
  const match = text === undefined ? null : /^(<=?)\s*(\S+)$/.exec(text.trim());
  if (!match) return undefined;
  return match[1] === "<=" ? { lastAffected: match[2] } : { fixed: match[2] };
}

const enumerating = new Set([
  "pypi",
  "npm",
  "maven",
  "golang",
  "cargo",
  "gem",
  "composer",
  "nuget",
  "hex",
  "pub",
  "bitnami",
  "generic",
]);

/** Versions that are named one by one and that no range holds. Distributions' lists only spell their ranges out. */
function versionsBeside(
  ecosystem: string,
  order: VersionOrder | undefined,
  events: readonly OsvEvent[][],
  versions: readonly string[],
): string[] {
  if (events.length === 0 || versions.length === 0) return [...versions];
  if (order === undefined || !enumerating.has(ecosystem)) return [];
  const inside = (version: string) => events.some((list) => evaluateEvents(order, list, version).affected);
  return versions.filter((version) => !inside(version));
}

/** Severity words of GitHub, Bitnami and others. */
export function severityOf(value: unknown): Severity | undefined {
  switch (textOf(value)?.toLowerCase()) {
    case "critical":
      return "critical";
    case "high":
    case "important":
      return "high";
    case "medium":
    case "moderate":
      return "medium";
    case "low":
      return "low";
    case "negligible":
    case "unimportant":
    case "none":
      return "info";
    default:
      return undefined;
  }
}

function cvssOf(value: unknown, source: string): { vector: string; source: string }[] {
  return listOf(value).flatMap((entry) => {
    const vector = textOf(member(entry, "score"));
    const isVector = vector !== undefined && /^(CVSS:[34]|AV:)/.test(vector);
    return isVector ? [{ vector, source }] : [];
  });
}

function mergeAffected(earlier: AdvisoryRecord, later: AdvisoryRecord): AdvisoryRecord {
  const known = new Set(earlier.ranges.map((range) => JSON.stringify(range)));
  const ranges = [...earlier.ranges, ...later.ranges.filter((range) => !known.has(JSON.stringify(range)))];
  const versions = [...new Set([...(earlier.versions ?? []), ...(later.versions ?? [])])];
  return { ...earlier, ranges, ...(versions.length > 0 && { versions }) };
}
