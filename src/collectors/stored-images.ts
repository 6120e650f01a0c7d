import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { z } from "zod";
import { sha256 } from "../core/digest.ts";
import { messageOf } from "../core/errors.ts";
import { limits } from "../core/limits.ts";

const StoredImageShape = z.object({
  schema: z.literal("plimsoll.stored-image/1"),
  target: z.object({ kind: z.literal("image"), name: z.string(), subject: z.string(), identity: z.string() }),
  /** When it was last assessed, ISO 8601. */
  assessed: z.iso.datetime(),
  /** When it was assessed, oldest first, the last time included. */
  history: z.array(z.iso.datetime()),
  /** The advisory data of that assessment. */
  advisories: z.object({ id: z.string(), date: z.string(), source: z.string() }).optional(),
  /** The YARA rules that its content was searched by. */
  ruleVersion: z.number(),
  layers: z.array(z.object({ diffId: z.string(), digest: z.string().optional(), key: z.string().optional() })),
  observations: z.array(
    z.union([
      z.object({ fact: z.string(), subject: z.string(), source: z.string(), value: z.unknown() }),
      z.object({
        fact: z.string(),
        subject: z.string(),
        source: z.string(),
        unavailable: z.string(),
        remedy: z.string().optional(),
      }),
    ]),
  ),
  /** Fingerprints of what failed in the last assessment. */
  failures: z.array(z.string()),
});

/** What is kept of an assessed image so that it can be judged again without being read: its observations, the keys of its layers' records, what failed. */
export type StoredImage = z.output<typeof StoredImageShape>;

const suffix = ".json.gz";
/** Assessments of one image whose moments are kept. */
const longestHistory = 200;
/** Images that are kept, unless told; those that were assessed longest ago go first. */
const usualMaxImages = 2_000;

/** The folder for stored images beside that for kept layers. */
export function storedImagesFolder(layerFolder: string): string {
  return join(dirname(layerFolder), "images");
}

/** The images of a folder, one file each. Files appear whole or not at all; what cannot be read is counted, never passed over in silence. */
export class StoredImages {
  readonly #folder: string;
  readonly #maxImages: number;
  /** Why an image could not be stored. */
  problem: string | undefined;

  constructor(folder: string, maxImages = usualMaxImages) {
    this.#folder = folder;
    this.#maxImages = maxImages;
  }

  /** Stores an image in place of what was stored of it. A folder that cannot be written is told in `problem`. */
  async write(image: Omit<StoredImage, "schema">): Promise<void> {
    const path = this.#pathOf(image.target.subject);
    const unfinished = `${path}.${process.pid}-${randomBytes(6).toString("hex")}.tmp`;
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      const text = JSON.stringify({ schema: "plimsoll.stored-image/1", ...image });
      await writeFile(unfinished, gzipSync(text, { level: 4 }), { mode: 0o600, flag: "wx" });
      await rename(unfinished, path);
      await this.#shrink();
    } catch (error) {
      this.problem = `images are not kept in ${this.#folder}: ${messageOf(error)}`;
      await rm(unfinished, { force: true }).catch(() => undefined);
    }
  }

  /** The moments at which an image was assessed and `now`, oldest first. */
  async historyOf(subject: string, now: string): Promise<string[]> {
    const stored = await readImage(this.#pathOf(subject));
    return [...(stored?.history ?? []), now].slice(-longestHistory);
  }

  #pathOf(subject: string): string {
    return join(this.#folder, `${sha256(subject)}${suffix}`);
  }

  /** Every stored image by name, and how many files could not be read as one. */
  async read(): Promise<{ images: StoredImage[]; damaged: number }> {
    const images: StoredImage[] = [];
    let damaged = 0;
    for (const { path } of await this.#files()) {
      const image = await readImage(path);
      if (image === undefined) damaged++;
      else images.push(image);
    }
    return {
      images: images.sort((a, b) => byText(a.target.name, b.target.name) || byText(a.target.subject, b.target.subject)),
      damaged,
    };
  }

  /** How many are stored, their size in bytes, and when the first and last were written. */
  async status(): Promise<{ images: number; bytes: number; oldest?: Date; newest?: Date }> {
    const files = await this.#files();
    const [first] = files;
    const last = files.at(-1);
    return {
      images: files.length,
      bytes: files.reduce((sum, { size }) => sum + size, 0),
      ...(first === undefined || last === undefined
        ? {}
        : { oldest: new Date(first.mtime), newest: new Date(last.mtime) }),
    };
  }

  /** Removes all, or those that were last assessed before a moment. */
  async purge(before?: Date): Promise<{ images: number; bytes: number }> {
    const files = (await this.#files()).filter(({ mtime }) => before === undefined || mtime < before.getTime());
    for (const { path } of files) await rm(path, { force: true });
    return { images: files.length, bytes: files.reduce((sum, { size }) => sum + size, 0) };
  }

  async #shrink(): Promise<void> {
    const files = await this.#files();
    for (const { path } of files.slice(0, Math.max(0, files.length - this.#maxImages))) await rm(path, { force: true });
  }

  /** Those that were written longest ago first. */
  async #files(): Promise<{ path: string; size: number; mtime: number }[]> {
    const names = (await readdir(this.#folder).catch(() => [])).filter((name) => name.endsWith(suffix));
    const files = await Promise.all(
      names.map(async (name) => {
        const path = join(this.#folder, name);
        const found = await stat(path).catch(() => undefined);
        return found && { path, size: found.size, mtime: found.mtimeMs };
      }),
    );
    return files.filter((file) => file !== undefined).sort((a, b) => a.mtime - b.mtime);
  }
}

async function readImage(path: string): Promise<StoredImage | undefined> {
  try {
    const text = gunzipSync(await readFile(path), { maxOutputLength: limits.analysedFile }).toString("utf8");
    return StoredImageShape.parse(JSON.parse(text));
  } catch {
    // Cut off, altered, or of another version: the caller counts it.
    return undefined;
  }
}

function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
