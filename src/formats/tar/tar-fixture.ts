import { Buffer } from "node:buffer";

/** An entry that a test writes; what is left out is ordinary. */
export interface FixtureEntry {
  name: string;
  /** Type flag, "0" unless told. */
  type?: string;
  content?: Uint8Array | string;
  /** Size field, where it should not be the content's. */
  size?: number;
  mode?: number;
  uid?: number;
  gid?: number;
  mtime?: number;
  link?: string;
  prefix?: string;
  magic?: "ustar" | "gnu" | "none";
  /** Records of a PAX header that comes before the entry. */
  pax?: readonly (readonly [string, string | Uint8Array])[];
  /** Changes the header before its checksum is written. */
  edit?: (block: Uint8Array) => void;
}

/** A tar archive of the entries, with its end marker. For tests. */
export function tarOf(entries: readonly FixtureEntry[], end = true): Uint8Array {
  const parts = entries.flatMap(entryBytes);
  if (end) parts.push(new Uint8Array(1024));
  return new Uint8Array(Buffer.concat(parts));
}

/** One record of a PAX header, with its own length in front. */
export function paxRecord(key: string, value: string | Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value), Buffer.from("\n")]);
  let length = body.length;
  while (String(length).length + body.length !== length) length = String(length).length + body.length;
  return new Uint8Array(Buffer.concat([Buffer.from(String(length)), body]));
}

/** A 12-byte octal number at a place of a block. */
export function putOctal(block: Uint8Array, at: number, value: number, length = 12): void {
  block.set(Buffer.from(value.toString(8).padStart(length - 1, "0")), at);
}

/** Content padded to whole blocks. */
export function padded(content: Uint8Array): Uint8Array {
  const whole = new Uint8Array(Math.ceil(content.length / 512) * 512);
  whole.set(content);
  return whole;
}

function entryBytes(entry: FixtureEntry): Uint8Array[] {
  const content = typeof entry.content === "string" ? Buffer.from(entry.content) : (entry.content ?? new Uint8Array(0));
  const own = [headerBlock(entry, entry.size ?? content.length), padded(content)];
  if (!entry.pax) return own;
  const records = new Uint8Array(Buffer.concat(entry.pax.map(([key, value]) => paxRecord(key, value))));
  return [headerBlock({ name: "PaxHeaders/x", type: "x" }, records.length), padded(records), ...own];
}

function headerBlock(entry: FixtureEntry, size: number): Uint8Array {
  const block = new Uint8Array(512);
  block.set(Buffer.from(entry.name).subarray(0, 100), 0);
  putOctal(block, 100, entry.mode ?? 0o644, 8);
  putOctal(block, 108, entry.uid ?? 0, 8);
  putOctal(block, 116, entry.gid ?? 0, 8);
  putOctal(block, 124, size);
  putOctal(block, 136, entry.mtime ?? 0);
  block[156] = (entry.type ?? "0").charCodeAt(0);
  block.set(Buffer.from(entry.link ?? "").subarray(0, 100), 157);
  if (entry.magic === "gnu") block.set(Buffer.from("ustar  \0"), 257);
  else if (entry.magic !== "none") block.set(Buffer.from("ustar\x0000"), 257);
  if (entry.prefix) block.set(Buffer.from(entry.prefix).subarray(0, 155), 345);
  entry.edit?.(block);
  sealHeader(block);
  return block;
}

/** Writes the checksum of a header block. */
export function sealHeader(block: Uint8Array): void {
  block.fill(0x20, 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.set(Buffer.from(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
}
