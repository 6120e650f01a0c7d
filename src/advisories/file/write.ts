import { randomBytes } from "node:crypto";
import { copyFile, link, mkdir, open, readdir, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AppError, messageOf } from "../../core/errors.ts";
import { fileMagic, indexName, shardFolder, tableEntry } from "./container.ts";
import { deltaFolder, type NamedDelta } from "./delta.ts";

/** The file system operations that writing needs; tests put in ones that fail. */
export interface Disk {
  /** Writes a new file and waits until it is on the disk. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Gives a file a second name, or copies it where the file system has no second names. */
  link(from: string, to: string): Promise<void>;
  /** Waits until the names in a folder are on the disk. */
  syncFolder(path: string): Promise<void>;
  /** Removes a file or a whole folder; what is not there is no error. */
  remove(path: string): Promise<void>;
}

/** The real file system. */
export const realDisk: Disk = {
  write: async (path, bytes) => {
    const file = await open(path, "wx");
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
  },
  rename,
  link: (from, to) => linkOrCopy(from, to),
  // Windows opens no folders.
  syncFolder: async (path) => (process.platform === "win32" ? undefined : sync(path)),
  remove: (path) => rm(path, { recursive: true, force: true }),
};

/** A second name for a file, or a copy of it that is on the disk. */
export async function linkOrCopy(from: string, to: string, linking: typeof link = link): Promise<void> {
  try {
    await linking(from, to);
  } catch (error) {
    if (!isWithoutLinks(error)) throw error;
    await copyFile(from, to);
    await sync(to);
  }
}

async function sync(path: string): Promise<void> {
  const file = await open(path, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** What link(2) says where a file system has no second names, or none to spare for this file. */
function isWithoutLinks(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EXDEV", "EMLINK"].includes(String(code));
}

/** Ends of names of files that are being written; a killed writer leaves them behind. */
const unfinished = /\.unfinished-[0-9a-f]{12}$/;
/** Milliseconds after which nobody is still writing an unfinished file. */
const abandonedAfter = 60 * 60 * 1000;

/** Writes a file so that readers see the old or the new one, never a part: under another name first, then renamed. What fails leaves the old one and is `CONFIG_INVALID`. */
export async function replaceFile(path: string, bytes: Uint8Array, disk: Disk = realDisk): Promise<void> {
  const temporary = `${path}.unfinished-${randomBytes(6).toString("hex")}`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await disk.write(temporary, bytes);
    await disk.rename(temporary, path);
  } catch (error) {
    // Where it could not be written there may be nothing to remove either; the first failure is the one to tell.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw writeFailure(path, error);
  }
}

function writeFailure(path: string, error: unknown): AppError {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const hint =
    code === "ENOSPC"
      ? "the disk is full: free some space and run it again; the old data is unchanged and in use"
      : "name a path that you may write to; the old data is unchanged";
  return new AppError("CONFIG_INVALID", `cannot write ${path}: ${messageOf(error)}`, { hint, cause: error });
}

/** What is written into a folder. */
export interface FolderContent {
  /** The stored index. */
  readonly envelope: string;
  /** Roots that the index names. */
  readonly roots: ReadonlySet<string>;
  /** Shards that are not in the folder yet. */
  readonly shards: ReadonlyMap<string, Buffer>;
  /** Roots of the index that is replaced; readers that have it open still ask for them. */
  readonly earlierRoots: ReadonlySet<string>;
  /** The deltas that lead to the index, where there are new ones; others go. */
  readonly deltas?: readonly NamedDelta[] | undefined;
}

/** Writes advisory data into a folder: new shards first, then, in one step, the index. Then what is no longer needed is removed. What fails leaves the old data in use. */
export async function writeFolder(folder: string, content: FolderContent, disk: Disk = realDisk): Promise<void> {
  const present = await shardsIn(folder);
  const now = new Date();
  for (const root of content.roots) {
    // Another writer that does not know of this one leaves young shards alone.
    if (present.has(root) && !content.earlierRoots.has(root)) await utimes(join(folder, shardFolder, root), now, now);
  }
  for (const [root, bytes] of content.shards) await replaceFile(join(folder, shardFolder, root), bytes, disk);
  for (const { name, bytes } of content.deltas ?? []) await replaceFile(join(folder, deltaFolder, name), bytes, disk);
  await replaceFile(join(folder, indexName), Buffer.from(content.envelope, "utf8"), disk);
  await removeUnused(folder, new Set([...content.earlierRoots, ...content.roots]));
  if (content.deltas) await removeDeltas(folder, new Set(content.deltas.map(({ name }) => name)));
}

/** Roots of the shards in a folder. */
export async function shardsIn(folder: string): Promise<Set<string>> {
  try {
    return new Set((await readdir(join(folder, shardFolder))).filter((name) => /^[0-9a-f]{64}$/.test(name)));
  } catch {
    // A folder that is not there yet has none.
    return new Set();
  }
}

/** Removes shards that neither the last two indexes nor a writer at work names, and what killed writers left. */
async function removeUnused(folder: string, used: ReadonlySet<string>): Promise<void> {
  const paths = (await readdir(join(folder, shardFolder)))
    .filter((name) => !used.has(name))
    .map((name) => join(folder, shardFolder, name));
  await removeAbandoned(paths);
  await removeUnfinished(folder);
}

/** Removes what writers that were killed left in a folder. */
export async function removeUnfinished(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => unfinished.test(name));
  await removeAbandoned(names.map((name) => join(folder, name)));
}

async function removeAbandoned(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const age = await stat(path).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => 0,
    );
    if (age > abandonedAfter) await rm(path, { force: true });
  }
}

/** Names of the deltas in a folder. */
export async function deltasIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(join(folder, deltaFolder))).filter((name) => /^[0-9a-f]{16}-[0-9a-f]{16}$/.test(name));
  } catch {
    // A folder that has none yet.
    return [];
  }
}

/** Removes the deltas that lead to earlier snapshots. A reader that is at one just now fetches whole shards. */
async function removeDeltas(folder: string, used: ReadonlySet<string>): Promise<void> {
  for (const name of await deltasIn(folder))
    if (!used.has(name)) await rm(join(folder, deltaFolder, name), { force: true });
}

/** Advisory data as the bytes of a single file. */
export function fileBytes(envelope: string, shards: ReadonlyMap<string, Buffer>): Buffer {
  const front = Buffer.from(envelope, "utf8");
  const sorted = [...shards].sort(([a], [b]) => (a < b ? -1 : 1));
  const table = Buffer.alloc(sorted.length * tableEntry);
  let offset = 0;
  sorted.forEach(([root, bytes], index) => {
    const at = index * tableEntry;
    table.write(root, at, "hex");
    table.writeBigUInt64LE(BigInt(offset), at + 32);
    table.writeUInt32LE(bytes.length, at + 40);
    offset += bytes.length;
  });
  const sizes = Buffer.alloc(8);
  sizes.writeUInt32LE(front.length, 0);
  sizes.writeUInt32LE(table.length, 4);
  return Buffer.concat([fileMagic, sizes, front, table, ...sorted.map(([, bytes]) => bytes)]);
}

/** The stored index of a folder; undefined where there is none yet. */
export async function storedIndex(folder: string): Promise<string | undefined> {
  try {
    return await readFile(join(folder, indexName), "utf8");
  } catch {
    // A new folder has no index.
    return undefined;
  }
}
