import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Dispatcher } from "undici";
import { replaceFile } from "../advisories/file/write.ts";
import { feedFiles, isArchive } from "../advisories/sources/feed-files.ts";
import { tolerableLoss } from "../advisories/sources/mirrored-feed.ts";
import { mendPlace, takePlace } from "../advisories/sources/replaced-folder.ts";
import { type FileValidators, fetchFile } from "../clients/feed-fetch.ts";
import { AppError, corrupt, limitExceeded } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import { parseHashList } from "../formats/malware/hash-list.ts";
import { ruleNamesIn } from "../formats/malware/yara-rules.ts";

/** What is known of a feed from its last fetch. */
interface RuleFeedNote extends FileValidators {
  /** Folder of the feed below the folder of feeds. */
  readonly folder: string;
  /** Rules and digests together. */
  readonly count: number;
  /** ISO 8601. */
  readonly date: string;
}

/** What became of a feed of rules: `kept` means that the old rules stay because the new ones could not be had or trusted, `failed` that there are none. */
export interface RuleFeedRefresh {
  readonly url: string;
  readonly status: "fetched" | "unchanged" | "kept" | "failed";
  readonly rules?: number;
  readonly digests?: number;
  /** Files with rules that the engine refuses or whose names are taken, each with why: they are left out. */
  readonly leftOut?: readonly string[];
  readonly reason?: string;
}

/** How feeds of rules are fetched. */
export interface RuleFeedOptions {
  readonly dispatcher?: Dispatcher | undefined;
  readonly patience?: number | undefined;
  /** Takes feeds that have lost rules all the same. */
  readonly force?: boolean | undefined;
  /** Why the engine refuses a text of rules; undefined where it takes them. Absent where there is no engine to ask. */
  readonly complaint?: ((text: string, path: string) => string | undefined) | undefined;
  readonly now: Date;
}

const notesFile = "rule-feeds.json";
/** Bytes that a feed of rules may have, packed. */
const largestFeed = 512 * 1024 ** 2;
/** What tells under which terms rules may be used goes with them. */
const terms = /(^|\/)(licen[cs]e|copying|notice)[^/]*$/i;

/**
 * Fetches feeds of YARA rules and lists of digests (files, or archives of them) into a folder, each into a folder of its own; without addresses those
 * that were fetched before. A feed that cannot be fetched, read or trusted stays as it was.
 */
export async function refreshRuleFeeds(
  folder: string,
  urls: readonly string[],
  options: RuleFeedOptions,
): Promise<RuleFeedRefresh[]> {
  const known = await notesIn(folder);
  const asked = urls.length > 0 ? urls : Object.keys(known);
  await mkdir(folder, { recursive: true });
  const reports: RuleFeedRefresh[] = [];
  for (const url of asked) {
    const note = known[url];
    try {
      reports.push(await refreshOne(folder, url, note, options));
    } catch (error) {
      if (!(error instanceof AppError) && !(error instanceof Error && "syscall" in error)) throw error;
      const isThere = note !== undefined && existsSync(join(folder, note.folder));
      reports.push({ url, status: isThere ? "kept" : "failed", reason: error.message });
    }
  }
  return reports;
}

async function notesIn(folder: string): Promise<Record<string, RuleFeedNote>> {
  const path = join(folder, notesFile);
  if (!existsSync(path)) return {};
  try {
    return JSON.parse(await readFile(path, "utf8")) as Record<string, RuleFeedNote>;
  } catch {
    throw corrupt(path, "is no JSON document");
  }
}

