import { createReadStream } from "node:fs";
import { chmod, chown, link, lstat, mkdir, mkdtemp, open, readdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { AppError, messageOf } from "../core/errors.ts";
import { decompress } from "../formats/compression.ts";
import { systemPath } from "../formats/path-bytes.ts";
import { readTar, type TarEntry } from "../formats/tar.ts";

/** A host's files from an archive, unpacked for the time of an assessment. */
export interface UnpackedHost {
  /** The folder that is the host's root. */
  readonly root: string;
  /** Entries that were not made: devices and pipes, names that lead out of the root or through links, what the archive has damaged. */
  readonly leftOut: number;
  /** Removes what was unpacked. */
  close(): Promise<void>;
}

const piece = 1024 ** 2;
const rights = 0o7777;
/** What the root of every system has; an archive without one of them holds a part, and what it lacks would be taken for absent on the host. */
const rootFolders = ["etc", "usr/bin", "usr/lib", "var/lib"];

/**
 * Unpacks an archive of a host's root (tar, compressed or not; the root may lie in one folder) into a folder that only this user can enter, with owners and
 * rights as written. Needs root's rights: without them owners would be lost and judged wrongly.
 * Throws `CONFIG_INVALID`, `CORRUPT_INPUT`, `LIMIT_EXCEEDED`.
 */
export async function unpackHostArchive(path: string): Promise<UnpackedHost> {
  if (process.getuid?.() !== 0)
    throw new AppError(
      "CONFIG_INVALID",
      `${path}: an archive of a host is unpacked with its owners, which takes root's rights`,
      {
        hint: "run it as root, or name a folder: --root FOLDER",
      },
    );
  const folder = await mkdtemp(join(tmpdir(), "plimsoll-host-"));
  const close = () => rm(folder, { recursive: true, force: true });
  try {
    const leftOut = await unpackInto(folder, path);
    return { root: await rootBelow(folder, path), leftOut, close };
  } catch (error) {
    await close();
    if (error instanceof AppError) throw error;
    throw new AppError("CONFIG_INVALID", `cannot unpack ${path}: ${messageOf(error)}`, {
      hint: `${tmpdir()} must have room for all of it (TMPDIR names another folder)`,
      cause: error,
    });
  }
}

async function unpackInto(folder: string, path: string): Promise<number> {
  const name = basename(path);
  const bytes = decompress(createReadStream(path, { highWaterMark: piece }), { what: name });
  const folders: TarEntry[] = [];
  const sound = new Set<string>([folder]);
  let leftOut = 0;
  for await (const entry of readTar(bytes, name)) {
    if (entry.path === "") continue;
    const isMade = !entry.escapes && (await isReachable(folder, entry.path, sound)) && (await make(folder, entry));
    if (!isMade) leftOut++;
    else if (entry.type === "directory") folders.push(entry);
  }
  // A folder without rights would keep out what lies in it, were it not root who writes; a set-group-id bit would be handed down.
  for (const { path: below, uid, gid, mode } of folders.reverse()) {
    const place = join(folder, below);
    if (!(await lstat(systemPath(place))).isDirectory()) continue;
    await chown(systemPath(place), uid, gid);
    await chmod(systemPath(place), mode & rights);
  }
  return leftOut;
}

/** Makes the folders above a path that are missing; false where one of them is a link, which may lead anywhere, or no folder. */
async function isReachable(folder: string, path: string, sound: Set<string>): Promise<boolean> {
  let at = folder;
  for (const step of path.split("/").slice(0, -1)) {
    at = `${at}/${step}`;
    if (sound.has(at)) continue;
    const found = await lstat(systemPath(at)).catch(() => undefined);
    if (found === undefined) await mkdir(systemPath(at), { mode: 0o755 });
    else if (!found.isDirectory()) return false;
    sound.add(at);
  }
  return true;
}

/** False for what is not made. A later entry of a name takes the place of an earlier one, as tar(1) does it. */
async function make(folder: string, entry: TarEntry): Promise<boolean> {
  const place = join(folder, entry.path);
  const before = await lstat(systemPath(place)).catch(() => undefined);
  if (entry.type === "directory") {
    if (before === undefined) await mkdir(systemPath(place));
    return before === undefined || before.isDirectory();
  }
  if (before?.isDirectory()) return false;
  if (before !== undefined) await rm(systemPath(place));
  switch (entry.type) {
    case "file":
      await writeContent(place, entry);
      return true;
    case "symlink":
      await symlink(systemPath(entry.linkPath ?? ""), systemPath(place));
      return true;
    case "hardlink": {
      const target = join(folder, entry.linkPath ?? "");
      const found = await lstat(systemPath(target)).catch(() => undefined);
      if (found?.isFile() !== true || !(await isPlain(folder, entry.linkPath ?? ""))) return false;
      await link(systemPath(target), systemPath(place));
      return true;
    }
    default:
      return false;
  }
}

async function isPlain(folder: string, path: string): Promise<boolean> {
  let at = folder;
  for (const step of path.split("/").slice(0, -1)) {
    at = `${at}/${step}`;
    if (!(await lstat(systemPath(at))).isDirectory()) return false;
  }
  return true;
}

async function writeContent(place: string, entry: TarEntry): Promise<void> {
  const file = await open(systemPath(place), "wx", 0o600);
  try {
    for await (const part of entry.content()) await file.write(part);
    await file.chown(entry.uid, entry.gid);
    // Rights after the owner: a change of owner takes the set-user-id bit away.
    await file.chmod(entry.mode & rights);
  } finally {
    await file.close();
  }
}

/** The root itself, or the one folder in it that is. */
async function rootBelow(folder: string, path: string): Promise<string> {
  const [only, ...more] = await readdir(folder, { withFileTypes: true });
  const below = only?.isDirectory() && more.length === 0 ? join(folder, only.name) : folder;
  const place = (await missingIn(folder)).length < rootFolders.length ? folder : below;
  const missing = await missingIn(place);
  if (missing.length === 0) return place;
  throw new AppError(
    "CORRUPT_INPUT",
    `${path}: is no archive of a whole host: it lacks ${missing.join(", ")}, and what it lacks would be taken for absent`,
    { hint: "archive the whole root: tar -C / --one-file-system -czf host.tar.gz ." },
  );
}

async function missingIn(place: string): Promise<string[]> {
  const missing: string[] = [];
  for (const name of rootFolders) {
    const found = await readdir(join(place, name)).catch(() => []);
    if (found.length === 0) missing.push(name);
  }
  return missing;
}
