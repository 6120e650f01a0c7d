import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { createGzip, type Gzip, gunzipSync, gzipSync } from "node:zlib";
import { sha256 } from "../core/digest.ts";
import { messageOf } from "../core/errors.ts";
import type { LayerEntry } from "../formats/layer-tree.ts";

/** One entry of a layer with what the analysers made of it, by collector. */
export interface AnalysedEntry {
  readonly entry: LayerEntry<never>;
  readonly items?: Readonly<Record<string, unknown>> | undefined;
}

/** Raised whenever the form of the kept files changes. */
const form = 1;
/** Bytes that all kept files may take, unless told; the least recently used go first. */
const usualMaxBytes = 2 * 1024 ** 3;
/** Bytes of one layer's record before compression; a larger one is analysed anew each time. */
const largestRecord = 256 * 1024 ** 2;
/** Characters that are gathered before they are compressed. */
const batch = 64 * 1024;
/** Milliseconds after which a file that was begun and never finished is thought forsaken. */
const forsaken = 60 * 60 * 1_000;
const suffix = ".json.gz";
/** Before the key in names of records of whole images. */
const imagePrefix = "image-";

/** Where and how much is kept. */
export interface LayerCacheOptions {
  /** Without a folder nothing outlives the run; layers that several images share are still analysed once. */
  readonly folder?: string | undefined;
  readonly maxBytes?: number;
  /** diffIds that more than one image of the run has. */
  readonly shared?: ReadonlySet<string>;
}

