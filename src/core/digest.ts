import { createHash } from "node:crypto";

/** The SHA-256 of text (as UTF-8) or bytes, in lower-case hex. */
export function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** Name space of the identifiers that Plimsoll derives: a UUID of its own. */
const nameSpace = Buffer.from("3f1d2b6e5c7a4e0f9b8d6a5c4e3f2d1b", "hex");

/** A name-based UUID version 5 (RFC 9562 §5.5): equal names give equal identifiers in every run. */
export function uuid5(name: string): string {
  const bytes = createHash("sha1").update(nameSpace).update(name).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
