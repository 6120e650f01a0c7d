import { createHash } from "node:crypto";
import { AppError, corrupt } from "../../core/errors.ts";

/** A feed that a snapshot was built from. */
export interface IndexedFeed {
  readonly id: string;
  readonly title: string;
  /** ISO 8601. */
  readonly date: string;
  readonly files: number;
  readonly records: number;
  /** Files that could not be read and are left out. */
  readonly broken: number;
}

/** Version of the whole form: of the index, the shards and their lines. */
export const formatVersion = 2;

/** What an index says: which feeds it was built from, and by section the shards that hold its lines. */
export interface IndexDocument {
  readonly format: "plimsoll-advisories";
  readonly version: typeof formatVersion;
  /** ISO 8601: the newest feed's date. */
  readonly date: string;
  readonly feeds: readonly IndexedFeed[];
  /** By section its shards: root and bytes of text. A key is in the shard that its hash names (docs/advisory-file.md, "Buckets"). */
  readonly sections: Readonly<Record<string, readonly (readonly [root: string, textBytes: number])[]>>;
}

/** An index as the bytes that are signed. */
export function writeIndex(index: IndexDocument): Buffer {
  const sections = Object.fromEntries(Object.entries(index.sections).sort(([a], [b]) => (a < b ? -1 : 1)));
  return Buffer.from(JSON.stringify({ ...index, sections }), "utf8");
}

/** Reads an index; anything else is `CORRUPT_INPUT`. It is read by hand because opening must take no time: it lists hundreds of shards. */
export function readIndex(payload: Buffer, name: string): IndexDocument {
  let document: unknown;
  try {
    document = JSON.parse(payload.toString("utf8"));
  } catch {
    throw corrupt(name, "holds an index that is no JSON document");
  }
  const { format, version, date, feeds, sections } = (document ?? {}) as { [K in keyof IndexDocument]?: unknown };
  if (format !== "plimsoll-advisories") throw corrupt(name, "holds no index of advisory data");
  if (version !== formatVersion) {
    const isOlder = typeof version === "number" && version < formatVersion;
    throw new AppError(
      "UNSUPPORTED",
      `${name}: is of format version ${String(version)}, and this Plimsoll reads version ${formatVersion}`,
      {
        hint: isOlder
          ? "an earlier Plimsoll made it: fetch it again with `plimsoll db update`, or build it anew with `plimsoll db build`"
          : "use a newer Plimsoll, or build the data again",
      },
    );
  }
  const isSound = typeof date === "string" && Array.isArray(feeds) && feeds.every(isFeed) && isSections(sections);
  if (!isSound) throw corrupt(name, "holds an index with missing or wrong fields");
  return document as IndexDocument;
}

function isFeed(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const feed = value as { [K in keyof IndexedFeed]?: unknown };
  const texts = [feed.id, feed.title, feed.date];
  const numbers = [feed.files, feed.records, feed.broken];
  return texts.every((text) => typeof text === "string") && numbers.every((number) => typeof number === "number");
}

function isSections(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((shards) => Array.isArray(shards) && shards.length > 0 && shards.every(isShard));
}

const root = /^[0-9a-f]{64}$/;

function isShard(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.length === 2 &&
    typeof value[0] === "string" &&
    root.test(value[0]) &&
    Number.isSafeInteger(value[1])
  );
}

/** The identity of all that an index stands for: `sha256:` and the digest of its bytes. */
export function snapshotId(payload: Buffer): string {
  return `sha256:${createHash("sha256").update(payload).digest("hex")}`;
}

/** Roots of all shards, each once. */
export function rootsOf(index: IndexDocument): Set<string> {
  return new Set(Object.values(index.sections).flatMap((shards) => shards.map(([root]) => root)));
}
