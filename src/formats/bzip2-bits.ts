import { corrupt } from "../core/errors.ts";

/** Bytes that one compressed block cannot need more of: 900,000 symbols of 20 bits, and its tables. */
const blockBytes = 2_400_000;

/** The bits of a bzip2 file from the highest of each byte down. What was filled is read without waiting. */
export class Bzip2Bits {
  readonly #iterator: AsyncIterator<Uint8Array>;
  readonly #what: string;
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #before = 0;
  #isOver = false;
  #held = 0;
  #heldBits = 0;

  constructor(source: AsyncIterable<Uint8Array>, what: string) {
    this.#iterator = source[Symbol.asyncIterator]();
    this.#what = what;
  }

  /** Bytes of the compressed input that have been read. */
  get offset(): number {
    return this.#before + this.#at - (this.#heldBits >> 3);
  }

  /** Whether nothing is left; true only after `fill`. */
  get isAtEnd(): boolean {
    return this.#isOver && this.#at >= this.#bytes.length && this.#heldBits < 8;
  }

  /** Waits until a whole block is there, or all that there is. */
  async fill(): Promise<void> {
    let length = this.#bytes.length - this.#at;
    if (this.#isOver || length >= blockBytes) return;
    const pieces = [this.#bytes.subarray(this.#at)];
    while (length < blockBytes) {
      const next = await this.#iterator.next();
      if (next.done) {
        this.#isOver = true;
        break;
      }
      pieces.push(next.value);
      length += next.value.length;
    }
    const joined = new Uint8Array(length);
    let at = 0;
    for (const piece of pieces) {
      joined.set(piece, at);
      at += piece.length;
    }
    this.#before += this.#at;
    this.#bytes = joined;
    this.#at = 0;
  }

  /** The next bits, at most 24, as a number. Beyond the end is `CORRUPT_INPUT`. */
  bits(count: number): number {
    while (this.#heldBits < count) {
      if (this.#at >= this.#bytes.length) throw corrupt(this.#what, "ends within a bzip2 stream", this.offset);
      this.#held = ((this.#held << 8) | this.#bytes[this.#at++]!) & 0xffffffff;
      this.#heldBits += 8;
    }
    this.#heldBits -= count;
    return (this.#held >>> this.#heldBits) & ((1 << count) - 1);
  }

  /** The next 32 bits as a number that is not negative. */
  word(): number {
    return this.bits(16) * 65_536 + this.bits(16);
  }

  /** Passes over the rest of a byte that was begun. */
  align(): void {
    this.#heldBits -= this.#heldBits & 7;
  }
}
