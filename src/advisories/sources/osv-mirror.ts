import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fetchBytes } from "../../clients/feed-fetch.ts";
import { corrupt } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { type Feed, member, readJson } from "../feeds/feed.ts";
import { realDisk } from "../file/write.ts";
import { changedCount, newChanges, putChanges } from "./changed-documents.ts";
import type { FeedNote, RefreshOptions } from "./mirrored-feed.ts";
import type { RemoteFile } from "./rpm-repository.ts";

/** Changed documents that are fetched one by one; with more the whole archive is fetched, where there is a newer one. */
export const mostChanges = 2_000;
/** Changed documents that are kept beside the archive. */
export const mostKept = 10_000;
/** Milliseconds that making the archive may take: what changed meanwhile may be missing from it though it is older. */
const packing = 6 * 3_600_000;

/**
 * Refreshes OSV documents by what changed since the last time. All of them are fetched before any is put in place, and all count from one moment on. Undefined
 * where nothing changed; `too many` where the whole archive is to be fetched instead, unless it shall be done `howeverMany` there are. Errors as with `fetchBytes`, and `CORRUPT_INPUT` where the list or a
 * document is not what it should be.
 */
export async function refreshOsv(
  feed: Feed,
  archive: RemoteFile,
  folder: string,
  note: FeedNote,
  options: RefreshOptions & { readonly howeverMany?: boolean },
): Promise<FeedNote | undefined | "too many"> {
  const root = join(folder, feed.id);
  if (note.files[archive.url] === undefined || options.force || !existsSync(join(root, archive.path)))
    return "too many";
  const url = archive.url.replace(/all\.zip$/, "modified_id.csv");
  const listed = await fetchBytes(url, asking(options));
  if (listed === undefined) return "too many";
  const kept = await changedCount(root);
  const since = kept > 0 ? note.date : new Date(Date.parse(note.date) - packing).toISOString();
  const { ids, newest } = changedSince(listed.bytes.toString("utf8"), since, url);
  if (ids.length === 0) return undefined;
  const isMuch = ids.length > mostChanges || ids.length + kept > mostKept;
  if (isMuch && !options.howeverMany) return "too many";
  const staging = join(folder, `.${feed.id}.part`);
  try {
    const staged = await newChanges(staging, options.disk);
    for (const [index, id] of ids.entries()) {
      options.onProgress?.(`${feed.title}: ${index + 1} of ${ids.length} changes`);
      await stageDocument(archive.url, id, staged, options);
    }
    await putChanges(staged, root, options.disk);
  } finally {
    // What a failed attempt fetched would be fetched again, and a full disk wants its room back.
    await rm(staging, { recursive: true, force: true });
  }
  return { ...note, date: Date.parse(newest) > Date.parse(note.date) ? newest : note.date };
}

function asking({ dispatcher, patience }: RefreshOptions) {
  return { dispatcher, patience, maxBytes: limits.feedDocument };
}

/** OSV lists what changed, newest first: `<time>,<id>` (google.github.io/osv.dev/data, "Downloading recent changes"). What is no such list is `CORRUPT_INPUT`. */
export function changedSince(list: string, since: string, name: string): { ids: string[]; newest: string } {
  // A list names every document with the time of its last change, so that an empty one is a fault of the server's.
  if (list.trim() === "") throw corrupt(name, "the list of changes is empty");
  const ids = new Set<string>();
  let newest = since;
  for (const line of list.split("\n")) {
    if (line.trim() === "") continue;
    const [, time = "", id = ""] = /^(\d{4}-\d\d-\d\dT[^,]+),(?:.*\/)?([\w.:-]+)$/.exec(line.trim()) ?? [];
    if (Number.isNaN(Date.parse(time)))
      throw corrupt(name, `the list of changes has a line that is none: ${line.slice(0, 60)}`);
    if (Date.parse(time) <= Date.parse(since)) break;
    if (Date.parse(time) > Date.parse(newest)) newest = time;
    ids.add(id);
  }
  return { ids: [...ids], newest };
}

async function stageDocument(archive: string, id: string, staged: string, options: RefreshOptions): Promise<void> {
  const url = archive.replace(/all\.zip$/, `${encodeURIComponent(id)}.json`);
  const document = await fetchBytes(url, asking(options));
  if (document === undefined) throw corrupt(url, "is listed as changed and cannot be had");
  if (member(readJson({ path: url, text: document.bytes.toString("utf8") }), "id") !== id)
    throw corrupt(url, `is not about ${id}`);
  await (options.disk ?? realDisk).write(join(staged, `${id}.json`), document.bytes);
}
