import { corrupt, limitExceeded } from "../core/errors.ts";
import { limits } from "../core/limits.ts";

const frameMagic = 0x184d2204;
const legacyMagic = 0x184c2102;
/** Blocks of the legacy format hold this much each, the last one less. */
const legacyBlock = 8 * 1024 ** 2;
/** Bytes that are copied at a time. */
const wordSize = 4;
/** What a block may refer back to. */
const windowSize = 65_536;

/** True where bytes begin as an LZ4 frame or legacy file. */
export function isLz4(bytes: Uint8Array): boolean {
  if (bytes.length < 4) return false;
  const magic = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  return magic === frameMagic || magic === legacyMagic || (magic >= 0x184d2a50 && magic <= 0x184d2a5f);
}

/** True where bytes begin as an LZ4 frame: neither a legacy file nor the skippable frames that zstd has too. */
export function isLz4Frame(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true) === frameMagic;
}

/** Bytes that are put out at a time; what matches may still refer to stays behind. */
const pieceSize = 1024 ** 2;

/**
 * The content of LZ4 frames (LZ4 Frame Format 1.6.4), concatenated, skippable and legacy ones included. Header and content checksums are verified.
 * Throws `CORRUPT_INPUT` where the bytes are damaged, `LIMIT_EXCEEDED` beyond `maxBytes` of content.
 */
export function decompressLz4(
  bytes: Uint8Array,
  name: string,
  maxBytes: number = limits.decompressedBytes,
): Uint8Array {
  return Buffer.concat(Array.from(lz4Pieces(bytes, name, maxBytes), (piece) => piece.slice()));
}

/** The same content in pieces of some megabytes, so that it need not fit into memory at once. A piece is valid until the next is asked for. */
export function lz4Pieces(
  bytes: Uint8Array,
  name: string,
  maxBytes: number = limits.decompressedBytes,
): Generator<Uint8Array> {
  return new Lz4Reader(bytes, name, maxBytes).pieces();
}

