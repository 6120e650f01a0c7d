import type { KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "../core/errors.ts";
import type { Build } from "./file/build.ts";
import { openContainer, shardFolder } from "./file/container.ts";
import { deltaName, writeDelta } from "./file/delta.ts";
import { readEnvelope, storedEnvelope, writeEnvelope } from "./file/envelope.ts";
import { type IndexDocument, readIndex, rootsOf, snapshotId, writeIndex } from "./file/index-document.ts";
import { type Disk, fileBytes, realDisk, replaceFile, shardsIn, storedIndex, writeFolder } from "./file/write.ts";
import { requireProgress } from "./update.ts";

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
 * Writes a build into a folder that can be served as it is, with a delta from what was there. A build that lost what a feed does not lose by itself is
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
  const delta = earlier && earlier.id !== id ? deltaFrom(folder, earlier, id, build) : undefined;
  const earlierRoots = earlier ? rootsOf(earlier.index) : new Set<string>();
  await writeFolder(
    folder,
    { envelope, roots: rootsOf(build.index), shards, earlierRoots, delta },
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

function deltaFrom(
  folder: string,
  earlier: EarlierIndex,
  id: string,
  build: Build,
): { name: string; bytes: Buffer } | undefined {
  try {
    const bytes = writeDelta(
      earlier.index,
      build.index,
      (root) => readFileSync(join(folder, shardFolder, root)),
      (root) => build.shards.get(root) as Buffer,
    );
    return { name: deltaName(earlier.id, id), bytes };
  } catch {
    // Shards that are missing or damaged make no delta; readers fetch whole ones.
    return undefined;
  }
}

/** Writes the data of a folder or file, as it is and with its signatures, into a single file. */
export async function exportFile(from: string, path: string): Promise<Published> {
  const container = openContainer(from);
  try {
    const { payload } = container.envelope;
    const shards = new Map(
      [...rootsOf(readIndex(payload, from))].map((root) => [root, container.shard(root)] as const),
    );
    const bytes = fileBytes(storedEnvelope(container.envelope), shards);
    await replaceFile(path, bytes);
    return { id: snapshotId(payload), bytes: bytes.length };
  } finally {
    container.close();
  }
}
