import { corrupt } from "../../core/errors.ts";
import { textOfBytes } from "../path-bytes.ts";

/** Bytes of one tar block. */
export const blockSize = 512;

/** The fields of one header block as they are written, before extended headers change them. */
export interface RawHeader {
  name: string;
  mode: number;
  uid: number;
  gid: number;
  /** Bytes of content that follow the header in the archive. */
  size: number;
  /** Seconds since 1970. */
  mtime: number;
  /** The type flag as a character; "\0" is the old regular file. */
  typeFlag: string;
  linkName: string;
  deviceMajor: number;
  deviceMinor: number;
  /** The block itself, for the fields of old GNU sparse files. */
  block: Uint8Array;
}

/** A header block (POSIX.1-1988 ustar, GNU and v7), undefined where it is all zero. A wrong checksum or number is `CORRUPT_INPUT`. */
export function parseHeader(block: Uint8Array, what: string, offset: number): RawHeader | undefined {
  const sum = unsignedSum(block);
  if (sum === 0) return undefined;
  const written = parseNumber(block, 148, 8, what, offset);
  if (written !== checksum(block, sum) && written !== signedChecksum(block)) {
    throw corrupt(what, "tar header with a wrong checksum", offset);
  }
  const dialect = dialectOf(block);
  const prefix = prefixOf(block, dialect);
  const name = textField(block, 0, 100);
  return {
    name: prefix === "" ? name : `${prefix}/${name}`,
    mode: parseNumber(block, 100, 8, what, offset),
    uid: parseNumber(block, 108, 8, what, offset),
    gid: parseNumber(block, 116, 8, what, offset),
    size: parseSize(block, 124, what, offset),
    mtime: parseNumber(block, 136, 12, what, offset),
    typeFlag: String.fromCharCode(block[156]!),
    linkName: textField(block, 157, 100),
    deviceMajor: dialect === "v7" ? 0 : parseNumber(block, 329, 8, what, offset),
    deviceMinor: dialect === "v7" ? 0 : parseNumber(block, 337, 8, what, offset),
    block,
  };
}

/** A size field; negative is `CORRUPT_INPUT`. */
export function parseSize(block: Uint8Array, at: number, what: string, offset: number): number {
  const size = parseNumber(block, at, 12, what, offset);
  if (size < 0) throw corrupt(what, "tar header with a negative size", offset);
  return size;
}

/** A number written in octal, or in base 256 where the first bit is set (GNU tar manual, "Extensions to the archive format"). */
function parseNumber(block: Uint8Array, at: number, length: number, what: string, offset: number): number {
  if ((block[at]! & 0x80) !== 0) return parseBase256(block, at, length, what, offset);
  let value = 0;
  let index = at;
  const end = at + length;
  while (index < end && (block[index] === 0x20 || block[index] === 0)) index += 1;
  for (; index < end; index++) {
    const digit = block[index]! - 0x30;
    if (digit < 0 || digit > 7) break;
    value = value * 8 + digit;
  }
  if (index < end && block[index] !== 0x20 && block[index] !== 0) {
    throw corrupt(what, "tar header with a field that is not a number", offset + at);
  }
  return value;
}

function parseBase256(block: Uint8Array, at: number, length: number, what: string, offset: number): number {
  const negative = (block[at]! & 0x40) !== 0;
  let value = negative ? -1 : 0;
  for (let index = 0; index < length; index++) {
    const byte = index === 0 ? (block[at]! & 0x3f) | (negative ? 0xc0 : 0) : block[at + index]!;
    value = index === 0 && negative ? byte - 256 : value * 256 + byte;
  }
  if (!Number.isSafeInteger(value)) throw corrupt(what, "tar header with a number that is too large", offset + at);
  return value;
}

function textField(block: Uint8Array, at: number, length: number): string {
  let end = at;
  while (end < at + length && block[end] !== 0) end += 1;
  return end === at ? "" : textOfBytes(block.subarray(at, end));
}

/** Which of the header's layouts is used: it decides whether the bytes from 345 on are a prefix of the name. */
type Dialect = "v7" | "ustar" | "star" | "gnu";

function dialectOf(block: Uint8Array): Dialect {
  const magic = textField(block, 257, 6);
  if (magic === "ustar ") return block[263] === 0x20 && block[264] === 0 ? "gnu" : "v7";
  if (magic !== "ustar") return "v7";
  return textField(block, 508, 4) === "tar" ? "star" : "ustar";
}

function prefixOf(block: Uint8Array, dialect: Dialect): string {
  if (dialect === "ustar") return textField(block, 345, 155);
  if (dialect === "star") return textField(block, 345, 131);
  if (dialect === "gnu" && !isGnuTimes(block)) return asciiOnly(textField(block, 345, 155));
  return "";
}

/**
 * Whether the bytes from 345 on are GNU's access and change times. Go before 1.8 wrote a ustar prefix there under GNU's
 * magic, and today's runtimes read it as one.
 */
function isGnuTimes(block: Uint8Array): boolean {
  return isNumberField(block, 345) && isNumberField(block, 357);
}

function isNumberField(block: Uint8Array, at: number): boolean {
  if (block[at] === 0 || (block[at]! & 0x80) !== 0) return true;
  for (let index = at; index < at + 12; index++) {
    const byte = block[index]!;
    if (byte !== 0 && byte !== 0x20 && (byte < 0x30 || byte > 0x37)) return false;
  }
  return true;
}

function asciiOnly(text: string): string {
  return /^[\x00-\x7f]*$/.test(text) ? text : "";
}

function unsignedSum(block: Uint8Array): number {
  let sum = 0;
  for (let index = 0; index < blockSize; index++) sum += block[index]!;
  return sum;
}

/** The checksum counts its own field as eight spaces. */
function checksum(block: Uint8Array, sum: number): number {
  let value = sum + 8 * 0x20;
  for (let index = 148; index < 156; index++) value -= block[index]!;
  return value;
}

/** Some old tars summed signed bytes. */
function signedChecksum(block: Uint8Array): number {
  let value = 8 * 0x20;
  for (let index = 0; index < blockSize; index++) {
    if (index < 148 || index > 155) value += (block[index]! << 24) >> 24;
  }
  return value;
}
