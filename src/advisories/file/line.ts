/** Writes a field so that tabs, line breaks and other control characters in it neither end it nor disturb the order of keys (docs/advisory-file.md, "Lines"). */
export function escapeField(text: string): string {
  return special.test(text)
    ? text.replace(specials, (char) => escapes[char] ?? `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`)
    : text;
}

/** Reads a field that {@link escapeField} wrote. */
export function unescapeField(text: string): string {
  if (!text.includes("\\")) return text;
  return text.replace(/\\(?:x([0-9a-f]{2})|(.))/g, (_, hex: string | undefined, char: string) =>
    hex === undefined ? (unescapes[char] ?? char) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

const special = /[\\\u0000-\u001f]/;
const specials = /[\\\u0000-\u001f]/g;
const escapes: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };
const unescapes: Readonly<Record<string, string>> = { t: "\t", n: "\n", r: "\r", "\\": "\\" };

/** A line of fields; empty fields at its end are left out. */
export function joinFields(fields: readonly string[]): string {
  let end = fields.length;
  while (end > 1 && fields[end - 1] === "") end--;
  return fields.slice(0, end).map(escapeField).join("\t");
}

/** The fields of a line. */
export function splitFields(line: string): string[] {
  const fields = line.split("\t");
  return line.includes("\\") ? fields.map(unescapeField) : fields;
}

/** What a line is found by: its first field, as written. */
export function keyOf(line: string): string {
  const tab = line.indexOf("\t");
  return tab < 0 ? line : line.slice(0, tab);
}

/** The order of lines and keys: by UTF-16 code unit, as JavaScript compares strings. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** FNV-1a, 32 bits, over the UTF-8 bytes (RFC 9923 §2): which part of a section a key is in. */
export function bucketOf(key: string, buckets: number): number {
  if (buckets === 1) return 0;
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) {
    const code = key.charCodeAt(index);
    if (code > 127) return bucketOfBytes(Buffer.from(key, "utf8"), buckets);
    hash = Math.imul(hash ^ code, 0x01000193);
  }
  return (hash >>> 0) % buckets;
}

function bucketOfBytes(bytes: Uint8Array, buckets: number): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0) % buckets;
}
