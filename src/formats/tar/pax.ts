import { Buffer } from "node:buffer";
import { corrupt } from "../../core/errors.ts";
import { textOfBytes } from "../path-bytes.ts";

/** One record of a PAX extended header; records may repeat, and their order matters to old sparse maps. */
export interface PaxRecord {
  key: string;
  value: Uint8Array;
}

/**
 * The records of an extended header: `length key=value\n` each, length in bytes of the whole record (POSIX.1-2001 pax,
 * "pax Extended Header"). Anything else is `CORRUPT_INPUT`.
 */
export function parsePax(bytes: Uint8Array, what: string, offset: number): PaxRecord[] {
  const records: PaxRecord[] = [];
  let at = 0;
  // Some writers pad the records with zeros.
  while (at < bytes.length && bytes[at] !== 0) {
    const space = bytes.indexOf(0x20, at);
    const length = space < 0 ? Number.NaN : decimal(bytes.subarray(at, space));
    const end = at + length;
    if (!(end <= bytes.length) || end <= space + 2 || bytes[end - 1] !== 0x0a) {
      throw corrupt(what, "malformed PAX record", offset + at);
    }
    const equals = bytes.indexOf(0x3d, space);
    if (equals <= space + 1 || equals >= end) throw corrupt(what, "malformed PAX record", offset + at);
    const key = textOfBytes(bytes.subarray(space + 1, equals));
    records.push({ key, value: bytes.slice(equals + 1, end - 1) });
    at = end;
  }
  return records;
}

/** The fields that extended headers set for one entry; the last record of a key wins, an empty value removes it. */
export class PaxFields {
  readonly #values = new Map<string, Uint8Array>();

  constructor(records: readonly PaxRecord[]) {
    for (const { key, value } of records) {
      if (value.length === 0) this.#values.delete(key);
      else this.#values.set(key, value);
    }
  }

  /** Whether nothing is set, the usual case. */
  get isEmpty(): boolean {
    return this.#values.size === 0;
  }

  text(key: string): string | undefined {
    const value = this.#values.get(key);
    return value && textOfBytes(value);
  }

  /** A whole number; anything else is `CORRUPT_INPUT`. */
  integer(key: string, what: string, offset: number): number | undefined {
    const value = this.#values.get(key);
    if (value === undefined) return undefined;
    const number = decimal(value);
    if (!Number.isSafeInteger(number)) throw corrupt(what, `PAX field ${key} that is not a number`, offset);
    return number;
  }

  /** Seconds, which PAX writes with a fraction and a sign. */
  seconds(key: string, what: string, offset: number): number | undefined {
    const value = this.text(key);
    if (value === undefined) return undefined;
    if (!/^-?\d{1,15}(\.\d*)?$/.test(value)) throw corrupt(what, `PAX field ${key} that is not a time`, offset);
    return Number(value);
  }

  /** Extended attributes by name, as star and GNU tar (`SCHILY.xattr.`) and libarchive (base64) write them. */
  extendedAttributes(): Record<string, Uint8Array> | undefined {
    const found: [string, Uint8Array][] = [];
    for (const [key, value] of this.#values) {
      if (key.startsWith("SCHILY.xattr.")) found.push([key.slice(13), value]);
      else if (key.startsWith("LIBARCHIVE.xattr.")) {
        found.push([percentDecoded(key.slice(17)), new Uint8Array(Buffer.from(textOfBytes(value), "base64"))]);
      }
    }
    return found.length === 0 ? undefined : Object.fromEntries(found);
  }
}

/** A number of ASCII digits alone; NaN otherwise. */
export function decimal(bytes: Uint8Array): number {
  if (bytes.length === 0 || bytes.length > 20) return Number.NaN;
  let value = 0;
  for (const byte of bytes) {
    if (byte < 0x30 || byte > 0x39) return Number.NaN;
    value = value * 10 + (byte - 0x30);
  }
  return value;
}

function percentDecoded(text: string): string {
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
