import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type Disk, realDisk } from "../file/write.ts";

/** The old folder is moved aside and removed only when the new one is in place. Where this is killed in between, {@link mendPlace} moves it back. */
export async function takePlace(staging: string, target: string, disk: Disk = realDisk): Promise<void> {
  await mendPlace(target, disk);
  const aside = asideOf(target);
  const isThere = existsSync(target);
  await disk.syncFolder(staging);
  if (isThere) await disk.rename(target, aside);
  try {
    await disk.rename(staging, target);
  } catch (error) {
    if (isThere) await disk.rename(aside, target);
    throw error;
  }
  await disk.syncFolder(dirname(target));
  await dropAside(target, disk);
}

/** Brings back the folder that was moved aside by an update that ended before the new one was in its place; one that is no longer needed is removed. */
export async function mendPlace(target: string, disk: Disk = realDisk): Promise<void> {
  if (existsSync(asideOf(target)) && !existsSync(target)) await disk.rename(asideOf(target), target);
  else await dropAside(target, disk);
}

/** A folder that is half removed must not be taken for one that was moved aside. */
async function dropAside(target: string, disk: Disk): Promise<void> {
  const dropped = join(dirname(target), `.${basename(target)}.dropped`);
  if (existsSync(dropped)) await disk.remove(dropped);
  if (!existsSync(asideOf(target))) return;
  await disk.rename(asideOf(target), dropped);
  await disk.remove(dropped);
}

function asideOf(target: string): string {
  return join(dirname(target), `.${basename(target)}.old`);
}

/** The name of the folder that was moved aside under a name; undefined where the name is no such. */
export function movedAside(name: string): string | undefined {
  return /^\.(.+)\.old$/.exec(name)?.[1];
}
