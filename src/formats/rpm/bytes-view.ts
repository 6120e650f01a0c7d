import { corrupt } from "../../core/errors.ts";

/** Integers and pieces of a byte array by offset; everything beyond its end is `CORRUPT_INPUT`. */
export class BytesView {
  readonly bytes: Uint8Array;
  readonly littleEndian: boolean;
  readonly #view: DataView;
  readonly #name: string;

  constructor(bytes: Uint8Array, name: string, littleEndian: boolean) {
    this.bytes = bytes;
    this.littleEndian = littleEndian;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#name = name;
  }

  get length(): number {
    return this.bytes.length;
  }

  u8(offset: number): number {
    return this.#view.getUint8(this.#checked(offset, 1));
  }

  u16(offset: number): number {
    return this.#view.getUint16(this.#checked(offset, 2), this.littleEndian);
  }

  u32(offset: number): number {
    return this.#view.getUint32(this.#checked(offset, 4), this.littleEndian);
  }

  i32(offset: number): number {
    return this.#view.getInt32(this.#checked(offset, 4), this.littleEndian);
  }

  slice(offset: number, length: number): Uint8Array {
    this.#checked(offset, length);
    return this.bytes.subarray(offset, offset + length);
  }

  #checked(offset: number, length: number): number {
    if (offset >= 0 && length >= 0 && offset + length <= this.bytes.length) return offset;
    throw corrupt(this.#name, `ends before ${length} bytes could be read`, offset);
  }
}
