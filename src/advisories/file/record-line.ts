import { corrupt } from "../../core/errors.ts";
import { type Severity, severities } from "../../core/severity.ts";
import type { AdvisoryRecord } from "../record.ts";
import { joinFields, splitFields } from "./line.ts";
import { writeRanges } from "./range-text.ts";

/** What a source says of a vulnerability whichever package it is in. */
export type SharedFields = Pick<
  AdvisoryRecord,
  "aliases" | "related" | "severity" | "cvss" | "title" | "url" | "withdrawn" | "modified" | "malicious"
>;

const stateLetters: Readonly<Record<AdvisoryRecord["state"], string>> = {
  fixed: "f",
  unfixed: "u",
  "will-not-fix": "w",
  deferred: "d",
  unknown: "x",
};
const states: Readonly<Record<string, AdvisoryRecord["state"]>> = {
  f: "fixed",
  u: "unfixed",
  w: "will-not-fix",
  d: "deferred",
  x: "unknown",
};

/** The line of a record in its section; what the shared line says already is left out. Fields: package, id, ranges, state, severity, status, rest (JSON). */
export function writeRecord(record: AdvisoryRecord, shared: SharedFields | undefined): string {
  const differs = shared === undefined ? {} : overrides(record, shared);
  const rest = {
    ...(record.conditions && { c: record.conditions }),
    ...(Object.keys(differs).length > 0 && { o: differs }),
  };
  const state = record.notAffected
    ? `!${record.state === "fixed" ? "" : stateLetters[record.state]}`
    : record.state === usualState(record)
      ? ""
      : (stateLetters[record.state] as string);
  const severity = record.severity === shared?.severity ? "" : record.severity === undefined ? "-" : record.severity;
  return joinFields([
    record.package,
    record.id,
    writeRanges(record.ranges, record.versions),
    state,
    severity,
    record.status ?? "",
    Object.keys(rest).length > 0 ? JSON.stringify(rest) : "",
  ]);
}

/** The state that a record's line leaves out: fixed where a range names a fix. */
export function usualState(record: Pick<AdvisoryRecord, "ranges">): AdvisoryRecord["state"] {
  return record.ranges.some(({ fixed }) => fixed !== undefined) ? "fixed" : "unfixed";
}

const overridable = ["aliases", "related", "cvss", "title", "url", "withdrawn", "modified", "malicious"] as const;

/** Two documents may give one id differently; then the record carries what is its own, `null` where it has nothing. */
function overrides(record: AdvisoryRecord, shared: SharedFields): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const name of overridable) {
    if (JSON.stringify(record[name]) !== JSON.stringify(shared[name])) found[name] = record[name] ?? null;
  }
  return found;
}

/** What stands behind the ranges in a record's line. Many records say the same there, so that it is read once for all of them. */
export interface RecordTail {
  /** Undefined: as the ranges say. */
  readonly state: AdvisoryRecord["state"] | undefined;
  readonly notAffected: true | undefined;
  /** Null: none, whatever the vulnerability's line says. Undefined: as that line says. */
  readonly severity: Severity | null | undefined;
  readonly status: string | undefined;
  readonly conditions: AdvisoryRecord["conditions"];
  /** What differs from the vulnerability's line; null where the record has nothing of it. */
  readonly overrides: Readonly<Record<string, unknown>> | undefined;
}

const noTail: RecordTail = {
  state: undefined,
  notAffected: undefined,
  severity: undefined,
  status: undefined,
  conditions: undefined,
  overrides: undefined,
};

/** Reads the fields behind the ranges, as {@link writeRecord} wrote them; what is not in that form is `CORRUPT_INPUT`. */
export function readTail(text: string): RecordTail {
  if (text === "") return noTail;
  const [stateText = "", severityText = "", status = "", rest = ""] = splitFields(text);
  const isNotAffected = stateText.startsWith("!");
  const letter = isNotAffected ? stateText.slice(1) : stateText;
  const state = letter === "" ? (isNotAffected ? "fixed" : undefined) : states[letter];
  if (letter !== "" && state === undefined) throw corrupt("advisory data", "has a record of a state that is not known");
  const extra = rest === "" ? {} : readExtra(rest);
  return {
    state,
    notAffected: isNotAffected || undefined,
    severity: severityText === "" ? undefined : (severities.find((known) => known === severityText) ?? null),
    status: status === "" ? undefined : status,
    conditions: extra.c,
    overrides: extra.o,
  };
}

interface Extra {
  readonly c?: AdvisoryRecord["conditions"];
  readonly o?: Readonly<Record<string, unknown>>;
}

function readExtra(text: string): Extra {
  try {
    return JSON.parse(text) as Extra;
  } catch {
    throw corrupt("advisory data", "has a record whose conditions cannot be read");
  }
}

/** The shared part of a record. */
export function sharedFields(record: AdvisoryRecord): SharedFields {
  const { aliases, related, severity, cvss, title, url, withdrawn, modified, malicious } = record;
  return { aliases, related, severity, cvss, title, url, withdrawn, modified, malicious };
}

/** The line of a vulnerability; undefined where the source says no more than its id. Fields: id, modified, severity, aliases, related, CVSS, title, withdrawn, url, malicious. */
export function writeShared(id: string, shared: SharedFields, source: string): string | undefined {
  const fields = [
    id,
    (shared.modified ?? "").replaceAll("-", ""),
    shared.severity ?? "",
    shared.aliases.join(" "),
    (shared.related ?? []).join(" "),
    (shared.cvss ?? [])
      .map(({ vector, source: rater }) => (rater === source ? vector : `${vector}@${rater}`))
      .join(" "),
    shared.title ?? "",
    (shared.withdrawn ?? "").replaceAll("-", ""),
    shared.url ?? "",
    shared.malicious ? "m" : "",
  ];
  const line = joinFields(fields);
  return line.includes("\t") ? line : undefined;
}

const nothingShared: SharedFields = { aliases: [] };

/** Reads a line that {@link writeShared} wrote; no line is a vulnerability of which no more is known. */
export function readShared(line: string | undefined, source: string): SharedFields {
  if (line === undefined) return nothingShared;
  const [
    ,
    modified = "",
    severity = "",
    aliases = "",
    related = "",
    cvss = "",
    title = "",
    withdrawn = "",
    url = "",
    malicious = "",
  ] = splitFields(line);
  const shared: { -readonly [K in keyof SharedFields]: SharedFields[K] } = {
    aliases: aliases === "" ? [] : aliases.split(" "),
  };
  if (related !== "") shared.related = related.split(" ");
  if (severity !== "") shared.severity = severity as Severity;
  if (cvss !== "") shared.cvss = cvss.split(" ").map((entry) => readCvss(entry, source));
  if (title !== "") shared.title = title;
  if (url !== "") shared.url = url;
  if (withdrawn !== "") shared.withdrawn = dashed(withdrawn);
  if (modified !== "") shared.modified = dashed(modified);
  if (malicious !== "") shared.malicious = true;
  return shared;
}

function readCvss(entry: string, source: string): { vector: string; source: string } {
  const at = entry.lastIndexOf("@");
  return at < 0 ? { vector: entry, source } : { vector: entry.slice(0, at), source: entry.slice(at + 1) };
}

function dashed(day: string): string {
  return `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`;
}
