import type { KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../core/errors.ts";
import type { Build } from "./file/build.ts";
import { shardFolder } from "./file/container.ts";
import { deltaFolder, deltaName, keptDeltas, type NamedDelta, readDelta, writeDelta } from "./file/delta.ts";
import { readEnvelope, writeEnvelope } from "./file/envelope.ts";
import { type IndexDocument, readIndex, rootsOf, snapshotId, writeIndex } from "./file/index-document.ts";
import type { Publication } from "./file/publication.ts";
import {
  type Disk,
  deltasIn,
  fileBytes,
  realDisk,
  replaceFile,
  shardsIn,
  storedIndex,
  writeFolder,
} from "./file/write.ts";
import { checkedShard, requireProgress } from "./update.ts";

/** What was written: the snapshot's id, and the bytes of all shards and the index. */
export interface Published {
  readonly id: string;
  readonly bytes: number;
}

/** Writes a build as a single file, signed where a key is given. */
export async function publishFile(
  build: Build,
  path: string,
  key?: KeyObject,
  disk: Disk = realDisk,
): Promise<Published> {
  const payload = writeIndex(build.index);
  const bytes = fileBytes(writeEnvelope(payload, key), build.shards);
  await replaceFile(path, bytes, disk);
  return { id: snapshotId(payload), bytes: bytes.length };
}

/**
 * Writes a build into a folder that can be served as it is, with deltas from what was there. A build that lost what a feed does not lose by itself is
 * refused (`CORRUPT_INPUT`) unless forced, so that a damaged feed is not published.
 */
export async function publishFolder(
  build: Build,
  folder: string,
  options: { key?: KeyObject | undefined; force?: boolean | undefined; disk?: Disk | undefined } = {},
): Promise<Published> {
  const payload = writeIndex(build.index);
  const envelope = writeEnvelope(payload, options.key);
  const earlier = await earlierIndex(folder);
  if (earlier && !options.force) requireProgress(earlier.index, build.index, folder);
  const present = await shardsIn(folder);
  const shards = new Map([...build.shards].filter(([root]) => !present.has(root)));
  const id = snapshotId(payload);
  const deltas = earlier && earlier.id !== id ? await deltasFrom(folder, earlier, id, build) : undefined;
  const earlierRoots = earlier ? rootsOf(earlier.index) : new Set<string>();
  await writeFolder(
    folder,
    { envelope, roots: rootsOf(build.index), shards, earlierRoots, deltas },
    options.disk ?? realDisk,
  );
  const size = [...build.shards.values()].reduce((sum, bytes) => sum + bytes.length, 0);
  return { id, bytes: size + Buffer.byteLength(envelope) };
}

interface EarlierIndex {
  readonly id: string;
  readonly index: IndexDocument;
}

async function earlierIndex(folder: string): Promise<EarlierIndex | undefined> {
  const text = await storedIndex(folder);
  if (text === undefined) return undefined;
  try {
    const { payload } = readEnvelope(text, folder);
    return { id: snapshotId(payload), index: readIndex(payload, folder) };
  } catch (error) {
    // What is damaged is replaced as if it were not there.
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

/** Shards that are missing or damaged make no delta; readers fetch whole ones. */
async function deltasFrom(
  folder: string,
  earlier: EarlierIndex,
  id: string,
  build: Build,
): Promise<NamedDelta[] | undefined> {
  try {
    const bytes = writeDelta(
      earlier.index,
      build.index,
      (root) => readFileSync(join(folder, shardFolder, root)),
      (root) => build.shards.get(root) as Buffer,
    );
    const size = [...build.shards.values()].reduce((sum, { length }) => sum + length, 0);
    const before = (await deltasIn(folder)).flatMap((name) => soundDelta(folder, name));
    return keptDeltas({ name: deltaName(earlier.id, id), bytes }, before, size);
  } catch {
    return undefined;
  }
}

function soundDelta(folder: string, name: string): [name: string, changes: ReturnType<typeof readDelta>][] {
  try {
    return [[name, readDelta(readFileSync(join(folder, deltaFolder, name)), name)]];
  } catch {
    // A damaged delta is not prolonged.
    return [];
  }
}

/** Writes what is published somewhere, as it is and with its signatures, into a single file. Damage is `CORRUPT_INPUT`, and no file is written then. */
export async function exportFile(from: Publication, path: string): Promise<Published> {
  const text = await from.index();
  const { payload } = readEnvelope(text, from.name);
  const shards = new Map<string, Buffer>();
  for (const root of rootsOf(readIndex(payload, from.name))) shards.set(root, await checkedShard(from, root));
  const bytes = fileBytes(text, shards);
  await replaceFile(path, bytes);
  return { id: snapshotId(payload), bytes: bytes.length };
}
