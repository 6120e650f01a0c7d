import type { Keyword } from "./keyword-search.ts";

/** In which encoding a keyword was seen. */
export type Encoding = "base64" | "hex";

/** Bytes of encoded text on either side of a keyword that are decoded with it. */
const longestRun = 65_536;
const shortestForm = 4;

/**
 * How a keyword looks inside encoded text: in base64 each of the three places that it can have within a group of three bytes gives another form, of which
 * the characters that depend on its neighbours are left out (RFC 4648 §4). So encoded secrets are found by the same search as plain ones.
 */
export function encodedForms(keyword: string): (Keyword & { readonly encoding: Encoding })[] {
  const base64 = [0, 1, 2].map((offset) => {
    const text = Buffer.from("\0".repeat(offset) + keyword, "latin1").toString("base64");
    return text.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + keyword.length) * 8) / 6));
  });
  const hex = { text: Buffer.from(keyword, "latin1").toString("hex"), ignoreCase: true, encoding: "hex" as const };
  return [
    ...base64.filter((text) => text.length >= shortestForm).map((text) => ({ text, encoding: "base64" as const })),
    hex,
  ];
}

/** A stretch of encoded text around an offset and what it decodes to; undefined where that is no text. */
export function decodedRun(
  bytes: Uint8Array,
  at: number,
  encoding: Encoding,
): { readonly start: number; readonly end: number; readonly content: Uint8Array } | undefined {
  const isInside = encoding === "hex" ? isHexByte : isBase64Byte;
  let start = at;
  while (start > 0 && at - start < longestRun && isInside(bytes[start - 1]!)) start--;
  let end = at;
  while (end < bytes.length && end - at < longestRun && isInside(bytes[end]!)) end++;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("latin1");
  const content = Buffer.from(text, encoding);
  return isText(content) ? { start, end, content } : undefined;
}

/** Something encoded in a text, and what it decodes to: a text, or a structure in DER. */
export interface EncodedRun {
  readonly start: number;
  readonly end: number;
  readonly encoding: Encoding;
  readonly content: Uint8Array;
  readonly isText: boolean;
}

/** Shorter runs are names and words more often than values. */
const shortestRun = 24;
const shortestHex = 32;
/** A line of wrapped base64 (64 in PEM and PGP, 76 in MIME and base64(1)), at the least. */
const shortestLine = 48;

/**
 * Everything in a text that is base64 (also of the alphabet for addresses, and wrapped over lines of one length) or hex and decodes to a text or to
 * what begins as DER does. Linear in the length: stretches without a long run are stepped over.
 */
export function* encodedRuns(bytes: Uint8Array): Iterable<EncodedRun> {
  for (let at = 0; at + shortestRun <= bytes.length; ) {
    const gap = lastOther(bytes, at, at + shortestRun);
    if (gap >= 0) {
      at = gap + 1;
      continue;
    }
    let end = at + shortestRun;
    while (end < bytes.length && isEncodedByte[bytes[end]!] === 1) end++;
    const run = wrapped(bytes, at, end);
    yield* decodedRuns(run);
    at = run.end;
  }
}

interface Run {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The last byte of a stretch that is in neither alphabet; -1 where all are. */
function lastOther(bytes: Uint8Array, start: number, end: number): number {
  for (let index = end - 1; index >= start; index--) if (isEncodedByte[bytes[index]!] !== 1) return index;
  return -1;
}

/** The run with the lines that follow it, where it fills a line and they go on from it at the same indentation. */
function wrapped(bytes: Uint8Array, start: number, firstEnd: number): Run {
  const length = firstEnd - start;
  const lines = [latin1(bytes, start, firstEnd)];
  let end = firstEnd;
  while (length >= shortestLine) {
    const next = nextLine(bytes, end);
    if (next === undefined || next.end - next.start > length) break;
    lines.push(latin1(bytes, next.start, next.end));
    end = next.end;
    if (next.end - next.start < length) break;
  }
  return { start, end, text: lines.join("") };
}

function nextLine(bytes: Uint8Array, at: number): { start: number; end: number } | undefined {
  let start = at;
  if (bytes[start] === 0x0d) start++;
  if (bytes[start] !== 0x0a) return undefined;
  start++;
  while (bytes[start] === 0x20 || bytes[start] === 0x09) start++;
  let end = start;
  while (end < bytes.length && isEncodedByte[bytes[end]!] === 1) end++;
  const next = bytes[end];
  // A line of something else, such as `key: value`, is none of it.
  return end > start && (next === undefined || next <= 0x20 || next === 0x3d || next === 0x22 || next === 0x27)
    ? { start, end }
    : undefined;
}

function* decodedRuns({ start, end, text }: Run): Iterable<EncodedRun> {
  if (text.length >= shortestHex && text.length % 2 === 0 && /^(?:[0-9a-f]+|[0-9A-F]+)$/.test(text)) {
    const content = decodedText(text, "hex");
    if (content !== undefined) {
      yield { start, end, encoding: "hex", ...content };
      return;
    }
  }
  const whole = decodedText(text, "base64");
  if (whole !== undefined) {
    yield { start, end, encoding: "base64", ...whole };
    return;
  }
  // Words may be joined to it by the two characters of the other alphabet: `token-` before, `/` around it.
  if (end - start !== text.length) return;
  for (const part of text.matchAll(/[A-Za-z0-9+]{24,}/g)) {
    const content = part[0].length === text.length ? undefined : decodedText(part[0], "base64");
    if (content === undefined) continue;
    const from = start + part.index;
    yield { start: from, end: from + part[0].length, encoding: "base64", ...content };
  }
}

/** The first few characters tell nearly always. */
const probe = 24;

function decodedText(text: string, encoding: Encoding): { content: Uint8Array; isText: boolean } | undefined {
  const beginning = Buffer.from(text.slice(0, probe), encoding);
  const isDer = beginning[0] === 0x30 && text.length >= 64;
  if (!isText(beginning) && !isDer) return undefined;
  const content = Buffer.from(text, encoding);
  if (isText(content)) return { content, isText: true };
  return isDer ? { content, isText: false } : undefined;
}

/** Of base64, with the alphabet for addresses; digits of hex are among them. */
const isEncodedByte = Uint8Array.from({ length: 256 }, (_, byte) =>
  /[A-Za-z0-9+/_-]/.test(String.fromCharCode(byte)) ? 1 : 0,
);

function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("latin1");
}

/** Mostly printable: encoded programs and pictures hold every byte. */
function isText(content: Uint8Array): boolean {
  if (content.length === 0) return false;
  let odd = 0;
  const length = Math.min(content.length, 4_096);
  for (let index = 0; index < length; index++) {
    const byte = content[index]!;
    if (byte >= 0x7f || (byte < 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)) odd++;
  }
  return odd <= length * 0.05;
}

function isHexByte(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66) || (byte >= 0x41 && byte <= 0x46);
}

function isBase64Byte(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    byte === 0x2b ||
    byte === 0x2f
  );
}
