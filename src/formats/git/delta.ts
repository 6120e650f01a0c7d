import { corrupt } from "../../core/errors.ts";

/** How large the two objects of a delta are, in bytes. */
export interface DeltaSizes {
  readonly base: number;
  readonly result: number;
}

/** The two numbers at the head of a delta (gitformat-pack, "Deltified representation"). Throws `CORRUPT_INPUT`. */
export function deltaSizes(delta: Uint8Array, name: string): DeltaSizes {
  const reader = new DeltaReader(delta, name);
  return { base: reader.size(), result: reader.size() };
}

/**
 * The object that a delta makes of its base: pieces copied from the base, and new bytes (gitformat-pack, "Deltified representation"). Throws
 * `CORRUPT_INPUT` where it reaches beyond either or does not fill the result.
 */
export function applyDelta(base: Uint8Array, delta: Uint8Array, name: string): Uint8Array {
  const reader = new DeltaReader(delta, name);
  if (reader.size() !== base.length) throw corrupt(name, "a delta for a base of another size");
  const result = new Uint8Array(reader.size());
  let at = 0;
  while (!reader.isAtEnd) {
    const piece = reader.piece(base);
    if (at + piece.length > result.length) throw corrupt(name, "a delta that makes more than it says");
    result.set(piece, at);
    at += piece.length;
  }
  if (at !== result.length) throw corrupt(name, "a delta that makes less than it says");
  return result;
}

class DeltaReader {
  readonly #bytes: Uint8Array;
  readonly #name: string;
  #at = 0;

  constructor(bytes: Uint8Array, name: string) {
    this.#bytes = bytes;
    this.#name = name;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** Seven bits a byte, least first. */
  size(): number {
    let value = 0;
    for (let scale = 1; scale <= 2 ** 42; scale *= 128) {
      const byte = this.#next();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw corrupt(this.#name, "a delta with a size of more than seven bytes");
  }

  /** What one instruction gives: a part of the base, or bytes that follow it. */
  piece(base: Uint8Array): Uint8Array {
    const code = this.#next();
    if (code === 0) throw corrupt(this.#name, "a delta with an instruction that is not defined");
    if (code >= 0x80) return this.#copied(base, code);
    const end = this.#at + code;
    if (end > this.#bytes.length) throw corrupt(this.#name, "a delta that is cut off");
    const piece = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return piece;
  }

  /** The low bits of the instruction tell which bytes of offset and length follow; a length of 0 is 64 KiB. */
  #copied(base: Uint8Array, code: number): Uint8Array {
    const present = (bit: number) => ((code >> bit) & 1) === 1;
    let [offset, length] = [0, 0];
    for (let bit = 0; bit < 4; bit++) if (present(bit)) offset += this.#next() * 256 ** bit;
    for (let bit = 4; bit < 7; bit++) if (present(bit)) length += this.#next() * 256 ** (bit - 4);
    const end = offset + (length === 0 ? 0x10000 : length);
    if (end > base.length) throw corrupt(this.#name, "a delta that copies from beyond its base");
    return base.subarray(offset, end);
  }

  #next(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw corrupt(this.#name, "a delta that is cut off");
    return byte;
  }
}
