import { corrupt, limitExceeded } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import { Bzip2Bits } from "./bzip2-bits.ts";
import { decodeBlock } from "./bzip2-block.ts";

/** The digits of pi that begin a block, and those of its square root that end a stream. */
const blockMagic = 0x314159265359;
const endMagic = 0x177245385090;

/** Bytes of output that are handed on at once. */
const pieceLength = 1024 ** 2;

/**
 * The content of a bzip2 file: one or more streams of blocks, each with its checksum (the format is that of bzip2 1.0; it has no specification of its own).
 * Damage and truncation are `CORRUPT_INPUT` with the offset in the compressed input; too much output is `LIMIT_EXCEEDED`.
 */
export async function* unbzip2(
  source: AsyncIterable<Uint8Array>,
  what: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const input = new Bzip2Bits(source, what);
  let size = 0;
  await input.fill();
  do {
    const blockSize = streamHeader(input, what);
    let combined = 0;
    for (;;) {
      await input.fill();
      const magic = input.bits(24) * 2 ** 24 + input.bits(24);
      const stated = input.word();
      if (magic === endMagic) {
        if (stated !== combined) throw corrupt(what, "has a checksum of the stream that does not fit", input.offset);
        break;
      }
      if (magic !== blockMagic) throw corrupt(what, "has something else where a bzip2 block should be", input.offset);
      const block = decodeBlock(input, blockSize, what);
      const checksum = new Checksum();
      for (const piece of withoutRuns(block)) {
        checksum.add(piece);
        size += piece.length;
        requireRatio(size, input.offset, what);
        yield piece;
      }
      if (checksum.value !== stated) throw corrupt(what, "has a block whose checksum does not fit", input.offset);
      combined = (((combined << 1) | (combined >>> 31)) ^ stated) >>> 0;
    }
    input.align();
    await input.fill();
  } while (!input.isAtEnd);
}

function requireRatio(size: number, consumed: number, what: string): void {
  if (size > limits.decompressedBytes)
    throw limitExceeded(what, `${limits.decompressedBytes} bytes after decompression`);
  // As with xz and zstd, an honest run is squeezed far more than deflate could.
  if (size > limits.ratioFloor * 4 && size > consumed * limits.compressionRatio)
    throw limitExceeded(what, `${limits.compressionRatio} decompressed bytes for each compressed byte`);
}

/** `BZh` and a digit: the size of blocks in 100,000 bytes. */
function streamHeader(input: Bzip2Bits, what: string): number {
  const { offset } = input;
  const isBzip2 = input.bits(24) === 0x425a68;
  const level = input.bits(8) - 0x30;
  if (!isBzip2 || level < 1 || level > 9) throw corrupt(what, "is no bzip2 stream", offset);
  return level * 100_000;
}

/** Four equal bytes are followed by how many more of them there are; the count begins anew in each block. */
function* withoutRuns(block: Iterable<number> & { readonly length: number }): Generator<Uint8Array> {
  let output = new Uint8Array(Math.min(pieceLength, Math.max(block.length * 2, 512)));
  let length = 0;
  let last = -1;
  let equal = 0;
  for (const byte of block) {
    const isCount = equal === 4;
    const times = isCount ? byte : 1;
    const value = isCount ? last : byte;
    if (length + times > output.length) {
      yield output.subarray(0, length);
      output = new Uint8Array(pieceLength);
      length = 0;
    }
    output.fill(value, length, length + times);
    length += times;
    if (isCount) equal = 0;
    else {
      equal = byte === last ? equal + 1 : 1;
      last = byte;
    }
    if (isCount) last = -1;
  }
  if (length > 0) yield output.subarray(0, length);
}

/** CRC-32 with the bits of each byte from the highest down (polynomial 0x04c11db7). */
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 24;
  for (let bit = 0; bit < 8; bit++) value = value & 0x80000000 ? (value << 1) ^ 0x04c11db7 : value << 1;
  return value >>> 0;
});

class Checksum {
  #value = 0xffffffff;

  add(bytes: Uint8Array): void {
    let value = this.#value;
    for (let at = 0; at < bytes.length; at++) value = (value << 8) ^ table[((value >>> 24) ^ bytes[at]!) & 255]!;
    this.#value = value;
  }

  get value(): number {
    return ~this.#value >>> 0;
  }
}
