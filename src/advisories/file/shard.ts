import { createHash } from "node:crypto";
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";
import { corrupt } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { compareText, keyOf } from "./line.ts";

/** First bytes of a shard. */
const magic = Buffer.from("PLIMSHD1", "latin1");
/** Characters of lines in one block, at least; a block ends with the line that reaches it. */
const blockText = 48 * 1024;
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
  const stored = texts.map(({ bytes }) => compress(bytes));
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

function compress(bytes: Buffer): Buffer {
  return brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 9,
      [constants.BROTLI_PARAM_LGWIN]: 18,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
    },
  });
}

/** Lines of one key stay in one block. */
function cutIntoBlocks(lines: readonly string[]): { bytes: Buffer; firstKey: string }[] {
  const blocks: { bytes: Buffer; firstKey: string }[] = [];
  let start = 0;
  let size = 0;
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] as string;
    if (size >= blockText && keyOf(line) !== keyOf(lines[index - 1] as string)) {
      blocks.push(block(lines.slice(start, index)));
      start = index;
      size = 0;
    }
    size += line.length + 1;
  }
  if (start < lines.length) blocks.push(block(lines.slice(start)));
  return blocks;
}

function block(lines: readonly string[]): { bytes: Buffer; firstKey: string } {
  return { bytes: Buffer.from(`${lines.join("\n")}\n`, "utf8"), firstKey: keyOf(lines[0] as string) };
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

const tab = 9;
const lineFeed = 10;

/** A block that is unpacked: its text, and where in it each line begins. */
interface OpenBlock {
  readonly text: string;
  readonly starts: readonly number[];
}

function startsOf(text: string): number[] {
  const starts: number[] = [];
  for (let start = 0; start < text.length; start = text.indexOf("\n", start) + 1) starts.push(start);
  return starts;
}

/** The order of a key and of that of the line that begins at a place: negative where the key comes first. */
function compareKeyAt(key: string, text: string, start: number): number {
  for (let index = 0; index < key.length; index++) {
    const code = text.charCodeAt(start + index);
    if (code === tab || code === lineFeed) return 1;
    const difference = key.charCodeAt(index) - code;
    if (difference !== 0) return difference;
  }
  const code = text.charCodeAt(start + key.length);
  return code === tab || code === lineFeed ? 0 : -1;
}

/** The number of the first line whose key is not before the key. */
function firstLine(key: string, text: string, starts: readonly number[]): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareKeyAt(key, text, starts[middle] as number) > 0) low = middle + 1;
    else high = middle;
  }
  return low;
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
    const index = this.#blockOf(key);
    if (index < 0) return [];
    const { text, starts } = this.#open(index);
    const found: string[] = [];
    for (let line = firstLine(key, text, starts); line < starts.length; line++) {
      const start = starts[line] as number;
      if (compareKeyAt(key, text, start) !== 0) break;
      found.push(text.slice(start, text.indexOf("\n", start)));
    }
    return found;
  }

  /** All lines in order, checked. */
  *all(): Generator<string> {
    for (let index = 0; index < this.#blocks.length; index++) {
      const text = this.#text(index);
      let start = 0;
      for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
        yield text.slice(start, end);
        start = end + 1;
      }
    }
  }

  /** All lines that contain one of the texts somewhere, each once. */
  *holding(parts: readonly string[]): Generator<string> {
    for (let index = 0; index < this.#blocks.length; index++) {
      const text = this.#text(index);
      const starts = new Set<number>();
      for (const part of parts) {
        for (let at = text.indexOf(part); at >= 0; ) {
          starts.add(text.lastIndexOf("\n", at) + 1);
          const end = text.indexOf("\n", at);
          at = end < 0 ? -1 : text.indexOf(part, end);
        }
      }
      for (const start of starts) yield text.slice(start, text.indexOf("\n", start));
    }
  }

  #blockOf(key: string): number {
    let low = 0;
    let high = this.#blocks.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      if (compareText((this.#blocks[middle] as Block).firstKey, key) <= 0) low = middle + 1;
      else high = middle - 1;
    }
    return high;
  }

  #open(index: number): OpenBlock {
    const known = this.#opened.get(index);
    if (known !== undefined) return known;
    const text = this.#text(index);
    const opened = { text, starts: startsOf(text) };
    if (this.#opened.size >= keptBlocks) this.#opened.delete(this.#opened.keys().next().value as number);
    this.#opened.set(index, opened);
    return opened;
  }

  #text(index: number): string {
    const { offset, stored, text, sha256 } = this.#blocks[index] as Block;
    const start = this.#dataOffset + offset;
    if (start + stored > this.#bytes.length) throw corrupt(this.#name, "is cut off", this.#bytes.length);
    if (text > largestBlock) throw corrupt(this.#name, "has a block that is too large", start);
    let bytes: Buffer;
    try {
      bytes = brotliDecompressSync(this.#bytes.subarray(start, start + stored), { maxOutputLength: text });
    } catch {
      throw corrupt(this.#name, "has a damaged block", start);
    }
    if (bytes.length !== text || createHash("sha256").update(bytes).digest("hex") !== sha256)
      throw corrupt(this.#name, "has a block whose hash differs", start);
    return bytes.toString("utf8");
  }
}
