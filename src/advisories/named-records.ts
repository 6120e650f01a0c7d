import { statSync } from "node:fs";
import { AppError } from "../core/errors.ts";
import type { FeedContent, FeedFile } from "./feeds/feed.ts";
import { cvesNamed } from "./matching/ruling.ts";
import type { AdvisoryRecord } from "./record.ts";
import { type FoundFile, feedFiles, loaded } from "./sources/feed-files.ts";
import type { FeedSource } from "./sources/feed-source.ts";

/** Ids that feeds write out whole, so that a file that does not hold them says nothing about them. */
const writtenOut = /^(CVE-\d{4}-\d{4,}|GHSA(-[23456789cfghjmpqrvwx]{4}){3})$/;

/** Whether what a feed says about an id can be found by looking for the id in its files. */
export function isWrittenOut(id: string): boolean {
  return writtenOut.test(id);
}

/** The other names that records give a vulnerability; an advisory about several gives none. */
export function namesIn(records: readonly AdvisoryRecord[], names: ReadonlySet<string>): string[] {
  return records.flatMap((record) => {
    const own = [record.id, ...record.aliases];
    return own.some((name) => names.has(name)) && cvesNamed(record).length <= 1 ? own : [];
  });
}

/** Whether a record is about one of the names. */
export function isNamed({ id, aliases, related = [] }: AdvisoryRecord, names: ReadonlySet<string>): boolean {
  return names.has(id) || aliases.some((name) => names.has(name)) || related.some((name) => names.has(name));
}

/**
 * What the files of a feed say about vulnerabilities: only files that hold one of the names are taken apart, and only the records about them are kept. A file
 * that cannot be read is passed over as when the whole feed is read; how many there are is judged there.
 */
export async function* namedContents(source: FeedSource, names: ReadonlySet<string>): AsyncGenerator<FeedContent> {
  const wanted = [...names];
  for await (const file of feedFiles(source.path)) {
    if (source.single !== true && !source.feed.wants(file.path)) continue;
    const content = await namedContent(source, file, wanted);
    if (content === undefined) continue;
    yield {
      records: content.records?.filter((record) => isNamed(record, names)),
      facts: content.facts?.filter(([cve]) => names.has(cve)),
    };
  }
}

async function namedContent(
  { feed }: FeedSource,
  file: FoundFile,
  names: readonly string[],
): Promise<FeedContent | undefined> {
  try {
    if (feed.readPieces && file.pieces && file.path.endsWith(".xml"))
      return (await holds(file.pieces(), names)) ? await feed.readPieces(file.path, file.pieces()) : undefined;
    const document: FeedFile = await loaded(file);
    const isAbout = names.some((name) => document.text.includes(name) || document.path.includes(name));
    return isAbout ? feed.read(document) : undefined;
  } catch (error) {
    if (error instanceof AppError && error.code === "CORRUPT_INPUT") return undefined;
    throw error;
  }
}

/** Whether bytes hold one of the names, over the borders of their pieces too. */
async function holds(pieces: AsyncIterable<Uint8Array>, names: readonly string[]): Promise<boolean> {
  const longest = Math.max(...names.map((name) => name.length));
  let end = Buffer.alloc(0);
  for await (const piece of pieces) {
    const text = Buffer.concat([end, piece]);
    if (names.some((name) => text.includes(name))) return true;
    end = text.subarray(Math.max(0, text.length - longest));
  }
  return false;
}

/** Feeds with the smallest first: they name most aliases, and those of the large ones are then found at once. */
export function smallestFirst(sources: readonly FeedSource[]): FeedSource[] {
  const sizes = new Map(sources.map((source) => [source, sizeOf(source.path)]));
  return [...sources].sort((a, b) => (sizes.get(a) as number) - (sizes.get(b) as number));
}

function sizeOf(path: string): number {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined || found.isDirectory() ? Number.MAX_SAFE_INTEGER : found.size;
}