class Lz4Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #name: string;
  readonly #maxBytes: number;
  #output: Uint8Array;
  #length = 0;
  /** Bytes that were put out already. */
  #dropped = 0;
  #at = 0;

  constructor(bytes: Uint8Array, name: string, maxBytes: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#name = name;
    this.#maxBytes = maxBytes;
    this.#output = new Uint8Array(windowSize);
  }

  *pieces(): Generator<Uint8Array> {
    do {
      const magic = this.#word();
      if (magic === frameMagic) yield* this.#frame();
      else if (magic === legacyMagic) yield* this.#legacy();
      else if (magic >= 0x184d2a50 && magic <= 0x184d2a5f) this.#take(this.#word());
      else throw this.#corrupt("no LZ4 frame begins here");
    } while (this.#at < this.#bytes.length);
    yield this.#output.subarray(0, this.#length);
  }

  /** Puts out what no match refers to any more. */
  *#drain(): Generator<Uint8Array> {
    const ready = this.#length - windowSize;
    if (ready < pieceSize) return;
    yield this.#output.subarray(0, ready);
    this.#output.copyWithin(0, ready, this.#length);
    this.#length -= ready;
    this.#dropped += ready;
  }

  *#frame(): Generator<Uint8Array> {
    const headerStart = this.#at;
    const flags = this.#byte();
    const descriptor = this.#byte();
    if (flags >> 6 !== 1) throw this.#corrupt("the frame is of another version");
    if ((flags & 0x02) !== 0 || (descriptor & 0x8f) !== 0) throw this.#corrupt("reserved bits are set");
    const [independent, blockChecksum, hasSize, contentChecksum] = [
      flags & 0x20,
      flags & 0x10,
      flags & 0x08,
      flags & 0x04,
    ];
    const sizeCode = (descriptor >> 4) & 7;
    if (sizeCode < 4) throw this.#corrupt("the block size is none of those defined");
    const largestBlock = 1 << (8 + 2 * sizeCode);
    const expected = hasSize ? Number(this.#view.getBigUint64(this.#advance(8), true)) : undefined;
    if ((flags & 0x01) !== 0) throw this.#corrupt("the frame needs a dictionary");
    const headerSum = (xxh32(this.#bytes.subarray(headerStart, this.#at)) >>> 8) & 0xff;
    if (this.#byte() !== headerSum) throw this.#corrupt("the checksum of the header does not fit");
    const start = this.#dropped + this.#length;
    const checksum = new Xxh32();
    for (;;) {
      const size = this.#word();
      if (size === 0) break;
      const stored = size >>> 31 === 1;
      const length = size & 0x7fffffff;
      if (length > largestBlock) throw this.#corrupt("a block is larger than the frame says");
      const block = this.#take(length);
      const before = this.#length;
      if (stored) this.#append(block);
      else this.#block(block, largestBlock, independent ? this.#length : Math.max(0, start - this.#dropped));
      if (blockChecksum && this.#word() !== xxh32(block)) throw this.#corrupt("the checksum of a block does not fit");
      if (contentChecksum) checksum.update(this.#output.subarray(before, this.#length));
      yield* this.#drain();
    }
    const size = this.#dropped + this.#length - start;
    if (contentChecksum && this.#word() !== checksum.digest()) {
      throw this.#corrupt("the checksum of the content does not fit");
    }
    if (expected !== undefined && expected !== size)
      throw this.#corrupt("the content has another size than the frame says");
  }

  /** Legacy frames have no end mark: blocks follow until the input ends or another frame begins. */
  *#legacy(): Generator<Uint8Array> {
    while (this.#at + 4 <= this.#bytes.length) {
      const size = this.#view.getUint32(this.#at, true);
      if (size === frameMagic || size === legacyMagic || (size >= 0x184d2a50 && size <= 0x184d2a5f)) return;
      this.#at += 4;
      this.#block(this.#take(size), legacyBlock, this.#length);
      yield* this.#drain();
    }
    if (this.#at !== this.#bytes.length) throw this.#corrupt("bytes are left over");
  }

  /** LZ4 Block Format: literals, then a match that repeats what was put out before, no further back than `floor`. */
  #block(input: Uint8Array, most: number, floor: number): void {
    // Copies go four bytes at a time and may write a little beyond their end.
    this.#reserve(most + wordSize);
    const output = this.#output;
    const words = new DataView(output.buffer, output.byteOffset, output.length);
    const source = new DataView(input.buffer, input.byteOffset, input.length);
    const start = this.#length;
    let to = start;
    let at = 0;
    while (at < input.length) {
      const token = input[at++]!;
      let literals = token >> 4;
      if (literals === 15) {
        let more: number;
        do {
          if (at >= input.length) throw this.#corrupt("a length has no end");
          more = input[at++]!;
          literals += more;
        } while (more === 255);
      }
      if (at + literals > input.length || to + literals - start > most)
        throw this.#corrupt("literals run over the block");
      if (literals > 32) output.set(input.subarray(at, at + literals), to);
      else if (at + literals + wordSize <= input.length) {
        for (let index = 0; index < literals; index += wordSize)
          words.setUint32(to + index, source.getUint32(at + index, true), true);
      } else for (let index = 0; index < literals; index++) output[to + index] = input[at + index]!;
      to += literals;
      at += literals;
      if (at === input.length) break;
      if (at + 2 > input.length) throw this.#corrupt("a match has no offset");
      const offset = input[at]! | (input[at + 1]! << 8);
      at += 2;
      let length = (token & 15) + 4;
      if (length === 19) {
        let more: number;
        do {
          if (at >= input.length) throw this.#corrupt("a length has no end");
          more = input[at++]!;
          length += more;
        } while (more === 255);
      }
      if (offset === 0 || to - offset < floor || offset > windowSize)
        throw this.#corrupt("a match refers to what is not there");
      if (to + length - start > most) throw this.#corrupt("a match runs over the block");
      if (offset >= length && length > 32) output.copyWithin(to, to - offset, to - offset + length);
      else if (offset >= wordSize) {
        for (let index = to; index < to + length; index += wordSize)
          words.setUint32(index, words.getUint32(index - offset, true), true);
      } else for (let index = 0; index < length; index++) output[to + index] = output[to + index - offset]!;
      to += length;
    }
    this.#length = to;
    this.#bound();
  }

  #append(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#output.set(bytes, this.#length);
    this.#length += bytes.length;
    this.#bound();
  }

  #bound(): void {
    if (this.#dropped + this.#length > this.#maxBytes)
      throw limitExceeded(this.#name, `${this.#maxBytes} bytes after decompression`);
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#output.length) return;
    const larger = new Uint8Array(Math.max(needed, this.#output.length * 2));
    larger.set(this.#output.subarray(0, this.#length));
    this.#output = larger;
  }

  #advance(count: number): number {
    const at = this.#at;
    if (at + count > this.#bytes.length) throw this.#corrupt("the file ends early");
    this.#at += count;
    return at;
  }

  #byte(): number {
    return this.#bytes[this.#advance(1)]!;
  }

  #word(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  #take(count: number): Uint8Array {
    const at = this.#advance(count);
    return this.#bytes.subarray(at, at + count);
  }

  #corrupt(why: string): Error {
    return corrupt(this.#name, why, this.#at);
  }
}

const prime1 = 0x9e3779b1;
const prime2 = 0x85ebca77;
const prime3 = 0xc2b2ae3d;
const prime4 = 0x27d4eb2f;
const prime5 = 0x165667b1;

/** The 32-bit hash that LZ4 uses as checksum, with seed 0 (xxHash specification 0.1.1). */
export function xxh32(bytes: Uint8Array): number {
  return new Xxh32().update(bytes).digest();
}

/** The same hash over bytes that come in pieces. */
class Xxh32 {
  #a = (prime1 + prime2) | 0;
  #b = prime2 | 0;
  #c = 0;
  #d = -prime1 | 0;
  #size = 0;
  /** Bytes that fill no stripe of sixteen yet. */
  #rest = new Uint8Array(0);

  update(bytes: Uint8Array): this {
    this.#size += bytes.length;
    let from = 0;
    if (this.#rest.length > 0) {
      from = Math.min(16 - this.#rest.length, bytes.length);
      this.#rest = Uint8Array.of(...this.#rest, ...bytes.subarray(0, from));
      if (this.#rest.length < 16) return this;
      this.#stripes(this.#rest);
    }
    const whole = bytes.length - ((bytes.length - from) % 16);
    this.#stripes(bytes.subarray(from, whole));
    this.#rest = bytes.slice(whole);
    return this;
  }

  digest(): number {
    const [a, b, c, d] = [this.#a, this.#b, this.#c, this.#d];
    let hash = this.#size >= 16 ? (rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18)) | 0 : prime5 | 0;
    hash = (hash + this.#size) | 0;
    const view = new DataView(this.#rest.buffer, this.#rest.byteOffset, this.#rest.length);
    let at = 0;
    for (; at + 4 <= view.byteLength; at += 4) {
      hash = Math.imul(rotate((hash + Math.imul(view.getInt32(at, true), prime3)) | 0, 17), prime4);
    }
    for (; at < view.byteLength; at++)
      hash = Math.imul(rotate((hash + Math.imul(view.getUint8(at), prime5)) | 0, 11), prime1);
    hash = Math.imul(hash ^ (hash >>> 15), prime2);
    hash = Math.imul(hash ^ (hash >>> 13), prime3);
    return (hash ^ (hash >>> 16)) >>> 0;
  }

  #stripes(bytes: Uint8Array): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let [a, b, c, d] = [this.#a, this.#b, this.#c, this.#d];
    for (let at = 0; at < bytes.length; at += 16) {
      a = round(a, view.getInt32(at, true));
      b = round(b, view.getInt32(at + 4, true));
      c = round(c, view.getInt32(at + 8, true));
      d = round(d, view.getInt32(at + 12, true));
    }
    [this.#a, this.#b, this.#c, this.#d] = [a, b, c, d];
  }
}

function round(accumulator: number, lane: number): number {
  return Math.imul(rotate((accumulator + Math.imul(lane, prime2)) | 0, 13), prime1);
}

function rotate(value: number, count: number): number {
  return (value << count) | (value >>> (32 - count));
}
