import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type FetchResult, type FileValidators, fetchBytes, fetchFile } from "../../clients/feed-fetch.ts";
import { AppError, corrupt } from "../../core/errors.ts";
import type { Feed } from "../feeds/feed.ts";
import { feeds } from "../feeds/feeds.ts";
import { replaceFile } from "../file/write.ts";
import { refreshCsaf } from "./csaf-mirror.ts";
import { changesFolder } from "./feed-files.ts";
import { type FeedNote, largestFile, type RefreshOptions, rebased, takePlace, trustedCount } from "./mirrored-feed.ts";

export type { RefreshOptions } from "./mirrored-feed.ts";

import { type RemoteFile, repositoryFiles } from "./rpm-repository.ts";

type Notes = Record<string, FeedNote>;

/** What became of one feed. `kept` means that the old data stays because the new could not be had or trusted, `failed` that there is no old data either. */
export interface FeedRefresh {
  readonly feed: string;
  readonly status: "fetched" | "unchanged" | "kept" | "failed";
  readonly reason?: string | undefined;
}

/** Changed documents that are fetched one by one; with more the whole archive is fetched. */
const mostChanges = 2_000;

/** Fetches raw feeds into a folder, each into a folder of its own name; large ones only where they are asked for or there already. A feed that cannot be fetched, read or trusted stays as it was. */
export async function refreshFeeds(folder: string, options: RefreshOptions = {}): Promise<FeedRefresh[]> {
  const known = await readNotes(folder);
  const isUsual = ({ id, large }: Feed) => !large || known[id] !== undefined;
  const chosen = feeds.filter((feed) => feed.mirror && (options.only?.includes(feed.id) ?? isUsual(feed)));
  const unknown = options.only?.find((id) => !chosen.some((feed) => feed.id === id));
  if (unknown !== undefined)
    throw new AppError("USAGE", `${unknown}: no feed of that name can be fetched`, {
      hint: `one of ${feeds
        .filter(({ mirror }) => mirror)
        .map(({ id }) => id)
        .join(", ")}`,
    });
  await mkdir(folder, { recursive: true });
  const reports: FeedRefresh[] = [];
  for (const feed of chosen) {
    options.onProgress?.(feed.title);
    const notes = await readNotes(folder);
    try {
      const note = await refreshFeed(feed, folder, notes[feed.id], options);
      if (note)
        await replaceFile(
          join(folder, "feeds.json"),
          Buffer.from(`${JSON.stringify({ ...(await readNotes(folder)), [feed.id]: note }, undefined, 2)}\n`),
        );
      reports.push({ feed: feed.id, status: note ? "fetched" : "unchanged" });
    } catch (error) {
      // What the file system refuses (a full disk, a folder of somebody else's) is no bug; the old feed is still there.
      if (!(error instanceof AppError) && !isSystemError(error)) throw error;
      const status = existsSync(join(folder, feed.id)) ? "kept" : "failed";
      reports.push({ feed: feed.id, status, reason: error.message });
    }
  }
  return reports;
}

function isSystemError(error: unknown): error is Error {
  return error instanceof Error && "syscall" in error;
}

async function readNotes(folder: string): Promise<Notes> {
  try {
    return JSON.parse(await readFile(join(folder, "feeds.json"), "utf8")) as Notes;
  } catch {
    // Without notes everything is fetched anew.
    return {};
  }
}

async function refreshFeed(
  feed: Feed,
  folder: string,
  note: FeedNote | undefined,
  options: RefreshOptions,
): Promise<FeedNote | undefined> {
  if (feed.mirror?.kind === "csaf") return refreshCsaf(feed, folder, note, options);
  if (feed.mirror?.kind === "osv" && note !== undefined) {
    const changed = await refreshChanges(feed, folder, note, options);
    if (changed !== "too many") return changed;
  }
  return refreshFiles(feed, folder, note, options);
}

/** Every file is fetched beside the old ones; only when all are there, can be read and have lost nothing do they take their place. */
async function refreshFiles(
  feed: Feed,
  folder: string,
  note: FeedNote | undefined,
  options: RefreshOptions,
): Promise<FeedNote | undefined> {
  const staging = join(folder, `.${feed.id}.part`);
  await mkdir(staging, { recursive: true });
  const files: Record<string, FileValidators & { sha256: string }> = {};
  let isNew = false;
  for (const { url, path, sha256, isOptional } of await remoteFiles(feed, options)) {
    const target = join(staging, path);
    await mkdir(dirname(target), { recursive: true });
    // A file that somebody removed is asked for as if it had never been there.
    const known = existsSync(join(folder, feed.id, path)) ? note?.files[url] : undefined;
    const asking = fetchFile(url, target, {
      ...(known && !options.force && { etag: known.etag, lastModified: known.lastModified }),
      maxBytes: largestFile,
      dispatcher: options.dispatcher,
      patience: options.patience,
      onProgress: (received) => options.onProgress?.(`${feed.title}: ${(received / 1e6).toFixed(0)} MB`),
    });
    // What was there once must not go; what never was need not come.
    const result = await (isOptional && note?.files[url] === undefined ? unlessMissing(asking) : asking);
    if (result === undefined) continue;
    if (result.status === "unchanged" && known) {
      await mkdir(dirname(target), { recursive: true });
      await writeFile(target, await readFile(join(folder, feed.id, path)));
      files[url] = known;
    } else if (result.status === "fetched") {
      if (sha256 !== undefined && result.sha256 !== sha256)
        throw corrupt(url, "is not what its repository's index says");
      isNew ||= result.sha256 !== known?.sha256;
      files[url] = {
        sha256: result.sha256,
        ...(result.etag !== undefined && { etag: result.etag }),
        ...(result.lastModified !== undefined && { lastModified: result.lastModified }),
      };
    } else throw corrupt(url, "the server says that it is unchanged, and it was never fetched");
  }
  if (!isNew) {
    await rm(staging, { recursive: true, force: true });
    return undefined;
  }
  const { records } = await trustedCount(feed, staging, note, options, folder);
  await takePlace(staging, join(folder, feed.id));
  return { date: dateOf(files), records, files };
}

