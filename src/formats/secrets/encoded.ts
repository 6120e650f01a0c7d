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
