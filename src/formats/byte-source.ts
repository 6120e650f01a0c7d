import { corrupt } from "../core/errors.ts";

/** Bytes per piece when a source is streamed. */
const streamPiece = 1024 ** 2;

/** Random access to bytes that somebody else opened: a file, a blob, a buffer. `size` and offsets are in bytes. */
export interface ByteSource {
  /** What errors call it. */
  readonly name: string;
  readonly size: number;
  /** At most `length` bytes from `offset` on; fewer only at the end of the source. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** The bytes from `start` up to but not including `end`, in pieces. */
  stream(start?: number, end?: number): AsyncIterable<Uint8Array>;
}

/** A folder that somebody else opened, such as an OCI layout; paths are relative and use `/`. */
export interface DirectorySource {
  /** What errors call it. */
  readonly name: string;
  /** The file at a path, or undefined where there is none. */
  open(path: string): Promise<ByteSource | undefined>;
}

/** Bytes in memory as a source. */
export function bytesSource(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    size: bytes.length,
    read: async (offset, length) => bytes.subarray(offset, offset + length),
    async *stream(start = 0, end = bytes.length) {
      for (let at = start; at < end; at += streamPiece) yield bytes.subarray(at, Math.min(at + streamPiece, end));
    },
  };
}

/** The part of a source from `start` on that is `size` bytes long, as a source of its own. */
export function sliceSource(source: ByteSource, name: string, start: number, size: number): ByteSource {
  return {
    name,
    size,
    read: (offset, length) => source.read(start + offset, Math.max(0, Math.min(length, size - offset))),
    stream: (from = 0, to = size) => source.stream(start + from, start + Math.min(to, size)),
  };
}

/** All bytes of a stream; more than `maxBytes` throws what `tooLong` makes. */
export async function collectBytes(
  source: AsyncIterable<Uint8Array>,
  maxBytes: number,
  tooLong: () => Error,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of source) {
    size += piece.length;
    if (size > maxBytes) throw tooLong();
    pieces.push(piece);
  }
  return pieces.length === 1 ? pieces[0]! : joinBytes(pieces, size);
}

/** Reads exactly `length` bytes from a source; fewer is a `CORRUPT_INPUT` error. */
export async function readExactly(source: ByteSource, offset: number, length: number): Promise<Uint8Array> {
  const bytes = await source.read(offset, length);
  if (bytes.length !== length) {
    throw corrupt(source.name, `ends after ${bytes.length} of ${length} bytes`, offset + bytes.length);
  }
  return bytes;
}

/** Several pieces as one array of `size` bytes. */
export function joinBytes(pieces: readonly Uint8Array[], size: number): Uint8Array {
  const joined = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}
