import { corrupt } from "../../core/errors.ts";
import { type ByteSource, joinBytes } from "../byte-source.ts";

/** Bytes that are read ahead from a random-access source: headers are small and content is jumped over. */
const readAhead = 64 * 1024;

const nothing = new Uint8Array(0);

/** Reads a stream or a source from front to back without copying what lies in one piece. */
export class ByteReader {
  readonly #what: string;
  readonly #next: () => Promise<Uint8Array | undefined>;
  /** Moves on by a number of bytes without reading them; answers how many were there. Absent where every byte must be read. */
  readonly #jump: ((length: number) => number) | undefined;
  readonly #close: () => Promise<void>;
  #piece: Uint8Array = nothing;
  #at = 0;
  /** Bytes read or passed over so far. */
  offset = 0;

  private constructor(
    what: string,
    next: () => Promise<Uint8Array | undefined>,
    jump: ((length: number) => number) | undefined,
    close: () => Promise<void>,
  ) {
    this.#what = what;
    this.#next = next;
    this.#jump = jump;
    this.#close = close;
  }

  /** A reader over a stream, which is read whole. */
  static ofStream(source: AsyncIterable<Uint8Array>, what: string): ByteReader {
    const iterator = source[Symbol.asyncIterator]();
    const next = async () => {
      const result = await iterator.next();
      return result.done ? undefined : result.value;
    };
    return new ByteReader(what, next, undefined, async () => {
      await iterator.return?.();
    });
  }

  /** A reader over a source that jumps over what is not asked for. */
  static ofSource(source: ByteSource): ByteReader {
    let position = 0;
    const next = async () => {
      const bytes = await source.read(position, Math.min(readAhead, source.size - position));
      position += bytes.length;
      return bytes.length === 0 ? undefined : bytes;
    };
    const jump = (length: number) => {
      const jumped = Math.min(length, source.size - position);
      position += jumped;
      return jumped;
    };
    return new ByteReader(source.name, next, jump, async () => {});
  }

  /** The next `length` bytes if they lie in the current piece; lets the common case go without waiting. */
  takeNow(length: number): Uint8Array | undefined {
    if (this.#piece.length - this.#at < length) return undefined;
    const bytes = this.#piece.subarray(this.#at, this.#at + length);
    this.#move(length);
    return bytes;
  }

  /** The next `length` bytes; undefined at the end of the input, `CORRUPT_INPUT` where it ends in between. */
  async take(length: number): Promise<Uint8Array | undefined> {
    const start = this.offset;
    const pieces: Uint8Array[] = [];
    let missing = length;
    while (missing > 0) {
      const piece = await this.some(missing);
      if (piece === undefined) {
        if (missing === length) return undefined;
        throw corrupt(this.#what, `ends after ${length - missing} of ${length} bytes`, start);
      }
      pieces.push(piece);
      missing -= piece.length;
    }
    return pieces.length === 1 ? pieces[0] : joinBytes(pieces, length);
  }

  /** At least one and at most `length` of the next bytes; undefined at the end of the input. */
  async some(length: number): Promise<Uint8Array | undefined> {
    while (this.#at === this.#piece.length) {
      const piece = await this.#next();
      if (piece === undefined) return undefined;
      this.#piece = piece;
      this.#at = 0;
    }
    const bytes = this.#piece.subarray(this.#at, this.#at + length);
    this.#move(bytes.length);
    return bytes;
  }

  /** Passes over `length` bytes; `CORRUPT_INPUT` where the input ends before. */
  async skip(length: number): Promise<void> {
    const start = this.offset;
    let missing = length - this.skipNow(length);
    if (missing > 0 && this.#jump) {
      const jumped = this.#jump(missing);
      this.offset += jumped;
      if (jumped < missing) throw corrupt(this.#what, `ends within ${length} bytes of content`, start);
      return;
    }
    while (missing > 0) {
      const piece = await this.some(missing);
      if (piece === undefined) throw corrupt(this.#what, `ends within ${length} bytes of content`, start);
      missing -= piece.length;
    }
  }

  /** Passes over at most `length` bytes; the input may end before. */
  async skipSome(length: number): Promise<void> {
    let missing = length;
    while (missing > 0) {
      const piece = await this.some(missing);
      if (piece === undefined) return;
      missing -= piece.length;
    }
  }

  /** Passes over at most `length` bytes of the current piece and answers how many. */
  skipNow(length: number): number {
    const inPiece = Math.min(length, this.#piece.length - this.#at);
    this.#move(inPiece);
    return inPiece;
  }

  /** Reads a stream to its end, so that whoever verifies it sees all of it; a source is left where it is. */
  async drain(): Promise<void> {
    if (this.#jump) return;
    for (let piece = await this.some(Infinity); piece !== undefined; piece = await this.some(Infinity));
  }

  async close(): Promise<void> {
    this.#piece = nothing;
    this.#at = 0;
    await this.#close();
  }

  #move(length: number): void {
    this.#at += length;
    this.offset += length;
  }
}
