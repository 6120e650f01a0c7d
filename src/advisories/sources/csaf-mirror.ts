import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { type FileValidators, fetchBytes, fetchFile } from "../../clients/feed-fetch.ts";
import { AppError, corrupt } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { type Feed, member, readJson, textOf } from "../feeds/feed.ts";
import { realDisk } from "../file/write.ts";
import { changedCount, newChanges, putChanges } from "./changed-documents.ts";
import {
  type FeedNote,
  largestFile,
  type RefreshOptions,
  rebased,
  tolerableLoss,
  trustedCount,
} from "./mirrored-feed.ts";
import { takePlace } from "./replaced-folder.ts";

/** Changed documents that are kept beside the archive; with more a newer archive is fetched where there is one. */
const mostChanges = 5_000;
/** Documents that are fetched at once. */
const atOnce = 8;

/** A document that was changed or deleted, as the provider's lists say (CSAF 2.0 §7.1.13: `changes.csv`; `deletions.csv` is Red Hat's). */
interface Change {
  /** Below the folder of documents: `2023/cve-2023-0044.json`. */
  readonly path: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly isDeletion: boolean;
}

interface Lists {
  readonly changes: readonly Change[];
  readonly files: FeedNote["files"];
}

/**
 * Refreshes the documents of a CSAF provider: a whole archive at first, then what its lists name as changed or deleted. Nothing is put in place before all of
 * it is there; undefined where nothing changed. Errors as with `fetchFile`, and `CORRUPT_INPUT` where lists or documents are not what they should be.
 */
export async function refreshCsaf(
  feed: Feed,
  folder: string,
  note: FeedNote | undefined,
  options: RefreshOptions,
): Promise<FeedNote | undefined> {
  const staging = join(folder, `.${feed.id}.part`);
  await mkdir(staging, { recursive: true });
  const address = new Address(feed, options);
  const isThere = note?.archive !== undefined && existsSync(join(folder, feed.id));
  const known = !isThere || options.force ? undefined : note;
  const lists = await fetchLists(address, staging, known, options);
  if (known) {
    const pending = since(lists.changes, Date.parse(known.date));
    if (pending.length === 0) {
      await rm(staging, { recursive: true, force: true });
      return undefined;
    }
    const kept = await changedCount(join(folder, feed.id));
    if (kept + pending.length <= mostChanges || (await address.archive()) === known.archive)
      return addChanges(feed, { address, folder, staging }, pending, { ...known, files: lists.files }, options);
  }
  return refreshArchive(feed, { address, folder, staging }, lists, note, options);
}

interface Places {
  readonly address: Address;
  readonly folder: string;
  readonly staging: string;
}

/** Where a provider's documents, lists and archive are. */
class Address {
  readonly #folder: string;
  readonly #archive: string | undefined;
  readonly #options: RefreshOptions;

  constructor({ id, mirror }: Feed, options: RefreshOptions) {
    const base = options.bases?.get(id);
    this.#folder = rebased(new URL(mirror?.urls[0] as string), base);
    this.#archive = mirror?.archive === undefined ? undefined : rebased(new URL(mirror.archive), base);
    this.#options = options;
  }

