import { AppError, corrupt, limitExceeded } from "../core/errors.ts";
import { limits } from "../core/limits.ts";

const frameMagic = 0xfd2fb528;
const skippableMagic = 0x184d2a50;
const reservedBlock = 3;
const runLengthBlock = 1;
/** Bytes of the frame content size field by its flag (RFC 8878 §3.1.1.1.1.1); flag 0 is 1 byte in a single segment. */
const contentSizeBytes = [0, 2, 4, 8];
const dictionaryIdBytes = [0, 1, 2, 4];

/** What the next bytes of the stream are; a trailer is what is passed over before the next frame: a checksum or skippable content. */
type Part = "magic" | "descriptor" | "header" | "block" | "content" | "skippable" | "trailer";

/**
 * Walks the frame and block headers of a zstd stream (RFC 8878 §3.1) before its bytes reach the decoder: refuses
 * windows above the limit, dictionaries and what is not a frame, and knows whether the stream ended between frames.
 */
export class ZstdFrameGuard {
  readonly #what: string;
  /** Bytes of a header that is not complete yet, the longest being 14 bytes. */
  readonly #held = new Uint8Array(16);
  #heldLength = 0;
  #part: Part = "magic";
  /** Bytes that the current part still needs: collected for headers, passed over for content. */
  #needed = 4;
  #offset = 0;
  #hasChecksum = false;
  #lastBlock = false;
  #descriptor = 0;

  constructor(what: string) {
    this.#what = what;
  }

  /** Looks at the next piece of the stream. */
  inspect(piece: Uint8Array): void {
    let at = 0;
    while (at < piece.length) {
      const length = Math.min(this.#needed, piece.length - at);
      if (this.#isHeader()) {
        this.#held.set(piece.subarray(at, at + length), this.#heldLength);
        this.#heldLength += length;
      }
      at += length;
      this.#offset += length;
      this.#needed -= length;
      while (this.#needed === 0) this.#advance();
    }
  }

  /** Says that the stream has ended; in the middle of a frame that is `CORRUPT_INPUT`. */
  finish(): void {
    if (this.#part !== "magic" || this.#heldLength > 0) {
      throw corrupt(this.#what, "zstd: ends in the middle of a frame", this.#offset);
    }
  }

  #isHeader(): boolean {
    return this.#part !== "content" && this.#part !== "trailer";
  }

  #expect(part: Part, needed: number): void {
    this.#part = part;
    this.#needed = needed;
    this.#heldLength = 0;
  }

  #advance(): void {
    switch (this.#part) {
      case "magic":
        this.#readMagic();
        break;
      case "descriptor":
        this.#readDescriptor();
        break;
      case "header":
        this.#readHeader();
        break;
      case "block":
        this.#readBlock();
        break;
      case "content":
        this.#endBlock();
        break;
      case "skippable":
        this.#expect("trailer", this.#number(0, 4));
        break;
      case "trailer":
        this.#expect("magic", 4);
        break;
    }
  }

  #readMagic(): void {
    const magic = this.#number(0, 4);
    if (magic === frameMagic) this.#expect("descriptor", 1);
    else if ((magic & 0xfffffff0) >>> 0 === skippableMagic) this.#expect("skippable", 4);
    else throw corrupt(this.#what, "zstd: bytes that are not a frame", this.#offset - 4);
  }

  #readDescriptor(): void {
    this.#descriptor = this.#held[0]!;
    this.#hasChecksum = (this.#descriptor & 0x04) !== 0;
    const size = this.#windowBytes() + this.#dictionaryBytes() + this.#contentSizeBytes();
    if (size === 0) throw corrupt(this.#what, "zstd: frame without a window", this.#offset);
    this.#expect("header", size);
  }

  #readHeader(): void {
    if (this.#number(this.#windowBytes(), this.#dictionaryBytes()) !== 0) {
      throw new AppError("UNSUPPORTED", `${this.#what}: zstd: needs a dictionary`, {
        hint: "recompress it without a dictionary",
      });
    }
    if (this.#window() > 2 ** limits.zstdWindowLog) {
      throw limitExceeded(this.#what, `2^${limits.zstdWindowLog} bytes of zstd window`);
    }
    this.#expect("block", 3);
  }

  #readBlock(): void {
    const header = this.#number(0, 3);
    const type = (header >> 1) & 3;
    if (type === reservedBlock) throw corrupt(this.#what, "zstd: block of a reserved type", this.#offset - 3);
    this.#lastBlock = (header & 1) !== 0;
    this.#expect("content", type === runLengthBlock ? 1 : header >> 3);
  }

  #endBlock(): void {
    if (!this.#lastBlock) this.#expect("block", 3);
    else if (this.#hasChecksum) this.#expect("trailer", 4);
    else this.#expect("magic", 4);
  }

  /** Window in bytes: from its descriptor, or the content size where the frame is a single segment. */
  #window(): number {
    if (this.#windowBytes() === 0) {
      return this.#number(this.#dictionaryBytes(), this.#contentSizeBytes());
    }
    const base = 2 ** (10 + (this.#held[0]! >> 3));
    return base + (base / 8) * (this.#held[0]! & 7);
  }

  #windowBytes(): number {
    return (this.#descriptor & 0x20) === 0 ? 1 : 0;
  }

  #dictionaryBytes(): number {
    return dictionaryIdBytes[this.#descriptor & 3]!;
  }

  #contentSizeBytes(): number {
    const flag = this.#descriptor >> 6;
    return flag === 0 && this.#windowBytes() === 0 ? 1 : contentSizeBytes[flag]!;
  }

  /** A little-endian number among the held bytes; above 2^53 only its magnitude is right. */
  #number(start: number, length: number): number {
    let value = 0;
    for (let index = length - 1; index >= 0; index--) value = value * 256 + this.#held[start + index]!;
    return value;
  }
}