async function refreshOne(
  folder: string,
  url: string,
  note: RuleFeedNote | undefined,
  { dispatcher, patience, force, complaint, now }: RuleFeedOptions,
): Promise<RuleFeedRefresh> {
  const name = folderOf(url);
  await mendPlace(join(folder, note?.folder ?? name));
  const isThere = note !== undefined && existsSync(join(folder, note.folder));
  const scratch = await mkdtemp(join(folder, ".fetch-"));
  try {
    const packed = join(scratch, fileOf(url));
    const answer = await fetchFile(url, packed, {
      ...(isThere && !force && { etag: note.etag, lastModified: note.lastModified }),
      maxBytes: largestFeed,
      dispatcher,
      patience,
    });
    if (answer.status === "unchanged") return { url, status: "unchanged" };
    const found = await unpacked(packed, join(scratch, name), complaint);
    const count = found.rules + found.digests;
    if (count === 0) throw corrupt(url, "holds neither YARA rules nor SHA-256 digests");
    if (isThere && !force && count < note.count * (1 - tolerableLoss))
      throw new AppError("CORRUPT_INPUT", `${url} has ${count} rules and digests, and had ${note.count}`, {
        hint: "the old rules stay; if the loss is meant, repeat with --force",
      });
    await takePlace(join(scratch, name), join(folder, name));
    const { etag, lastModified } = answer;
    const written: RuleFeedNote = { folder: name, count, date: now.toISOString(), etag, lastModified };
    const notes = { ...(await notesIn(folder)), [url]: written };
    await replaceFile(join(folder, notesFile), Buffer.from(`${JSON.stringify(notes, undefined, 2)}\n`));
    return { url, status: "fetched", ...found };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** A name that is a folder's, and another one for another address. */
function folderOf(url: string): string {
  const digest = createHash("sha256").update(url).digest("hex").slice(0, 8);
  const plain = fileOf(url)
    .replace(/\..*$/, "")
    .replace(/[^A-Za-z0-9_-]+/g, "-")
    .replace(/^-+/, "");
  return `${plain || "rules"}-${digest}`;
}

function fileOf(url: string): string {
  let path: string;
  try {
    path = new URL(url).pathname;
  } catch {
    throw new AppError("USAGE", `${url}: is no web address`, { hint: "for example https://rules.example/pack.zip" });
  }
  return path.slice(path.lastIndexOf("/") + 1).replace(/[^A-Za-z0-9._-]+/g, "-") || "rules";
}

interface Unpacked {
  readonly rules: number;
  readonly digests: number;
  readonly leftOut: readonly string[];
}

/** Writes what a feed holds below a folder. Names of files are made here: an archive's own could lead anywhere. */
async function unpacked(packed: string, target: string, complaint: RuleFeedOptions["complaint"]): Promise<Unpacked> {
  await mkdir(target);
  const names = new Set<string>();
  const leftOut: string[] = [];
  const isSingle = !isArchive(packed);
  let [rules, digests, bytes, number] = [0, 0, 0, 0];
  for await (const file of feedFiles(packed)) {
    const isRules = /\.yara?$/i.test(file.path);
    const isTerms = !isSingle && terms.test(file.path);
    const isList = !isRules && !isTerms && (isSingle || /\.(txt|csv|sha256|hsb|hsu)$/i.test(file.path));
    if (!isRules && !isTerms && !isList) continue;
    const text = await file.text();
    bytes += text.length;
    if (bytes > limits.decompressedBytes) throw limitExceeded(packed, `${limits.decompressedBytes} bytes of rules`);
    const place = join(
      target,
      `${String(++number).padStart(5, "0")}-${file.path.replace(/[^A-Za-z0-9._-]+|\.{2,}/g, "-").slice(-80)}`,
    );
    if (isTerms) {
      await writeFile(place, text);
      continue;
    }
    if (isList) {
      const list = parseHashList(text, file.path);
      if (list.names.size === 0 || list.brokenLine !== undefined) continue;
      digests += list.names.size;
      await writeFile(place.endsWith(".txt") ? place : `${place}.txt`, text);
      continue;
    }
    const own = ruleNamesIn(text);
    const taken = own.find((one) => names.has(one));
    const why = taken === undefined ? complaint?.(text, file.path) : `rule ${taken} is in another file`;
    if (why !== undefined) {
      leftOut.push(`${file.path}: ${why}`);
      continue;
    }
    for (const one of own) names.add(one);
    rules += own.length;
    await writeFile(/\.yara?$/.test(place) ? place : `${place}.yar`, text);
  }
  return { rules, digests, leftOut };
}
