import { existsSync } from "node:fs";
import { mkdir, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Disk, realDisk } from "../file/write.ts";

/*
 * An update by changes leaves the documents that are newer than the whole archive in a folder beside it. That folder is never changed: the next update makes
 * another one with a higher number, which takes its place by getting its name in one step. Whoever reads has all of one update or nothing of it.
 */

/** The folder of changed documents as readers name it, whatever its number. */
export const changesFolder = "changes";

const numbered = /^changes(?:-([1-9]\d{0,8}))?$/;

/** The folders of changed documents of a feed. */
export interface ChangesFolders {
  /** Name of the one that counts; undefined where nothing changed yet. */
  readonly current: string | undefined;
  /** Names of those before it. */
  readonly earlier: readonly string[];
  /** Name of the one that comes after it. */
  readonly next: string;
}

/** The folders of changed documents in a feed's folder. */
export async function changesFolders(root: string): Promise<ChangesFolders> {
  const names = existsSync(root) ? await readdir(root) : [];
  const found = names
    .flatMap((name) => {
      const match = numbered.exec(name);
      return match ? [{ name, number: Number(match[1] ?? 0) }] : [];
    })
    .sort((a, b) => b.number - a.number)
    .map(({ name, number }) => ({ name, number }));
  const [current, ...earlier] = found;
  return {
    current: current?.name,
    earlier: earlier.map(({ name }) => name),
    next: `${changesFolder}-${(current?.number ?? 0) + 1}`,
  };
}

/** Documents that changed since the whole archive, by name, and whether each was deleted: an empty file says that. */
export async function changedDocuments(root: string, { current }: ChangesFolders): Promise<Map<string, boolean>> {
  const changed = new Map<string, boolean>();
  if (current === undefined) return changed;
  for (const name of await readdir(join(root, current)))
    changed.set(name, (await stat(join(root, current, name))).size === 0);
  return changed;
}

/** How many changed documents there are. */
export async function changedCount(root: string): Promise<number> {
  const { current } = await changesFolders(root);
  return current === undefined ? 0 : (await readdir(join(root, current))).length;
}

/** An empty folder for changed documents in the folder of what is being fetched; what an earlier attempt left there goes. */
export async function newChanges(staging: string, disk: Disk = realDisk): Promise<string> {
  const staged = join(staging, changesFolder);
  await disk.remove(staged);
  await mkdir(staged, { recursive: true });
  return staged;
}

/**
 * Puts the documents in a folder beside a feed's archive, with those that had changed before. All of them count from one moment on, and are on the disk before
 * this ends. The folder that counted until then stays for whoever is reading it, until the next time.
 */
export async function putChanges(staged: string, root: string, disk: Disk = realDisk): Promise<void> {
  const { current, earlier, next } = await changesFolders(root);
  const added = new Set(await readdir(staged));
  if (current !== undefined)
    for (const name of await readdir(join(root, current)))
      if (!added.has(name)) await disk.link(join(root, current, name), join(staged, name));
  await disk.syncFolder(staged);
  await disk.rename(staged, join(root, next));
  await disk.syncFolder(root);
  for (const name of earlier) await disk.remove(join(root, name));
}
