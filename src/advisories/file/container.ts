import { closeSync, fstatSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { AppError, corrupt, messageOf } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { type Envelope, readEnvelope } from "./envelope.ts";

/** First bytes of advisory data in a single file. */
export const fileMagic = Buffer.from("PLIMADV1", "latin1");
/** Bytes of an entry of a file's table: root, offset, length. */
export const tableEntry = 32 + 8 + 4;
/** Name of the index in a folder. */
export const indexName = "index.json";
/** Name of the folder of shards. */
export const shardFolder = "shards";

/** Where shards are kept. */
export interface Container {
  /** What errors call it. */
  readonly name: string;
  readonly envelope: Envelope;
  /** The bytes of a shard; unchecked. A shard that is missing is `CORRUPT_INPUT`. */
  shard(root: string): Buffer;
  /** What errors call a shard. */
  nameOf(root: string): string;
  close(): void;
}

/** Whether built advisory data is at a path: a folder with an index and shards, or a single file. */
export function isBuilt(path: string): boolean {
  try {
    if (statSync(path).isDirectory())
      return statSync(join(path, indexName)).isFile() && statSync(join(path, shardFolder)).isDirectory();
    return head(path).equals(fileMagic);
  } catch {
    // Whatever cannot be looked at is no built data; whoever opens it says why.
    return false;
  }
}

function head(path: string): Buffer {
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(fileMagic.length);
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(file);
  }
}

/** Opens built advisory data; nothing there is `TARGET_NOT_FOUND`, damage is `CORRUPT_INPUT`. */
export function openContainer(path: string): Container {
  try {
    return statSync(path).isDirectory() ? openFolder(path) : openFile(path);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError("TARGET_NOT_FOUND", `cannot read advisory data ${path}: ${messageOf(error)}`, {
      hint: "name a file or folder made by `plimsoll db build`",
      cause: error,
    });
  }
}

function openFolder(path: string): Container {
  const name = join(path, indexName);
  if (statSync(name).size > limits.document) throw corrupt(name, "is larger than an index can be");
  return {
    name: path,
    envelope: readEnvelope(readFileSync(name, "utf8"), name),
    nameOf: (root) => join(path, shardFolder, root),
    shard: (root) => {
      try {
        return readFileSync(join(path, shardFolder, root));
      } catch (error) {
        throw corrupt(
          join(path, shardFolder, root),
          `cannot be read (${messageOf(error)}); fetch the data again with \`plimsoll db update\``,
        );
      }
    },
    close: () => undefined,
  };
}

/** Layout: magic, bytes of the envelope and of the table (32 bits each, little endian), envelope, table, shards. */
function openFile(path: string): Container {
  const file = openSync(path, "r");
  try {
    const size = fstatSync(file).size;
    const start = exactly(file, 0, fileMagic.length + 8, path);
    if (!start.subarray(0, fileMagic.length).equals(fileMagic)) throw corrupt(path, "is no advisory file");
    const envelopeSize = start.readUInt32LE(fileMagic.length);
    const tableSize = start.readUInt32LE(fileMagic.length + 4);
    const dataOffset = start.length + envelopeSize + tableSize;
    if (dataOffset > size || envelopeSize + tableSize > limits.document || tableSize % tableEntry !== 0)
      throw corrupt(path, "is cut off or damaged", size);
    const front = exactly(file, start.length, envelopeSize + tableSize, path);
    const envelope = readEnvelope(front.toString("utf8", 0, envelopeSize), path);
    const places = readPlaces(front.subarray(envelopeSize), dataOffset);
    return {
      name: path,
      envelope,
      nameOf: (root) => `${path}: shard ${root.slice(0, 12)}`,
      shard: (root) => {
        const place = places.get(root);
        if (place === undefined || place.offset + place.length > size)
          throw corrupt(path, `is cut off: shard ${root.slice(0, 12)} is missing`);
        return exactly(file, place.offset, place.length, path);
      },
      close: () => closeSync(file),
    };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

function readPlaces(table: Buffer, dataOffset: number): Map<string, { offset: number; length: number }> {
  const places = new Map<string, { offset: number; length: number }>();
  for (let at = 0; at < table.length; at += tableEntry) {
    const offset = dataOffset + Number(table.readBigUInt64LE(at + 32));
    places.set(table.toString("hex", at, at + 32), { offset, length: table.readUInt32LE(at + 40) });
  }
  return places;
}

function exactly(file: number, offset: number, length: number, name: string): Buffer {
  const bytes = Buffer.alloc(length);
  const read = readSync(file, bytes, 0, length, offset);
  if (read !== length) throw corrupt(name, `ends after ${read} of ${length} bytes`, offset + read);
  return bytes;
}
