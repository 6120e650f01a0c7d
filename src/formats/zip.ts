import { inflateRawSync } from "node:zlib";
import { corrupt, limitExceeded } from "../core/errors.ts";
import { limits } from "../core/limits.ts";

/** One file of a zip archive as its central directory lists it. */
export interface ZipEntry {
  readonly path: string;
  readonly size: number;
  readonly compressedSize: number;
  readonly method: number;
  /** Bit 0 of the general flags. */
  readonly encrypted: boolean;
  /** Offset of its local header in the bytes. */
  readonly offset: number;
}

const endSignature = 0x06054b50;
const end64Locator = 0x07064b50;
const end64Signature = 0x06064b50;
const directorySignature = 0x02014b50;
const localSignature = 0x04034b50;
const endSize = 22;
const longestComment = 65_535;
const unset32 = 0xffffffff;
const unset16 = 0xffff;
const methods = { stored: 0, deflated: 8 } as const;

/** How many bytes may still be decompressed; shared by archives that lie in each other. */
export interface ZipBudget {
  remaining: number;
}

/** Whether the bytes begin as a zip archive; a self-starting jar has a script before it and does not. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes.length >= endSize && bytes[0] === 0x50 && bytes[1] === 0x4b;
}

/** A zip archive in memory, listed by its central directory (APPNOTE.TXT §4.3), zip64 included. Throws `CORRUPT_INPUT`, `LIMIT_EXCEEDED`. */
export class ZipFile {
  readonly entries: readonly ZipEntry[];
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #name: string;

  constructor(bytes: Uint8Array, name: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#name = name;
    this.entries = this.#readDirectory();
  }

