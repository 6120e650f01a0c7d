import { corrupt } from "../core/errors.ts";

/** A field of a message with its number: integers as they are, everything else as its bytes. */
export type ProtobufField =
  | { readonly number: number; readonly integer: bigint }
  | { readonly number: number; readonly bytes: Uint8Array };

/** Bytes of the longest varint. */
const longestVarint = 10;

/** The fields of a message in order (protobuf.dev, "Encoding"); texts and messages within are bytes. Throws `CORRUPT_INPUT` for what is cut off or of a wire type that is no more in use. */
export function* protobufFields(message: Uint8Array, what: string): Generator<ProtobufField> {
  const reader = new Reader(message, what);
  while (!reader.atEnd) {
    const tag = reader.varint();
    const number = Number(tag >> 3n);
    switch (Number(tag & 7n)) {
      case 0:
        yield { number, integer: reader.varint() };
        break;
      case 1:
        yield { number, bytes: reader.take(8) };
        break;
      case 2:
        yield { number, bytes: reader.take(Number(reader.varint())) };
        break;
      case 5:
        yield { number, bytes: reader.take(4) };
        break;
      default:
        throw corrupt(what, `is no protobuf message: wire type ${tag & 7n}`, reader.at);
    }
  }
}

/** The bytes of the last field of that number, as the last one counts; undefined where there is none. */
export function protobufBytes(message: Uint8Array, number: number, what: string): Uint8Array | undefined {
  let found: Uint8Array | undefined;
  for (const field of protobufFields(message, what))
    if (field.number === number && "bytes" in field) found = field.bytes;
  return found;
}

/** The text of the last field of that number; empty where there is none, as the encoding leaves empty ones out. */
export function protobufText(message: Uint8Array, number: number, what: string): string {
  return new TextDecoder().decode(protobufBytes(message, number, what) ?? new Uint8Array());
}

/** The integer of the last field of that number, 0 where there is none. Throws `CORRUPT_INPUT` for one that a number cannot hold. */
export function protobufInteger(message: Uint8Array, number: number, what: string): number {
  let found = 0n;
  for (const field of protobufFields(message, what))
    if (field.number === number && "integer" in field) found = field.integer;
  if (found > BigInt(Number.MAX_SAFE_INTEGER)) throw corrupt(what, `holds the number ${found}`);
  return Number(found);
}

/** A message of one text or bytes field after the other, by their numbers; empty ones are left out. */
export function protobufMessage(
  fields: readonly (readonly [number: number, value: string | Uint8Array])[],
): Uint8Array {
  return Buffer.concat(
    fields.flatMap(([number, value]) => {
      const bytes = Buffer.from(value);
      return bytes.length === 0 ? [] : [varint(number * 8 + 2), varint(bytes.length), bytes];
    }),
  );
}

/** A field of an integer, to be put beside others. */
export function protobufIntegerField(number: number, value: number): Uint8Array {
  return Buffer.concat([varint(number * 8), varint(value)]);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt(value);
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest === 0n ? low : low | 0x80);
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #what: string;
  at = 0;

  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = bytes;
    this.#what = what;
  }

  get atEnd(): boolean {
    return this.at >= this.#bytes.length;
  }

  varint(): bigint {
    let value = 0n;
    for (let index = 0; index < longestVarint; index++) {
      const byte = this.#bytes[this.at];
      if (byte === undefined) throw corrupt(this.#what, "is cut off", this.at);
      this.at += 1;
      value |= BigInt(byte & 0x7f) << BigInt(7 * index);
      if ((byte & 0x80) === 0) return value;
    }
    throw corrupt(this.#what, "is no protobuf message: a number without end", this.at);
  }

  take(length: number): Uint8Array {
    if (length > this.#bytes.length - this.at) throw corrupt(this.#what, "is cut off", this.at);
    this.at += length;
    return this.#bytes.subarray(this.at - length, this.at);
  }
}
