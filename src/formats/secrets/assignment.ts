/** A value that a text gives to a name, with its offsets in the bytes. */
export interface Assignment {
  readonly name: string;
  readonly value: string;
  readonly isQuoted: boolean;
  readonly start: number;
  readonly end: number;
}

const longestName = 64;
const longestRest = 40;
const longestValue = 2_048;
const doubleQuote = 0x22;
const singleQuote = 0x27;
const backquote = 0x60;
const backslash = 0x5c;

/**
 * The assignment whose name has the characters `from` to `to` (exclusive) in it: `NAME=value`, `name: value`, `"name": "value"`, `name => value`,
 * `name := value`, `--name value` and `<name>value</name>`. Undefined where there is none. Looks at a bounded number of bytes.
 */
export function assignmentAt(bytes: Uint8Array, from: number, to: number): Assignment | undefined {
  let start = from;
  while (start > 0 && from - start < longestName && isNameByte(bytes[start - 1]!)) start--;
  let end = to;
  while (end < bytes.length && end - to < longestRest && isNameByte(bytes[end]!)) end++;
  // The end of a path with fields behind it, as in /etc/passwd:rw-r--r--, is no name.
  if (bytes[start - 1] === 0x2f && bytes[end] === 0x3a) return undefined;
  const valueStart = afterSeparator(bytes, start, end);
  return valueStart === undefined ? undefined : valueAt(bytes, latin1(bytes, start, end), valueStart);
}

function afterSeparator(bytes: Uint8Array, start: number, end: number): number | undefined {
  const next = bytes[end];
  if (next === 0x3e && bytes[start - 1] === 0x3c) return end + 1;
  const isOption = bytes[start] === 0x2d && bytes[start + 1] === 0x2d;
  if (isOption && isBlank(next)) return skipBlanks(bytes, end);
  let at = end;
  if (next === backslash) at++;
  if (isQuote(bytes[at])) at++;
  if (bytes[at] === 0x5d) at++;
  at = skipBlanks(bytes, at);
  const separator = bytes[at];
  if (separator === 0x3d) {
    // == and =~ compare; => assigns.
    if (bytes[at + 1] === 0x3d || bytes[at + 1] === 0x7e) return undefined;
    return skipBlanks(bytes, bytes[at + 1] === 0x3e ? at + 2 : at + 1);
  }
  if (separator !== 0x3a || bytes[at + 1] === 0x3a || bytes[at + 1] === 0x2f) return undefined;
  return skipBlanks(bytes, bytes[at + 1] === 0x3d ? at + 2 : at + 1);
}

function valueAt(bytes: Uint8Array, name: string, at: number): Assignment | undefined {
  let start = at;
  if (bytes[start] === backslash && isQuote(bytes[start + 1])) start++;
  // Prefixes of string literals in Python and Rust.
  if (/[bru]/.test(String.fromCharCode(bytes[start] ?? 0)) && isQuote(bytes[start + 1])) start++;
  const quote = isQuote(bytes[start]) ? bytes[start] : undefined;
  if (quote !== undefined) start++;
  const limit = Math.min(bytes.length, start + longestValue);
  let end = start;
  while (end < limit && !endsValue(bytes, end, quote)) end++;
  if (end === limit && limit < bytes.length) return undefined;
  if (quote !== undefined && bytes[end] !== quote && bytes[end] !== backslash) return undefined;
  return { name, value: latin1(bytes, start, end), isQuoted: quote !== undefined, start, end };
}

function endsValue(bytes: Uint8Array, at: number, quote: number | undefined): boolean {
  const byte = bytes[at]!;
  if (byte === 0x0a || byte === 0x0d || byte === 0) return true;
  if (quote !== undefined) return byte === quote || (byte === backslash && bytes[at + 1] === quote);
  // Space, quotes, and what ends a value in lists, tags and commands.
  return (
    byte <= 0x20 ||
    isQuote(byte) ||
    byte === 0x2c ||
    byte === 0x3b ||
    byte === 0x3c ||
    byte === 0x3e ||
    byte === 0x29 ||
    byte === 0x7d ||
    byte === 0x5d ||
    byte === 0x7c
  );
}

function skipBlanks(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at - from < 8 && isBlank(bytes[at])) at++;
  return at;
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09;
}

function isQuote(byte: number | undefined): boolean {
  return byte === doubleQuote || byte === singleQuote || byte === backquote;
}

function isNameByte(byte: number): boolean {
  return (
    (byte >= 0x61 && byte <= 0x7a) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    (byte >= 0x30 && byte <= 0x39) ||
    byte === 0x5f ||
    byte === 0x2d ||
    byte === 0x2e
  );
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString("latin1");
}
