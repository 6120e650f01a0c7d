import { createHash } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { corrupt } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { cutIntoBlocks, expanded, type LineGroup, OpenBlock } from "./block.ts";

/** First bytes of a shard. */
const magic = Buffer.from("PLIMSHD2", "latin1");
/** Bytes of text that a block may have: all lines of one package are in one, so that it can be larger than usual, but not by this much. */
const largestBlock = 16 * 1024 ** 2;
/** Bytes of the fixed part of a block's entry in the table: offset, stored bytes, text bytes, SHA-256, bytes of the first key. */
const entrySize = 4 + 4 + 4 + 32 + 2;

/** One compressed run of lines. */
interface Block {
  readonly offset: number;
  readonly stored: number;
  readonly text: number;
  readonly sha256: string;
  readonly firstKey: string;
}

/** Lines as a shard's bytes, with its root: a SHA-256 over what the blocks say and not over how they are compressed. Lines must be sorted and unique. */
export function encodeShard(lines: readonly string[]): { root: string; bytes: Buffer; textBytes: number } {
  const texts = cutIntoBlocks(lines);
  const stored = texts.map(({ bytes }) => deflateRawSync(bytes, { level: 9 }));
  const table = Buffer.concat(
    texts.map(({ bytes, firstKey }, index) => {
      const key = Buffer.from(firstKey, "utf8");
      const entry = Buffer.alloc(entrySize);
      entry.writeUInt32LE(
        stored.slice(0, index).reduce((sum, block) => sum + block.length, 0),
        0,
      );
      entry.writeUInt32LE((stored[index] as Buffer).length, 4);
      entry.writeUInt32LE(bytes.length, 8);
      createHash("sha256").update(bytes).digest().copy(entry, 12);
      entry.writeUInt16LE(key.length, 44);
      return Buffer.concat([entry, key]);
    }),
  );
  const head = Buffer.alloc(magic.length + 8);
  magic.copy(head);
  head.writeUInt32LE(texts.length, magic.length);
  head.writeUInt32LE(table.length, magic.length + 4);
  const bytes = Buffer.concat([head, table, ...stored]);
  return {
    root: rootOf(readTable(bytes, "shard").blocks),
    bytes,
    textBytes: texts.reduce((sum, text) => sum + text.bytes.length, 0),
  };
}

/** The root that lines have, without compressing them. */
export function rootOfLines(lines: readonly string[]): string {
  return rootOf(
    cutIntoBlocks(lines).map(({ bytes, firstKey }) => ({
      text: bytes.length,
      sha256: createHash("sha256").update(bytes).digest("hex"),
      firstKey,
    })),
  );
}

function rootOf(blocks: readonly Pick<Block, "text" | "sha256" | "firstKey">[]): string {
  const hash = createHash("sha256");
  for (const { text, sha256, firstKey } of blocks) hash.update(`${sha256} ${text} ${firstKey}\n`);
  return hash.digest("hex");
}

function readTable(bytes: Buffer, name: string): { blocks: Block[]; dataOffset: number } {
  if (bytes.length < magic.length + 8 || !bytes.subarray(0, magic.length).equals(magic))
    throw corrupt(name, "is no shard of advisory data");
  const count = bytes.readUInt32LE(magic.length);
  const tableEnd = magic.length + 8 + bytes.readUInt32LE(magic.length + 4);
  if (tableEnd > bytes.length || count > limits.records) throw corrupt(name, "is cut off", bytes.length);
  const blocks: Block[] = [];
  let at = magic.length + 8;
  for (let index = 0; index < count; index++) {
    const keyLength = at + entrySize <= tableEnd ? bytes.readUInt16LE(at + 44) : tableEnd;
    if (at + entrySize + keyLength > tableEnd) throw corrupt(name, "has a damaged table of blocks", at);
    blocks.push({
      offset: bytes.readUInt32LE(at),
      stored: bytes.readUInt32LE(at + 4),
      text: bytes.readUInt32LE(at + 8),
      sha256: bytes.toString("hex", at + 12, at + 44),
      firstKey: bytes.toString("utf8", at + entrySize, at + entrySize + keyLength),
    });
    at += entrySize + keyLength;
  }
  return { blocks, dataOffset: tableEnd };
}

