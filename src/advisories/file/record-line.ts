import { corrupt } from "../../core/errors.ts";
import { type Severity, severities } from "../../core/severity.ts";
import type { AdvisoryRecord } from "../record.ts";
import { joinFields, splitFields } from "./line.ts";
import { readRanges, writeRanges } from "./range-text.ts";

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

function usualState(record: Pick<AdvisoryRecord, "ranges">): AdvisoryRecord["state"] {
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

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Reads a line that {@link writeRecord} wrote. It runs for every record that is looked up, so that it takes no detours. */
export function readRecord(
  line: string,
  source: string,
  ecosystem: string,
  sharedOf: (id: string) => SharedFields,
): AdvisoryRecord {
  const fields = splitFields(line);
  const id = fields[1] as string;
  const shared = sharedOf(id);
  const { ranges, versions } = readRanges(fields[2] ?? "");
  const stateText = fields[3] ?? "";
  const notAffected = stateText.charCodeAt(0) === 33;
  const letter = notAffected ? stateText.slice(1) : stateText;
  const state = letter !== "" ? states[letter] : notAffected ? "fixed" : usualState({ ranges });
  if (state === undefined) throw corrupt("advisory data", `a record of ${id} has a state that is not known`);
  const record: Writable<AdvisoryRecord> = {
    id,
    aliases: shared.aliases,
    source,
    ecosystem,
    package: fields[0] as string,
    ranges,
    state,
  };
  if (versions.length > 0) record.versions = versions;
  if (notAffected) record.notAffected = true;
  if (fields.length > 4) addRest(record, fields, shared);
  else if (shared.severity !== undefined) record.severity = shared.severity;
  if (shared !== nothingShared) addShared(record, shared);
  if (fields.length > 6) addExtras(record, fields[6] as string);
  return record;
}

function addRest(record: Writable<AdvisoryRecord>, fields: readonly string[], shared: SharedFields): void {
  const text = fields[4] as string;
  const severity = text === "" ? shared.severity : severities.find((known) => known === text);
  if (severity !== undefined) record.severity = severity;
  if (fields[5] !== undefined && fields[5] !== "") record.status = fields[5];
}

function addShared(record: Writable<AdvisoryRecord>, shared: SharedFields): void {
  if (shared.related !== undefined) record.related = shared.related;
  if (shared.cvss !== undefined) record.cvss = shared.cvss;
  if (shared.title !== undefined) record.title = shared.title;
  if (shared.url !== undefined) record.url = shared.url;
  if (shared.withdrawn !== undefined) record.withdrawn = shared.withdrawn;
  if (shared.modified !== undefined) record.modified = shared.modified;
  if (shared.malicious !== undefined) record.malicious = shared.malicious;
}

function addExtras(record: Writable<AdvisoryRecord>, text: string): void {
  const extra = JSON.parse(text) as { c?: AdvisoryRecord["conditions"]; o?: Record<string, unknown> };
  if (extra.c !== undefined) record.conditions = extra.c;
  if (extra.o === undefined) return;
  const target = record as unknown as Record<string, unknown>;
  for (const [field, value] of Object.entries(extra.o)) {
    if (value === null) delete target[field];
    else target[field] = value;
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
