import { limitExceeded } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import { joinBytes } from "./byte-source.ts";
import { unbzip2 } from "./bzip2.ts";
import { gunzip } from "./gzip.ts";
import { unxz } from "./xz.ts";
import { unzstd } from "./zstd.ts";

/** How a blob is compressed, told by its first bytes; `plain` is everything that is not one of the others. */
export type Compression = "gzip" | "zstd" | "xz" | "bzip2" | "plain";

/** Bytes that {@link sniffCompression} needs to see. */
export const sniffLength = 10;

/** What is decompressed and how much may come out. */
export interface DecompressOptions {
  /** What errors call the input. */
  what: string;
  /** Bytes that may come out; `limits.decompressedBytes` unless told. */
  maxBytes?: number;
}

/**
 * The compression that the first bytes tell: gzip (RFC 1952 §2.3.1), zstd and its skippable frames (RFC 8878 §3.1),
 * xz (xz-file-format §2.1.1.1), bzip2; `plain` otherwise.
 */
export function sniffCompression(head: Uint8Array): Compression {
  if (startsWith(head, [0x1f, 0x8b])) return "gzip";
  if (startsWith(head, [0x28, 0xb5, 0x2f, 0xfd])) return "zstd";
  if (head.length >= 4 && (head[0]! & 0xf0) === 0x50 && startsWith(head.subarray(1), [0x2a, 0x4d, 0x18])) return "zstd";
  if (startsWith(head, [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00])) return "xz";
  if (startsWith(head, [0x42, 0x5a, 0x68]) && startsWith(head.subarray(4), [0x31, 0x41, 0x59, 0x26, 0x53, 0x59])) {
    return "bzip2";
  }
  return "plain";
}

/**
 * The decompressed bytes of a stream whose compression its first bytes tell. Damage is `CORRUPT_INPUT` with the byte
 * offset in the compressed input, too much output or too high a ratio `LIMIT_EXCEEDED`.
 */
export async function* decompress(
  source: AsyncIterable<Uint8Array>,
  options: DecompressOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const input = new CountedInput(source);
  const head = await input.peek(sniffLength);
  const compression = sniffCompression(head);
  const output = decompressor(compression, input, options.what);
  yield* withinLimits(output, input, compression, options);
}

function decompressor(compression: Compression, input: CountedInput, what: string): AsyncIterable<Uint8Array> {
  switch (compression) {
    case "gzip":
      return gunzip(input, what);
    case "zstd":
      return unzstd(input, what);
    case "xz":
      return unxz(input, what);
    case "bzip2":
      return unbzip2(input, what);
    case "plain":
      return input;
  }
}

async function* withinLimits(
  output: AsyncIterable<Uint8Array>,
  input: CountedInput,
  compression: Compression,
  options: DecompressOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const maxBytes = options.maxBytes ?? limits.decompressedBytes;
  // xz and zstd squeeze runs far better than deflate can; their honest ratio has no useful bound, so the floor is higher.
  const floor = compression === "gzip" ? limits.ratioFloor : limits.ratioFloor * 4;
  let size = 0;
  for await (const piece of output) {
    size += piece.length;
    if (size > maxBytes) throw limitExceeded(options.what, `${maxBytes} bytes after decompression`);
    if (size > floor && size > input.consumed * limits.compressionRatio) {
      throw limitExceeded(options.what, `${limits.compressionRatio} decompressed bytes for each compressed byte`);
    }
    yield piece;
  }
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return bytes.length >= magic.length && magic.every((byte, index) => bytes[index] === byte);
}

/** A stream whose head can be looked at before it is read, and that counts what was read of it. */
class CountedInput implements AsyncIterable<Uint8Array> {
  readonly #iterator: AsyncIterator<Uint8Array>;
  #peeked: Uint8Array = new Uint8Array(0);
  /** Bytes handed out so far. */
  consumed = 0;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#iterator = source[Symbol.asyncIterator]();
  }

  async peek(length: number): Promise<Uint8Array> {
    while (this.#peeked.length < length) {
      const next = await this.#iterator.next();
      if (next.done) break;
      const joined = this.#peeked.length === 0;
      this.#peeked = joined
        ? next.value
        : joinBytes([this.#peeked, next.value], this.#peeked.length + next.value.length);
    }
    return this.#peeked;
  }

  async close(): Promise<void> {
    await this.#iterator.return?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      if (this.#peeked.length > 0) {
        this.consumed += this.#peeked.length;
        yield this.#peeked;
      }
      for (let next = await this.#iterator.next(); !next.done; next = await this.#iterator.next()) {
        this.consumed += next.value.length;
        yield next.value;
      }
    } finally {
      await this.close();
    }
  }
}
