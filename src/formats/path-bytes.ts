import { Buffer } from "node:buffer";

/*
 * Paths are bytes, strings are not. A byte that is no UTF-8 becomes a lone surrogate, U+DC00 and the byte, and comes back from it; what is
 * UTF-8 stays as it is (PEP 383). Without that two names could become one, and a file whose name is no UTF-8 be listed and never be looked at.
 */

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const beyondAscii = /[^\x00-\x7f]/;
const escaped = /(?<![\ud800-\udbff])[\udc80-\udcff]/;
const escapedOrNot = /((?<![\ud800-\udbff])[\udc80-\udcff])/;

/** The text for bytes that should be UTF-8; {@link bytesOfText} leads back from it. */
export function textOfBytes(bytes: Uint8Array): string {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (isAscii(bytes)) return view.toString("latin1");
  try {
    return utf8.decode(bytes);
  } catch {
    // Not all of it is UTF-8: each sequence is then looked at on its own.
    return textOfDamagedBytes(view);
  }
}

/** The text for the bytes of a path, which are given in latin1. */
export function pathText(latin1: string): string {
  return beyondAscii.test(latin1) ? textOfBytes(Buffer.from(latin1, "latin1")) : latin1;
}

/** What the file system is asked with for the text of a path: the text, or bytes where it is no UTF-8. */
export function systemPath(text: string): string | Buffer {
  // Nearly every path is ASCII, which is told several times faster.
  return beyondAscii.test(text) && escaped.test(text) ? bytesOfText(text) : text;
}

/** The bytes of a path in latin1. */
export function pathLatin1(text: string): string {
  return beyondAscii.test(text) ? bytesOfText(text).toString("latin1") : text;
}

/** The bytes that {@link textOfBytes} made a text of. */
export function bytesOfText(text: string): Buffer {
  return Buffer.concat(
    text
      .split(escapedOrNot)
      .map((part) => (escaped.test(part) ? Buffer.of(part.charCodeAt(0) & 0xff) : Buffer.from(part, "utf8"))),
  );
}

function isAscii(bytes: Uint8Array): boolean {
  for (let index = 0; index < bytes.length; index++) {
    if (bytes[index]! > 0x7f) return false;
  }
  return true;
}

/** Keeps the sequences that are UTF-8 and maps every other byte on its own. */
function textOfDamagedBytes(bytes: Buffer): string {
  let text = "";
  let sound = 0;
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at);
    if (length === 0) {
      text += bytes.toString("utf8", sound, at) + String.fromCharCode(0xdc00 + bytes[at]!);
      sound = at + 1;
    }
    at += length || 1;
  }
  return text + bytes.toString("utf8", sound);
}

/** Bytes of the UTF-8 sequence that begins here; 0 where none does (Unicode 15, table 3-7). */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  if (first < 0x80) return 1;
  const length =
    first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 0;
  const [low, high] = secondByte[first] ?? [0x80, 0xbf];
  for (let index = 1; index < length; index++) {
    const next = bytes[at + index] ?? 0;
    if (index === 1 ? next < low || next > high : (next & 0xc0) !== 0x80) return 0;
  }
  return length;
}

const secondByte: Readonly<Record<number, readonly [low: number, high: number]>> = {
  224: [0xa0, 0xbf],
  237: [0x80, 0x9f],
  240: [0x90, 0xbf],
  244: [0x80, 0x8f],
};