  /** The content of an entry, decompressed within its stated size and the budget. */
  read(entry: ZipEntry, budget: ZipBudget): Uint8Array {
    if (entry.encrypted) throw corrupt(this.#name, `${entry.path} is encrypted`);
    if (entry.size > budget.remaining)
      throw limitExceeded(
        this.#name,
        `the ${budget.remaining} bytes that may still be decompressed of it (${entry.path})`,
      );
    budget.remaining -= entry.size;
    if (this.#u32(entry.offset) !== localSignature)
      throw corrupt(this.#name, `${entry.path} has no local header`, entry.offset);
    const start = entry.offset + 30 + this.#u16(entry.offset + 26) + this.#u16(entry.offset + 28);
    if (start + entry.compressedSize > this.#bytes.length)
      throw corrupt(this.#name, `${entry.path} lies beyond the archive's end`, start);
    const stored = this.#bytes.subarray(start, start + entry.compressedSize);
    const content = entry.method === methods.stored ? stored : this.#inflate(entry, stored);
    if (content.length !== entry.size)
      throw corrupt(this.#name, `${entry.path} has ${content.length} bytes, not ${entry.size}`);
    return content;
  }

  #inflate(entry: ZipEntry, stored: Uint8Array): Uint8Array {
    if (entry.method !== methods.deflated)
      throw corrupt(this.#name, `${entry.path} is compressed by method ${entry.method}`);
    if (entry.size === 0) return new Uint8Array();
    try {
      return inflateRawSync(stored, { maxOutputLength: entry.size });
    } catch {
      throw corrupt(this.#name, `${entry.path} is no deflate stream of ${entry.size} bytes`);
    }
  }

  #readDirectory(): ZipEntry[] {
    const end = this.#findEnd();
    const { count, size, offset } = this.#directoryPlace(end);
    if (count > limits.zipEntries) throw limitExceeded(this.#name, `${limits.zipEntries} entries`);
    // What stands before the archive, such as a start script, shifts every offset that the archive states.
    const start = this.#directoryStart(end, size);
    const shift = start - offset;
    if (start < 0 || shift < 0) throw corrupt(this.#name, "central directory lies outside the archive", end);
    const entries: ZipEntry[] = [];
    for (let at = start; entries.length < count; ) {
      if (this.#u32(at) !== directorySignature)
        throw corrupt(this.#name, "central directory entry without its mark", at);
      entries.push(this.#entry(at, shift));
      at += 46 + this.#u16(at + 28) + this.#u16(at + 30) + this.#u16(at + 32);
    }
    return entries;
  }

  #findEnd(): number {
    const last = this.#bytes.length - endSize;
    for (let at = last; at >= Math.max(0, last - longestComment); at--) {
      if (this.#bytes[at] === 0x50 && this.#u32(at) === endSignature) return at;
    }
    throw corrupt(this.#name, "is no zip archive: it has no end record");
  }

  #directoryPlace(end: number): { count: number; size: number; offset: number } {
    const plain = { count: this.#u16(end + 10), size: this.#u32(end + 12), offset: this.#u32(end + 16) };
    if (plain.count !== unset16 && plain.size !== unset32 && plain.offset !== unset32) return plain;
    const at = this.#find64(end);
    return at === undefined
      ? plain
      : { count: this.#u64(at + 32), size: this.#u64(at + 40), offset: this.#u64(at + 48) };
  }

  #find64(end: number): number | undefined {
    if (end < 20 || this.#u32(end - 20) !== end64Locator) return undefined;
    const stated = this.#u64(end - 20 + 8);
    // With something before the archive the stated place is wrong; the record then lies right before its locator.
    const places = [stated, end - 20 - 56];
    return places.find((at) => at >= 0 && at + 56 <= this.#bytes.length && this.#u32(at) === end64Signature);
  }

  #directoryStart(end: number, size: number): number {
    const at = this.#find64(end);
    return (at ?? end) - size;
  }

  #entry(at: number, shift: number): ZipEntry {
    const nameLength = this.#u16(at + 28);
    if (nameLength > limits.pathBytes) throw limitExceeded(this.#name, `${limits.pathBytes} bytes of path`);
    const sizes = this.#sizes(at, nameLength);
    return {
      path: Buffer.from(this.#slice(at + 46, nameLength)).toString("utf8"),
      method: this.#u16(at + 10),
      encrypted: (this.#u16(at + 8) & 1) !== 0,
      size: sizes.size,
      compressedSize: sizes.compressedSize,
      offset: sizes.offset + shift,
    };
  }

  /** Sizes and offset; those of all ones stand in the zip64 extra field, in this order (§4.5.3). */
  #sizes(at: number, nameLength: number): { size: number; compressedSize: number; offset: number } {
    const plain = { size: this.#u32(at + 24), compressedSize: this.#u32(at + 20), offset: this.#u32(at + 42) };
    const extra = this.#extra64(at + 46 + nameLength, this.#u16(at + 30));
    if (extra === undefined) return plain;
    let next = extra;
    const wide = (value: number) => {
      if (value !== unset32) return value;
      next += 8;
      return this.#u64(next - 8);
    };
    return { size: wide(plain.size), compressedSize: wide(plain.compressedSize), offset: wide(plain.offset) };
  }

  #extra64(start: number, length: number): number | undefined {
    for (let at = start; at + 4 <= start + length; at += 4 + this.#u16(at + 2)) if (this.#u16(at) === 1) return at + 4;
    return undefined;
  }

  #slice(at: number, length: number): Uint8Array {
    if (at + length > this.#bytes.length) throw corrupt(this.#name, "is cut off", at);
    return this.#bytes.subarray(at, at + length);
  }

  #u16(at: number): number {
    return this.#view.getUint16(this.#checked(at, 2), true);
  }

  #u32(at: number): number {
    return this.#view.getUint32(this.#checked(at, 4), true);
  }

  #u64(at: number): number {
    const value = this.#view.getBigUint64(this.#checked(at, 8), true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw corrupt(this.#name, `number ${value}`, at);
    return Number(value);
  }

  #checked(at: number, length: number): number {
    if (at < 0 || at + length > this.#bytes.length) throw corrupt(this.#name, "is cut off", at);
    return at;
  }
}
