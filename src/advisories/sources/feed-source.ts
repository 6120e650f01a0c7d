import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { AppError, corrupt, messageOf } from "../../core/errors.ts";
import type { Feed, FeedContent } from "../feeds/feed.ts";
import { feeds } from "../feeds/feeds.ts";
import { beginning, type FoundFile, feedFiles, isArchive, loaded, plainName } from "./feed-files.ts";
import { movedAside } from "./replaced-folder.ts";

/** One feed and where its files are. */
export interface FeedSource {
  readonly feed: Feed;
  readonly path: string;
  /** ISO 8601. */
  readonly date: string;
  /** The path is one file, which was recognised by its content and may have any name. */
  readonly single?: boolean | undefined;
}

/** A record that could not be read. */
export interface BrokenFile {
  readonly path: string;
  readonly reason: string;
}

/** What came of reading a feed. */
export interface FeedReading {
  readonly files: number;
  readonly records: number;
  readonly broken: readonly BrokenFile[];
}

/** Share of files that may be broken before the feed is refused: publishers make single mistakes, a damaged feed is full of them. */
const brokenShare = 0.005;

/** What a folder of feeds says about them beside them, in `feeds.json`: their dates and what an update needs to ask for changes only. */
export interface FeedNotes {
  readonly [feed: string]: { readonly date?: string | undefined };
}

/** Files that accompany feeds and are none. */
const notFeeds = /^(feeds\.json|readme(\.\w+)?|license(\.\w+)?|notices?(\.\w+)?|sha256sums?(\.\w+)?)$/i;

/** Sniffed files of an unknown folder or archive; a feed shows itself at once or not at all. */
const sniffedFiles = 12;

/** The feeds in a folder of feeds, or the one that a folder, archive or file is, told by name or by content. None is a `TARGET_NOT_FOUND` error. */
export async function findFeeds(path: string): Promise<FeedSource[]> {
  const itself = await feedAt(path, {});
  if (itself) return [itself];
  const found: FeedSource[] = [];
  if (await isFolder(path)) {
    const notes = await readNotes(path);
    for (const { name, feedName } of await namesIn(path)) {
      const source = await feedAt(join(path, name), notes, feedName);
      if (source) found.push(source);
    }
  }
  if (found.length === 0) {
    throw new AppError("TARGET_NOT_FOUND", `${path}: no advisory feed is there`, {
      hint: "feeds are known by name (alpine_secdb.tar.xz, debian_osv/, eol.tar.xz, known_exploited_vulnerabilities.json) or by content; see docs/advisory-file.md",
    });
  }
  return found;
}

/** What may be a feed in a folder of feeds, in order. What an update moved aside counts where it ended before anything was in its place. */
async function namesIn(folder: string): Promise<{ name: string; feedName: string }[]> {
  const names = await readdir(folder);
  return names
    .flatMap((name) => {
      const before = movedAside(name);
      if (before !== undefined) return names.includes(before) ? [] : [{ name, feedName: before }];
      return name.startsWith(".") || notFeeds.test(name) ? [] : [{ name, feedName: name }];
    })
    .sort((a, b) => (a.feedName < b.feedName ? -1 : 1));
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw new AppError("TARGET_NOT_FOUND", `cannot read advisory data ${path}: ${messageOf(error)}`, {
      hint: "name a folder or archive of feeds, or a file made by `plimsoll db build`",
      cause: error,
    });
  }
}

async function readNotes(folder: string): Promise<FeedNotes> {
  let text: string;
  try {
    text = await readFile(join(folder, "feeds.json"), "utf8");
  } catch {
    // Notes are optional: without them the dates in the feeds count.
    return {};
  }
  try {
    return JSON.parse(text) as FeedNotes;
  } catch {
    throw corrupt(join(folder, "feeds.json"), "is no JSON document");
  }
}

async function feedAt(path: string, notes: FeedNotes, name = path): Promise<FeedSource | undefined> {
  const folder = await isFolder(path);
  const feed = (folder ? !(await holdsFeeds(path)) : true)
    ? (namedFeed(name, folder) ?? (await sniffed(path, folder)))
    : undefined;
  if (feed === undefined) return undefined;
  const noted = notes[feed.id]?.date;
  const source = { feed, path, single: !folder && !isArchive(path) };
  return { ...source, date: noted ?? (await dateOf(source)) };
}

/** Archives and folders are named for their feed; a loose file may be called anything (`debian.md` is a page about a product). */
function namedFeed(path: string, folder: boolean): Feed | undefined {
  const name = plainName(path);
  return folder || isArchive(path) ? feeds.find(({ names }) => names.includes(name) && name !== "all") : undefined;
}