/** Throws `CORRUPT_INPUT` unless every byte of a shard is what its root says. */
export function requireSound(bytes: Buffer, root: string, name: string): void {
  for (const _ of new Shard(bytes, root, name).all());
}

/** Whether a text is another or comes before it. Keys are often parts of longer texts, which `<=` compares slowly. */
function isNotAfter(a: string, b: string): boolean {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const difference = a.charCodeAt(at) - b.charCodeAt(at);
    if (difference !== 0) return difference < 0;
  }
  return a.length <= b.length;
}

/** Blocks that stay unpacked in one shard. */
const keptBlocks = 64;

/** A shard that is open for look-ups. Its table is checked against the root at once, each block against the table when it is first used. */
export class Shard {
  readonly #bytes: Buffer;
  readonly #name: string;
  readonly #blocks: readonly Block[];
  readonly #dataOffset: number;
  readonly #opened = new Map<number, OpenBlock>();

  /** Anything but the shard with this root is `CORRUPT_INPUT`. */
  constructor(bytes: Buffer, root: string, name: string) {
    this.#bytes = bytes;
    this.#name = name;
    const { blocks, dataOffset } = readTable(bytes, name);
    if (rootOf(blocks) !== root) throw corrupt(name, "is not what the index says: its hash differs");
    this.#blocks = blocks;
    this.#dataOffset = dataOffset;
  }

  /** The lines whose first field is the key, as written. */
  lines(key: string): readonly string[] {
    const group = this.group(key);
    return group === undefined ? [] : expanded(key, group);
  }

  /** As {@link lines}, as the block stores them; undefined where there are none. */
  group(key: string): LineGroup | undefined {
    const index = this.#blockOf(key);
    return index < 0 ? undefined : this.#open(index).group(key);
  }

  /** All lines in order, checked. */
  *all(): Generator<string> {
    for (let index = 0; index < this.#blocks.length; index++) yield* this.#read(index).all();
  }

  /** All lines that contain one of the texts in a field, each once. */
  *holding(parts: readonly string[]): Generator<string> {
    const wanted = parts.map((part) => Buffer.from(part, "utf8"));
    for (let index = 0; index < this.#blocks.length; index++) {
      const block = this.#read(index);
      if (!block.mentions(wanted)) continue;
      for (const line of block.all()) if (parts.some((part) => line.includes(part))) yield line;
    }
  }

  #blockOf(key: string): number {
    let low = 0;
    let high = this.#blocks.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      if (isNotAfter((this.#blocks[middle] as Block).firstKey, key)) low = middle + 1;
      else high = middle - 1;
    }
    return high;
  }

  #open(index: number): OpenBlock {
    const known = this.#opened.get(index);
    if (known !== undefined) return known;
    const opened = this.#read(index);
    if (this.#opened.size >= keptBlocks) this.#opened.delete(this.#opened.keys().next().value as number);
    this.#opened.set(index, opened);
    return opened;
  }

  #read(index: number): OpenBlock {
    const { offset, stored, text, sha256 } = this.#blocks[index] as Block;
    const start = this.#dataOffset + offset;
    if (start + stored > this.#bytes.length) throw corrupt(this.#name, "is cut off", this.#bytes.length);
    if (text > largestBlock) throw corrupt(this.#name, "has a block that is too large", start);
    let bytes: Buffer;
    try {
      // Room for all of it at once spares putting pieces together.
      const chunkSize = Math.max(text + 1, 64);
      bytes = inflateRawSync(this.#bytes.subarray(start, start + stored), { maxOutputLength: text, chunkSize });
    } catch {
      throw corrupt(this.#name, "has a damaged block", start);
    }
    if (bytes.length !== text || createHash("sha256").update(bytes).digest("hex") !== sha256)
      throw corrupt(this.#name, "has a block whose hash differs", start);
    return new OpenBlock(bytes, this.#name);
  }
}