  of(path: string): string {
    return new URL(path, this.#folder).href;
  }

  /** The archive that is current: a fixed address, or the name in `archive_latest.txt`. */
  async archive(): Promise<string> {
    if (this.#archive !== undefined) return this.#archive;
    const url = this.of("archive_latest.txt");
    const answer = await fetchBytes(url, { ...patient(this.#options), maxBytes: 1024 });
    const name = answer?.bytes.toString("utf8").trim() ?? "";
    if (!/^[\w-]+\.tar\.(zst|xz|gz|bz2)$/.test(name)) throw corrupt(url, "names no archive");
    return this.of(name);
  }
}

function patient({ dispatcher, patience }: RefreshOptions) {
  return { dispatcher, patience };
}

/** The lists of changes and deletions; what has not changed since the last time names nothing new. */
async function fetchLists(
  address: Address,
  staging: string,
  note: FeedNote | undefined,
  options: RefreshOptions,
): Promise<Lists> {
  const files: Record<string, FileValidators & { sha256: string }> = { ...note?.files };
  const askedFor = (url: string) => {
    const { etag, lastModified } = note?.files[url] ?? {};
    return { etag, lastModified, ...patient(options), maxBytes: largestFile };
  };
  const changes: Change[] = [];
  const changed = address.of("changes.csv");
  const path = join(staging, "changes.csv");
  const result = await fetchFile(changed, path, askedFor(changed));
  if (result.status === "fetched") {
    files[changed] = validatorsOf(result);
    for (const change of listedChanges(await readFile(path, "utf8"), changed, false)) changes.push(change);
    await rm(path);
  }
  // Not every provider tells what it deleted, and there may be nothing to tell.
  const deleted = address.of("deletions.csv");
  const answer = await fetchBytes(deleted, askedFor(deleted));
  if (answer !== undefined) {
    const { bytes, ...validators } = answer;
    files[deleted] = validatorsOf({ ...validators, sha256: createHash("sha256").update(bytes).digest("hex") });
    for (const change of listedChanges(bytes.toString("utf8"), deleted, true)) changes.push(change);
  }
  return { changes, files };
}

function validatorsOf({
  etag,
  lastModified,
  sha256,
}: FileValidators & { readonly sha256: string }): FileValidators & { sha256: string } {
  return { sha256, ...(etag !== undefined && { etag }), ...(lastModified !== undefined && { lastModified }) };
}

/** Lines of `"path","time"`, newest first by custom. A line that is none is `CORRUPT_INPUT`, and so is a path that leads elsewhere. */
export function* listedChanges(text: string, name: string, isDeletion: boolean): Generator<Change> {
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    const match = /^"?((?:\d{4}\/)?[A-Za-z0-9][\w+-]*\.json)"?,"?(\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d))"?$/.exec(
      line.trim(),
    );
    const time = Date.parse(match?.[2] ?? "");
    if (!match || Number.isNaN(time))
      throw corrupt(name, `the list of changes has a line that is none: ${line.slice(0, 80)}`);
    yield { path: match[1] as string, time, isDeletion };
  }
}

/** The last change of each document after a time; what was deleted and comes again is there. */
function since(changes: readonly Change[], after: number): Change[] {
  const latest = new Map<string, Change>();
  for (const change of changes) {
    if (change.time <= after) continue;
    const name = nameOf(change);
    const known = latest.get(name);
    if (known === undefined || change.time > known.time || (change.time === known.time && !change.isDeletion))
      latest.set(name, change);
  }
  return [...latest.values()];
}

function nameOf({ path }: Change): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

async function addChanges(
  feed: Feed,
  { address, folder, staging }: Places,
  pending: readonly Change[],
  note: FeedNote,
  options: RefreshOptions,
): Promise<FeedNote> {
  const deletions = pending.filter(({ isDeletion }) => isDeletion).length;
  if (deletions > Math.max(fewDeletions, (note.documents ?? 0) * tolerableLoss))
    throw new AppError("CORRUPT_INPUT", `feed ${feed.id} deletes ${deletions} of ${note.documents ?? 0} documents`, {
      hint: `the old feed in ${folder} stays; if the loss is meant, repeat with --force`,
    });
  const staged = await fetchChanges(feed, address, pending, staging, options);
  await putChanges(staged, join(folder, feed.id), options.disk);
  await rm(staging, { recursive: true, force: true });
  return { ...note, date: newest(pending, Date.parse(note.date)) };
}

/** Deletions that are believed however few documents there are. */
const fewDeletions = 5;

async function refreshArchive(
  feed: Feed,
  { address, folder, staging }: Places,
  lists: Lists,
  note: FeedNote | undefined,
  options: RefreshOptions,
): Promise<FeedNote> {
  const url = await address.archive();
  const name = url.slice(url.lastIndexOf("/") + 1);
  // What is left of an attempt at another archive would be read with this one.
  for (const other of await readdir(staging))
    if (!other.startsWith(name)) await rm(join(staging, other), { recursive: true, force: true });
  const fetched = await fetchFile(url, join(staging, name), {
    ...patient(options),
    maxBytes: largestFile,
    onProgress: (received) => options.onProgress?.(`${feed.title}: ${(received / 1e6).toFixed(0)} MB`),
  });
  if (fetched.status === "unchanged")
    throw corrupt(url, "the server says that it is unchanged, and it was never fetched");
  const made = archiveTime(name, fetched.lastModified, lists.changes);
  const pending = since(lists.changes, made);
  if (pending.length > 0) await fetchChanges(feed, address, pending, staging, options);
  const { records, files: documents } = await trustedCount(feed, staging, note, options, folder);
  await takePlace(staging, join(folder, feed.id), options.disk);
  return {
    date: newest(pending, made),
    records,
    documents,
    archive: url,
    files: { ...lists.files, [url]: validatorsOf(fetched) },
  };
}

/** When an archive was made: the day in its name, else the server's date. Documents that changed since are fetched singly. */
function archiveTime(name: string, lastModified: string | undefined, changes: readonly Change[]): number {
  const day = Date.parse(/\d{4}-\d\d-\d\d/.exec(name)?.[0] ?? "");
  if (!Number.isNaN(day)) return day;
  const dated = Date.parse(lastModified ?? "");
  return Number.isNaN(dated) ? Math.max(0, ...changes.slice(0, 1).map(({ time }) => time)) : dated;
}

function newest(changes: readonly Change[], otherwise: number): string {
  return new Date(changes.reduce((latest, { time }) => Math.max(latest, time), otherwise)).toISOString();
}

/** Fetches the changed documents into a folder in that of what is being fetched, and answers it; a deleted one leaves an empty file. */
async function fetchChanges(
  feed: Feed,
  address: Address,
  changes: readonly Change[],
  staging: string,
  options: RefreshOptions,
): Promise<string> {
  const { disk = realDisk } = options;
  const folder = await newChanges(staging, disk);
  const waiting = [...changes];
  let done = 0;
  const work = async () => {
    for (let change = waiting.pop(); change !== undefined; change = waiting.pop()) {
      const bytes = change.isDeletion
        ? Buffer.alloc(0)
        : await fetchDocument(address.of(change.path), nameOf(change), options);
      await disk.write(join(folder, nameOf(change)), bytes);
      options.onProgress?.(`${feed.title}: ${++done} of ${changes.length} changes`);
    }
  };
  const results = await Promise.allSettled(Array.from({ length: Math.min(atOnce, changes.length) }, work));
  const failed = results.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
  return folder;
}

async function fetchDocument(url: string, name: string, options: RefreshOptions): Promise<Buffer> {
  const answer = await fetchBytes(url, { ...patient(options), maxBytes: limits.feedDocument });
  if (answer === undefined) throw corrupt(url, "is listed as changed and cannot be had");
  const document = readJson({ path: url, text: answer.bytes.toString("utf8") });
  const id = textOf(member(member(member(document, "document"), "tracking"), "id"));
  if (id === undefined || csafFileName(id) !== name.toLowerCase()) throw corrupt(url, `is about ${id ?? "nothing"}`);
  return answer.bytes;
}

/** The name of a document's file (CSAF 2.0 §5.1): its id in lower case, with `_` for everything but letters, digits, `+` and `-`. */
export function csafFileName(id: string): string {
  return `${id.toLowerCase().replace(/[^+\-a-z0-9]+/g, "_")}.json`;
}
