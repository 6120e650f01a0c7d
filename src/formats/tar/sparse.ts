import { corrupt, limitExceeded } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import type { ByteReader } from "./byte-reader.ts";
import { decimal, type PaxFields, type PaxRecord } from "./pax.ts";
import { blockSize, parseSize, type RawHeader } from "./tar-header.ts";

/** A run of stored bytes and where it lies in the file; the rest of the file is zero. */
export interface Extent {
  offset: number;
  length: number;
}

/** What a sparse file is: its real size and the runs that the archive stores, in order. */
export interface SparseFile {
  realSize: number;
  extents: Extent[];
  /** Bytes that the map took from the entry's content (PAX 1.0). */
  mapBytes: number;
}

/** Bytes of one extent in a GNU header: two numbers of 12 bytes. */
const extentSize = 24;
/** Bytes of memory and of archive that a map may take. */
const maxExtents = limits.tarExtendedHeader / extentSize;

/** The map of an old GNU sparse file (type `S`): four extents in the header, more in the blocks behind it. */
export async function readOldSparse(header: RawHeader, reader: ByteReader, what: string): Promise<SparseFile> {
  const offset = reader.offset - blockSize;
  const extents: Extent[] = [];
  const realSize = parseSize(header.block, 483, what, offset);
  addExtents(extents, header.block, 386, 4, what, offset);
  let extended = header.block[482] !== 0;
  while (extended) {
    const at = reader.offset;
    const block = await reader.take(blockSize);
    if (!block) throw corrupt(what, "ends within the map of a sparse file", at);
    addExtents(extents, block, 0, 21, what, at);
    extended = block[504] !== 0;
    if (extents.length > maxExtents) throw limitExceeded(what, `${maxExtents} runs in one sparse file`);
  }
  return { realSize, extents, mapBytes: 0 };
}

function addExtents(extents: Extent[], block: Uint8Array, at: number, count: number, what: string, offset: number) {
  for (let index = 0; index < count; index++) {
    const start = at + index * extentSize;
    if (block[start] === 0) return;
    extents.push({ offset: parseSize(block, start, what, offset), length: parseSize(block, start + 12, what, offset) });
  }
}

/** The sparse map that PAX records announce: versions 0.0 and 0.1 hold it themselves, 1.0 puts it before the content. */
export async function readPaxSparse(
  fields: PaxFields,
  records: readonly PaxRecord[],
  reader: ByteReader,
  what: string,
): Promise<SparseFile | undefined> {
  const offset = reader.offset;
  if (fields.text("GNU.sparse.major") === "1" && fields.text("GNU.sparse.minor") === "0") {
    const { numbers, bytes } = await readContentMap(reader, what);
    const realSize =
      fields.integer("GNU.sparse.realsize", what, offset) ?? fields.integer("GNU.sparse.size", what, offset);
    if (realSize === undefined) throw corrupt(what, "sparse file without its size", offset);
    return { realSize, extents: pairs(numbers), mapBytes: bytes };
  }
  const map = fields.text("GNU.sparse.map");
  const pairsOfRecords = records.filter(({ key }) => key === "GNU.sparse.offset" || key === "GNU.sparse.numbytes");
  if (map === undefined && pairsOfRecords.length === 0 && fields.text("GNU.sparse.numblocks") === undefined) {
    return undefined;
  }
  const realSize =
    fields.integer("GNU.sparse.size", what, offset) ?? fields.integer("GNU.sparse.realsize", what, offset);
  if (realSize === undefined) throw corrupt(what, "sparse file without its size", offset);
  const numbers =
    map === undefined ? pairsOfRecords.map(({ value }) => decimal(value)) : map.split(",").filter(Boolean).map(Number);
  if (numbers.length % 2 !== 0) throw corrupt(what, "sparse file with half a run", offset);
  return { realSize, extents: pairs(numbers), mapBytes: 0 };
}

/** The map of PAX sparse 1.0: a count, then offset and length of each run, a decimal number a line, padded to a block. */
async function readContentMap(reader: ByteReader, what: string): Promise<{ numbers: number[]; bytes: number }> {
  const numbers: number[] = [];
  const start = reader.offset;
  let digits = "";
  let wanted = 1;
  while (numbers.length < wanted) {
    const block = await reader.take(blockSize);
    if (!block) throw corrupt(what, "ends within the map of a sparse file", reader.offset);
    if (reader.offset - start > limits.tarExtendedHeader) {
      throw limitExceeded(what, `${limits.tarExtendedHeader} bytes in the map of a sparse file`);
    }
    for (const byte of block) {
      if (numbers.length === wanted) break;
      if (byte === 0x0a) {
        numbers.push(requireNumber(digits, what, start));
        digits = "";
        if (numbers.length === 1) wanted = 1 + 2 * Math.min(numbers[0]!, limits.tarExtendedHeader);
      } else if (digits.length < 20) {
        digits += String.fromCharCode(byte);
      } else {
        throw corrupt(what, "malformed map of a sparse file", start);
      }
    }
  }
  return { numbers: numbers.slice(1), bytes: reader.offset - start };
}

function requireNumber(digits: string, what: string, offset: number): number {
  if (!/^\d{1,20}$/.test(digits)) throw corrupt(what, "malformed map of a sparse file", offset);
  return Number(digits);
}

function pairs(numbers: readonly number[]): Extent[] {
  const extents: Extent[] = [];
  for (let index = 0; index + 1 < numbers.length; index += 2) {
    extents.push({ offset: numbers[index]!, length: numbers[index + 1]! });
  }
  return extents;
}

/** Checks that the runs are in order, lie within the file and are exactly what the archive stores. */
export function requireSoundMap(sparse: SparseFile, stored: number, what: string, offset: number): void {
  let end = 0;
  let total = 0;
  for (const extent of sparse.extents) {
    const isSound = Number.isSafeInteger(extent.offset) && Number.isSafeInteger(extent.length) && extent.offset >= end;
    if (!isSound) throw corrupt(what, "sparse file whose runs are out of order", offset);
    end = extent.offset + extent.length;
    total += extent.length;
  }
  if (end > sparse.realSize) throw corrupt(what, "sparse file with a run behind its end", offset);
  if (total !== stored) throw corrupt(what, "sparse file whose runs are not what is stored", offset);
}

const zeros = new Uint8Array(64 * 1024);

/** The file's content with its holes filled. */
export async function* expandSparse(
  sparse: SparseFile,
  stored: (length: number) => AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let at = 0;
  for (const extent of sparse.extents) {
    yield* hole(extent.offset - at);
    yield* stored(extent.length);
    at = extent.offset + extent.length;
  }
  yield* hole(sparse.realSize - at);
}

function* hole(length: number): Generator<Uint8Array, void, undefined> {
  for (let left = length; left > 0; left -= zeros.length) yield zeros.subarray(0, Math.min(left, zeros.length));
}