/** OSV lists what changed, newest first: `<time>,<id>` (google.github.io/osv.dev/data, "Downloading recent changes"). */
async function refreshChanges(
  feed: Feed,
  folder: string,
  note: FeedNote,
  options: RefreshOptions,
): Promise<FeedNote | undefined | "too many"> {
  const [archive] = filesOf(feed, options.bases);
  if (archive === undefined || note.files[archive.url] === undefined || options.force) return "too many";
  if (!existsSync(join(folder, feed.id, archive.path))) return "too many";
  const listed = await fetchBytes(archive.url.replace(/all\.zip$/, "modified_id.csv"), {
    maxBytes: largestFile,
    dispatcher: options.dispatcher,
    patience: options.patience,
  });
  if (listed === undefined) return "too many";
  // A list names every document with the time of its last change, so that an empty one is a fault of the server's.
  if (listed.bytes.toString("utf8").trim() === "") throw corrupt(archive.url, "the list of changes is empty");
  const changes = changedSince(listed.bytes.toString("utf8"), note.date, archive.url);
  if (changes.ids.length === 0) return undefined;
  if (changes.ids.length > mostChanges) return "too many";
  for (const id of changes.ids) await refreshDocument(archive.url, id, join(folder, feed.id, changesFolder), options);
  return { ...note, date: changes.newest };
}

function changedSince(list: string, since: string, name: string): { ids: string[]; newest: string } {
  const ids: string[] = [];
  let newest = since;
  for (const line of list.split("\n")) {
    if (line.trim() === "") continue;
    const match = /^(\d{4}-\d\d-\d\dT[^,]+),(?:.*\/)?([\w.:-]+)$/.exec(line.trim());
    if (!match) throw corrupt(name, `the list of changes has a line that is none: ${line.slice(0, 60)}`);
    const [, time, id] = match as unknown as [string, string, string];
    if (Date.parse(time) <= Date.parse(since)) break;
    if (time > newest) newest = time;
    ids.push(id);
  }
  return { ids, newest };
}

async function refreshDocument(archive: string, id: string, folder: string, options: RefreshOptions): Promise<void> {
  const url = archive.replace(/all\.zip$/, `${encodeURIComponent(id)}.json`);
  const document = await fetchBytes(url, {
    maxBytes: largestFile,
    dispatcher: options.dispatcher,
    patience: options.patience,
  });
  if (document === undefined) throw corrupt(url, "is listed as changed and cannot be had");
  try {
    if ((JSON.parse(document.bytes.toString("utf8")) as { id?: unknown }).id !== id)
      throw corrupt(url, `is not about ${id}`);
  } catch (error) {
    throw error instanceof AppError ? error : corrupt(url, "is no JSON document");
  }
  await replaceFile(join(folder, `${id}.json`), document.bytes);
}

async function unlessMissing(asking: Promise<FetchResult>): Promise<FetchResult | undefined> {
  try {
    return await asking;
  } catch (error) {
    if (error instanceof AppError && error.code === "TARGET_NOT_FOUND") return undefined;
    throw error;
  }
}

type NeededFile = RemoteFile & { readonly isOptional?: boolean | undefined };

async function remoteFiles(feed: Feed, options: RefreshOptions): Promise<NeededFile[]> {
  const { dispatcher, patience, bases } = options;
  if (feed.mirror?.kind !== "rpm") return filesOf(feed, bases);
  const located = (url: string) => rebased(new URL(url), bases?.get(feed.id));
  return repositoryFiles(feed.mirror, { options: { dispatcher, patience }, located });
}

/** The addresses of a feed and where each file goes below the feed's folder. */
function filesOf(feed: Feed, bases: ReadonlyMap<string, string> | undefined): NeededFile[] {
  const { urls = [], parts, laterParts = [] } = feed.mirror ?? {};
  return urls.flatMap((pattern) =>
    [...(parts ?? [""]), ...laterParts].map((part) => {
      const url = rebased(new URL(pattern.replace("{}", part)), bases?.get(feed.id));
      const path = [part, url.slice(url.lastIndexOf("/") + 1)].filter(Boolean).join("/");
      return { url, path, isOptional: laterParts.includes(part) };
    }),
  );
}

/** As old as the newest file that the server dates; of now where it dates none. */
function dateOf(files: Readonly<Record<string, FileValidators>>): string {
  const times = Object.values(files).flatMap(({ lastModified }) =>
    lastModified === undefined || Number.isNaN(Date.parse(lastModified)) ? [] : [Date.parse(lastModified)],
  );
  return new Date(times.length > 0 ? Math.max(...times) : Date.now()).toISOString();
}
