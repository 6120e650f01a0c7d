import { Buffer } from "node:buffer";
import { corrupt, limitExceeded } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Text of bytes that should be UTF-8. A byte that is not part of valid UTF-8 becomes the lone surrogate U+DC00 + byte
 * (PEP 383), so that two different names never become one and the bytes can be had back with {@link bytesOfText}.
 */
export function textOfBytes(bytes: Uint8Array): string {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (isAscii(bytes)) return view.toString("latin1");
  try {
    return utf8.decode(bytes);
  } catch {
    return textOfDamagedBytes(bytes);
  }
}

/** The bytes that {@link textOfBytes} made a text of. */
export function bytesOfText(text: string): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const run of text.split(/([\udc80-\udcff])/)) {
    const code = run.charCodeAt(0);
    const isByte = run.length === 1 && code >= 0xdc80 && code <= 0xdcff;
    parts.push(isByte ? Uint8Array.of(code - 0xdc00) : Buffer.from(run, "utf8"));
  }
  return Buffer.concat(parts);
}

function isAscii(bytes: Uint8Array): boolean {
  for (let index = 0; index < bytes.length; index++) {
    if (bytes[index]! > 0x7f) return false;
  }
  return true;
}

/** Decodes the longest valid sequence at each place and maps every other byte on its own. */
function textOfDamagedBytes(bytes: Uint8Array): string {
  let text = "";
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes[at]!);
    const sequence = bytes.subarray(at, at + length);
    const decoded = length > 0 && sequence.length === length ? decodedOrNothing(sequence) : undefined;
    text += decoded ?? String.fromCharCode(0xdc00 + bytes[at]!);
    at += decoded === undefined ? 1 : length;
  }
  return text;
}

function sequenceLength(first: number): number {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return 2;
  if (first >= 0xe0 && first <= 0xef) return 3;
  return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}

function decodedOrNothing(sequence: Uint8Array): string | undefined {
  try {
    return utf8.decode(sequence);
  } catch {
    return undefined;
  }
}

/** A path as it lies below the root of a file system. */
export interface NormalPath {
  /** Without leading slash, empty, `.` or `..` parts; "" is the root itself. */
  path: string;
  /** Whether the written path climbs above the root; it is then held at the root, as a chroot does. */
  escapes: boolean;
}

/** Brings a path of an archive into the form that all other floors use. NUL is `CORRUPT_INPUT`, over-length `LIMIT_EXCEEDED`. */
export function normalisePath(raw: string, what: string, offset?: number): NormalPath {
  if (raw.length > limits.pathBytes) throw limitExceeded(what, `${limits.pathBytes} bytes in one path`);
  if (raw.includes("\0")) throw corrupt(what, "path with a NUL byte", offset);
  if (isNormal(raw)) return { path: raw, escapes: false };
  const parts: string[] = [];
  let escapes = false;
  for (const part of raw.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) escapes = true;
  }
  return { path: parts.join("/"), escapes };
}

function isNormal(raw: string): boolean {
  return !/^\/|^\.\.?(?:\/|$)|\/\.\.?(?:\/|$)|\/\/|\/$|^$/.test(raw);
}
