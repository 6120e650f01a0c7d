const sniffed = 8_192;

/** UTF-16 that says so by its byte order mark (Unicode §23.8), as scripts and settings of Windows have it, in UTF-8; everything else as it is. */
export function plainText(bytes: Uint8Array): Uint8Array {
  const mark = bytes.length % 2 === 0 && bytes.length >= 2 ? (bytes[0]! << 8) | bytes[1]! : 0;
  if (mark !== 0xfffe && mark !== 0xfeff) return bytes;
  const copy = Buffer.from(bytes);
  return Buffer.from((mark === 0xfeff ? copy.swap16() : copy).toString("utf16le"), "utf8");
}

/** Whether bytes are no text: a NUL near the start, as git and grep judge it. */
export function looksBinary(bytes: Uint8Array): boolean {
  const end = Math.min(bytes.length, sniffed);
  for (let index = 0; index < end; index++) if (bytes[index] === 0) return true;
  return false;
}

/** At most `length` bytes from `at` on as text, a character a byte. */
export function textAt(bytes: Uint8Array, at: number, length: number): string {
  const end = Math.min(bytes.length, at + length);
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, end - at).toString("latin1");
}

/** Whether no letter or digit stands before; one that ends an escape such as `\n` or `%20` is none. */
export function isWordStart(bytes: Uint8Array, at: number): boolean {
  if (at === 0) return true;
  const byte = bytes[at - 1]!;
  const isWord = (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x30 && byte <= 0x39);
  if (!isWord) return true;
  if (at >= 2 && bytes[at - 2] === 0x5c) return byte === 0x6e || byte === 0x72 || byte === 0x74;
  return at >= 3 && bytes[at - 3] === 0x25;
}