/** The folder for kept layers that the environment names (PLIMSOLL_CACHE, else below XDG_CACHE_HOME or ~/.cache); undefined where PLIMSOLL_CACHE is `off`. */
export function layerCacheFolder(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string | undefined {
  const named = environment["PLIMSOLL_CACHE"];
  if (named !== undefined && /^(off|none|no|false|0)$/i.test(named)) return undefined;
  const base = environment["XDG_CACHE_HOME"] || join(environment["HOME"] ?? homedir(), ".cache");
  return join(named || join(base, "plimsoll"), "layers");
}

/** What a folder of kept layers holds: whole records, their size in bytes, and when the first and the last of them were of use. */
export interface LayerCacheStatus {
  readonly layers: number;
  readonly bytes: number;
  readonly oldest?: Date | undefined;
  readonly newest?: Date | undefined;
}

/** What is kept of layers in a folder; a folder that is not there holds nothing. */
export async function layerCacheStatus(folder = layerCacheFolder()): Promise<LayerCacheStatus> {
  const files = folder === undefined ? [] : await filesOf(folder);
  const times = files.map(({ mtime }) => mtime).sort((a, b) => a - b);
  const [first] = times;
  const last = times.at(-1);
  return {
    layers: files.filter(isLayer).length,
    bytes: sizeOf(files),
    ...(first === undefined || last === undefined ? {} : { oldest: new Date(first), newest: new Date(last) }),
  };
}

/** Removes all kept layers, or those that were last of use before a moment. Answers how many there were and their size in bytes. */
export async function purgeLayerCache(
  folder = layerCacheFolder(),
  before?: Date,
): Promise<{ layers: number; bytes: number }> {
  const files = folder === undefined ? [] : await filesOf(folder);
  const removed = files.filter(({ mtime }) => before === undefined || mtime < before.getTime());
  for (const { path } of removed) await rm(path, { force: true });
  return { layers: removed.filter(isLayer).length, bytes: sizeOf(removed) };
}

/** Records of whole images lie beside those of layers. */
function isLayer({ path }: KeptFile): boolean {
  return path.endsWith(suffix) && !basename(path).startsWith(imagePrefix);
}

function sizeOf(files: readonly KeptFile[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

/**
 * What analysers made of layers, kept by the digest of the layer's content and the analysers' versions, so that a layer is read once by whoever
 * scans an image with it. Several processes may use one folder: files appear whole or not at all, damaged ones are passed over and replaced.
 */
export class LayerCache {
  readonly #folder: string | undefined;
  readonly #maxBytes: number;
  readonly #shared: ReadonlySet<string>;
  readonly #memory = new Map<string, Uint8Array>();
  #written = 0;
  /** Why something could not be kept: a full disk, a folder that may not be written. */
  problem: string | undefined;

  constructor(options: LayerCacheOptions = {}) {
    this.#folder = options.folder;
    this.#maxBytes = options.maxBytes ?? usualMaxBytes;
    this.#shared = options.shared ?? new Set();
  }

  /** Whether a record of this layer would be kept. */
  keeps(diffId: string): boolean {
    return this.#folder !== undefined || this.#shared.has(diffId);
  }

  /** The entries of a layer as they were recorded, in order; undefined where there is no whole record. */
  async read(key: string): Promise<readonly AnalysedEntry[] | undefined> {
    const bytes = this.#memory.get(key) ?? (await this.#readFile(key));
    return bytes === undefined ? undefined : parseRecord(bytes);
  }

  /** Keeps a finished record. A folder that cannot be written is told in `problem` and costs nothing but time. */
  async write(key: string, record: Uint8Array): Promise<void> {
    if (this.#folder === undefined) {
      this.#memory.set(key, record);
      return;
    }
    const path = join(this.#folder, key + suffix);
    const unfinished = join(this.#folder, `.${key.slice(0, 22)}-${process.pid}-${randomBytes(6).toString("hex")}.tmp`);
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await writeFile(unfinished, record, { mode: 0o600, flag: "wx" });
      await rename(unfinished, path);
      this.#written += record.length;
    } catch (error) {
      this.problem = `layers are not kept in ${this.#folder}: ${messageOf(error)}`;
      await rm(unfinished, { force: true }).catch(() => undefined);
    }
  }

  /** Whether what was collected of whole images outlives the run. */
  get keepsImages(): boolean {
    return this.#folder !== undefined;
  }

  /** What was collected of a whole image, as it was given; undefined where there is no whole record. */
  async readImage(key: string): Promise<unknown> {
    const bytes = await this.#readFile(imagePrefix + key);
    if (bytes === undefined) return undefined;
    try {
      return JSON.parse(gunzipSync(bytes, { maxOutputLength: largestRecord }).toString("utf8"));
    } catch {
      // Cut off or altered: its checksum (RFC 1952) is wrong, and the image is read anew.
      return undefined;
    }
  }

  /** Keeps what was collected of a whole image: plain JSON. */
  async writeImage(key: string, value: unknown): Promise<void> {
    const text = JSON.stringify(value);
    if (text.length < largestRecord) await this.write(imagePrefix + key, gzipSync(text, { level: 1 }));
  }

  /** Brings the folder back within its size, where this run added to it. */
  async close(): Promise<void> {
    this.#memory.clear();
    if (this.#folder === undefined || this.#written === 0) return;
    const now = Date.now();
    const files = await filesOf(this.#folder);
    for (const { path, mtime } of files)
      if (path.endsWith(".tmp") && now - mtime > forsaken) await rm(path, { force: true });
    const kept = files.filter(({ path }) => path.endsWith(suffix)).sort((a, b) => a.mtime - b.mtime);
    let total = kept.reduce((sum, { size }) => sum + size, 0);
    for (const { path, size } of kept) {
      if (total <= this.#maxBytes) break;
      await rm(path, { force: true });
      total -= size;
    }
  }

  async #readFile(key: string): Promise<Uint8Array | undefined> {
    if (this.#folder === undefined) return undefined;
    const path = join(this.#folder, key + suffix);
    const bytes = await readFile(path).catch(() => undefined);
    const now = new Date();
    // Its time of change says when it was last of use; another process may have removed it meanwhile.
    if (bytes !== undefined) await utimes(path, now, now).catch(() => undefined);
    return bytes;
  }
}

/** The name under which a layer's record is kept: what was read, and by which analysers of which version and build. */
export function layerKey(diffId: string, analysers: readonly (readonly [string, number])[], build: string): string {
  const sorted = [...analysers].sort(([a], [b]) => (a < b ? -1 : 1));
  return sha256(JSON.stringify([form, diffId, build, sorted]));
}

type Line = [
  path: string,
  type: LayerEntry["type"],
  size: number,
  mode: number,
  uid: number,
  gid: number,
  mtime: number,
  more?: { link?: string; xattrs?: Record<string, string>; device?: [number, number]; items?: Record<string, unknown> },
];

/** Makes the record of a layer entry by entry: lines of JSON, compressed, with their number at the end. */
export class LayerRecorder {
  readonly #gzip: Gzip = createGzip({ level: 1 });
  readonly #pieces: Uint8Array[] = [];
  readonly #ended: Promise<void>;
  #text = "";
  #bytes = 0;
  #count = 0;

  constructor() {
    this.#gzip.on("data", (piece: Uint8Array) => this.#pieces.push(piece));
    this.#ended = new Promise((resolve, reject) => this.#gzip.once("end", resolve).once("error", reject));
  }

  async add(analysed: AnalysedEntry): Promise<void> {
    this.#count += 1;
    if (this.#bytes > largestRecord) return;
    this.#text += `${JSON.stringify(lineOf(analysed))}\n`;
    if (this.#text.length >= batch) await this.#flush();
  }

  /** The whole record; undefined for a layer that is too large to be kept. */
  async finish(): Promise<Uint8Array | undefined> {
    this.#text += `${this.#count}\n`;
    await this.#flush();
    this.#gzip.end();
    await this.#ended;
    return this.#bytes > largestRecord ? undefined : Buffer.concat(this.#pieces);
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.from(this.#text);
    this.#text = "";
    this.#bytes += bytes.length;
    if (!this.#gzip.write(bytes)) await new Promise<void>((resolve) => this.#gzip.once("drain", resolve));
  }
}

function lineOf({ entry, items }: AnalysedEntry): Line {
  const { path, type, size, mode, uid, gid, mtime, linkPath, xattrs, deviceMajor, deviceMinor } = entry;
  const more = {
    ...(linkPath === undefined ? {} : { link: linkPath }),
    ...(xattrs === undefined ? {} : { xattrs: mapValues(xattrs, (value) => Buffer.from(value).toString("base64")) }),
    ...(deviceMajor === undefined ? {} : { device: [deviceMajor, deviceMinor ?? 0] as [number, number] }),
    ...(items === undefined ? {} : { items }),
  };
  return Object.keys(more).length === 0
    ? [path, type, size, mode, uid, gid, mtime]
    : [path, type, size, mode, uid, gid, mtime, more];
}

function entryOf([path, type, size, mode, uid, gid, mtime, more]: Line): AnalysedEntry {
  const entry: LayerEntry<never> = {
    path,
    type,
    size,
    mode,
    uid,
    gid,
    mtime,
    ...(more?.link === undefined ? {} : { linkPath: more.link }),
    ...(more?.xattrs === undefined ? {} : { xattrs: mapValues(more.xattrs, bytesOf) }),
    ...(more?.device === undefined ? {} : { deviceMajor: more.device[0], deviceMinor: more.device[1] }),
  };
  return { entry, items: more?.items };
}

function bytesOf(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, "base64"));
}

function mapValues<A, B>(members: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, change(value)]));
}

/** A record that was cut off or altered is none: its checksum (RFC 1952) or its number of lines is wrong. */
function parseRecord(bytes: Uint8Array): readonly AnalysedEntry[] | undefined {
  try {
    const lines = gunzipSync(bytes, { maxOutputLength: largestRecord + 2 * batch })
      .toString("utf8")
      .split("\n");
    lines.pop();
    if (Number(lines.pop()) !== lines.length) return undefined;
    return lines.map((line) => entryOf(JSON.parse(line) as Line));
  } catch {
    return undefined;
  }
}

interface KeptFile {
  readonly path: string;
  readonly size: number;
  readonly mtime: number;
}

async function filesOf(folder: string): Promise<KeptFile[]> {
  const names = await readdir(folder).catch(() => []);
  const ours = names.filter((name) => name.endsWith(suffix) || name.endsWith(".tmp"));
  const files = await Promise.all(
    ours.map(async (name) => {
      const path = join(folder, name);
      const found = await stat(path).catch(() => undefined);
      return found && { path, size: found.size, mtime: found.mtimeMs };
    }),
  );
  return files.filter((file) => file !== undefined);
}
