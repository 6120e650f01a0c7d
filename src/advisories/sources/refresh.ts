import { existsSync } from "node:fs";
import { copyFile, mkdir, readdir, readFile, rm, rmdir } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { type FetchResult, type FileValidators, fetchFile } from "../../clients/feed-fetch.ts";
import { AppError, corrupt } from "../../core/errors.ts";
import type { Feed } from "../feeds/feed.ts";
import { feeds } from "../feeds/feeds.ts";
import { removeUnfinished, replaceFile } from "../file/write.ts";
import { refreshCsaf } from "./csaf-mirror.ts";
import { type FeedNote, largestFile, type RefreshOptions, rebased, trustedCount } from "./mirrored-feed.ts";
import { refreshOsv } from "./osv-mirror.ts";
import { mendPlace, takePlace } from "./replaced-folder.ts";
import { type RemoteFile, repositoryFiles } from "./rpm-repository.ts";

export type { RefreshOptions } from "./mirrored-feed.ts";

type Notes = Record<string, FeedNote>;

/** What became of one feed. `kept` means that the old data stays because the new could not be had or trusted, `failed` that there is no old data either. */
export interface FeedRefresh {
  readonly feed: string;
  readonly status: "fetched" | "unchanged" | "kept" | "failed";
  readonly reason?: string | undefined;
}

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
  await removeUnfinished(folder);
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
          options.disk,
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
  await mendPlace(join(folder, feed.id), options.disk);
  if (feed.mirror?.kind === "csaf") return refreshCsaf(feed, folder, note, options);
  const [archive] = filesOf(feed, options.bases);
  if (feed.mirror?.kind !== "osv" || note === undefined || archive === undefined)
    return refreshFiles(feed, folder, note, options);
  const changed = await refreshOsv(feed, archive, folder, note, options);
  if (changed !== "too many") return changed;
  const whole = await refreshFiles(feed, folder, note, options);
  if (whole !== undefined) return whole;
  // The archive is still the one that the changes are newer than.
  const singly = await refreshOsv(feed, archive, folder, note, { ...options, howeverMany: true });
  return singly === "too many" ? undefined : singly;
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
  const fetched = new Set<string>();
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
    fetched.add(path);
    if (result.status === "unchanged" && known) {
      await mkdir(dirname(target), { recursive: true });
      await copyFile(join(folder, feed.id, path), target);
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
  await keepOnly(fetched, staging);
  const { records } = await trustedCount(feed, staging, note, options, folder);
  await takePlace(staging, join(folder, feed.id), options.disk);
  return { date: dateOf(files), records, files };
}

/** What an earlier attempt left and this one did not fetch is not of this feed as it is now. */
async function keepOnly(fetched: ReadonlySet<string>, staging: string, folder = staging): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      await keepOnly(fetched, staging, path);
      if ((await readdir(path)).length === 0) await rmdir(path);
    } else if (!fetched.has(relative(staging, path).replaceAll("\\", "/"))) await rm(path);
  }
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