/** A folder of feeds holds folders or archives that are named for feeds, or notes about them. */
async function holdsFeeds(folder: string): Promise<boolean> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.some(
    (entry) => entry.name === "feeds.json" || namedFeed(entry.name, entry.isDirectory()) !== undefined,
  );
}

/** The feed that the first files are of; a folder of loose files of several feeds is none itself. */
async function sniffed(path: string, folder: boolean): Promise<Feed | undefined> {
  const found = new Set<Feed>();
  const single = !folder && !isArchive(path);
  let count = 0;
  for await (const file of feedFiles(path)) {
    if (notFeeds.test(file.path) || !/\.(json|ya?ml|md|csv|xml)$|^[^.]+$/.test(file.path)) continue;
    if (++count > sniffedFiles) break;
    const content = file.path.endsWith(".xml") ? await beginning(file) : await loaded(file);
    const feed = feeds.find((candidate) => (single || candidate.wants(file.path)) && recognised(candidate, content));
    if (feed) found.add(feed);
    if (!folder && feed) break;
  }
  return found.size === 1 ? [...found][0] : undefined;
}

function recognised(feed: Feed, file: { path: string; text: string }): boolean {
  try {
    return feed.recognises(file);
  } catch {
    // What a feed cannot read is not one of its files.
    return false;
  }
}

function isWanted({ feed, single }: Pick<FeedSource, "feed" | "single">, path: string): boolean {
  return single === true || feed.wants(path);
}

/** An archive is as old as its first file says; loose files as the newest of them, or as a single file says of itself. */
async function dateOf(source: Omit<FeedSource, "date">): Promise<string> {
  let newest = "";
  for await (const file of feedFiles(source.path)) {
    if (!isWanted(source, file.path)) continue;
    if (file.changed > newest) newest = file.changed;
    if (source.single && source.feed.eager) return source.feed.read(await loaded(file)).date ?? newest;
    if (isArchive(source.path)) return newest;
  }
  return newest === "" ? new Date(0).toISOString() : newest;
}

/** What the files of a feed are gathered in; answers how many entries a file added. */
export interface FeedSink {
  add(content: FeedContent): number;
}

/** Reads a feed into a sink. Broken files are reported and skipped; more than one in 200 refuses the feed, as does a feed without content (`CORRUPT_INPUT`). */
export async function readFeed(
  source: FeedSource,
  sink: FeedSink,
  onProgress?: (text: string) => void,
): Promise<FeedReading> {
  const broken: BrokenFile[] = [];
  let files = 0;
  let records = 0;
  for await (const file of feedFiles(source.path)) {
    if (!isWanted(source, file.path)) continue;
    files++;
    if (files % 1000 === 0) onProgress?.(`${source.feed.title}: ${files} files`);
    try {
      records += sink.add(await contentOf(source.feed, file));
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "CORRUPT_INPUT") throw error;
      broken.push({ path: file.path, reason: error.message });
    }
  }
  if (records === 0) throw refusal(source, "holds no record", broken);
  if (broken.length > files * brokenShare)
    throw refusal(source, `${broken.length} of ${files} files cannot be read`, broken);
  return { files, records, broken };
}

async function contentOf(feed: Feed, file: FoundFile): Promise<FeedContent> {
  return feed.readPieces && file.pieces && file.path.endsWith(".xml")
    ? feed.readPieces(file.path, file.pieces())
    : feed.read(await loaded(file));
}

function refusal(source: FeedSource, why: string, broken: readonly BrokenFile[]): AppError {
  const first = broken[0] ? `; the first: ${broken[0].reason}` : "";
  return new AppError("CORRUPT_INPUT", `${source.path}: feed ${source.feed.id}: ${why}${first}`, {
    hint: "the feed is damaged or in another form than its name says; fetch it again",
  });
}

/** SHA-256 over the content of feeds, in hexadecimal: the same files give the same digest wherever they are. */
export async function digestOf(sources: readonly FeedSource[]): Promise<string> {
  const whole = createHash("sha256");
  for (const source of sources) {
    const { feed, path } = source;
    whole.update(`${feed.id}\0`);
    if (await isFolder(path)) {
      for await (const file of feedFiles(path)) if (isWanted(source, file.path)) await digestFile(file, whole);
    } else
      for await (const piece of createReadStream(path, { highWaterMark: 1024 ** 2 })) whole.update(piece as Uint8Array);
  }
  return whole.digest("hex");
}

async function digestFile(file: FoundFile, whole: Hash): Promise<void> {
  whole.update(`${file.path}\0`);
  if (file.pieces) for await (const piece of file.pieces()) whole.update(piece);
  else whole.update(await file.text());
  whole.update("\0");
}
