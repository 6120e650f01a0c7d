import { createHash, createPublicKey, type JsonWebKey, verify } from "node:crypto";
import { corrupt, limitExceeded } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import { signedText } from "./host/apt-release.ts";

/** A public key that signatures can be verified with. Plain JSON. */
export interface SigningKey {
  /** Hexadecimal, upper case; of version 4 (RFC 9580 §5.5.4.2). */
  readonly fingerprint: string;
  /** As JSON Web Key (RFC 7517): RSA or Ed25519. */
  readonly jwk: { readonly kty: string; readonly [member: string]: string };
}

/** Keys of one keyring; the largest known hold a few dozen. */
const mostKeys = 10_000;

interface Packet {
  readonly tag: number;
  readonly body: Buffer;
}

const signatureTag = 2;
const keyTags: readonly number[] = [6, 14];

/**
 * The keys and subkeys of a keyring, binary or armoured (RFC 9580 §10.1). Kinds that are not known are left out, as are revocations and expiries, which are not
 * judged. Throws `CORRUPT_INPUT` where it is no keyring, `LIMIT_EXCEEDED`.
 */
export function parseKeyring(bytes: Uint8Array, name: string): SigningKey[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const blocks = buffer.includes("-----BEGIN PGP")
    ? armoured(buffer.toString("latin1"), "PUBLIC KEY BLOCK", name)
    : [buffer];
  const keys: SigningKey[] = [];
  for (const block of blocks)
    for (const { tag, body } of packets(block, name)) {
      const key = keyTags.includes(tag) ? keyOf(body, name) : undefined;
      if (key !== undefined) keys.push(key);
      if (keys.length > mostKeys) throw limitExceeded(name, `${mostKeys} keys`);
    }
  return keys;
}

/** What came of verifying: by which key, or that none of the keys made any of the signatures. A signature of one of the keys that is wrong is neither. */
export type Verification =
  | { readonly status: "verified"; readonly by: string }
  | { readonly status: "unknown-key" | "wrong" };

/** Verifies the cleartext signature of an `InRelease` (RFC 9580 §7). Throws `CORRUPT_INPUT` where it has no such form. */
export function verifyCleartext(text: string, keys: readonly SigningKey[], name: string): Verification {
  const data = canonical(signedText(text, name));
  let isKnown = false;
  const signatures = armoured(text, "SIGNATURE", name).flatMap((block) => [...packets(block, name)]);
  for (const { body } of signatures.filter(({ tag }) => tag === signatureTag)) {
    const signature = signatureOf(body, name);
    if (signature === undefined) continue;
    for (const key of keys.filter(({ fingerprint }) => signature.issuers.some((id) => fingerprint.endsWith(id)))) {
      isKnown = true;
      if (isGood(signature, key, data)) return { status: "verified", by: key.fingerprint };
    }
  }
  return { status: isKnown ? "wrong" : "unknown-key" };
}

/** Lines end with CR LF, without blanks before it; the last line's end belongs to the frame. */
function canonical(text: string): Buffer {
  return Buffer.from(
    text
      .replace(/\r?\n$/, "")
      .split("\n")
      .map((line) => line.replace(/[ \t\r]+$/, ""))
      .join("\r\n"),
  );
}

function armoured(text: string, kind: string, name: string): Buffer[] {
  const found: Buffer[] = [];
  const begin = `-----BEGIN PGP ${kind}-----`;
  for (let at = text.indexOf(begin); at >= 0; at = text.indexOf(begin, at + 1)) {
    const end = text.indexOf(`-----END PGP ${kind}-----`, at);
    const body = text.slice(at + begin.length, end < 0 ? text.length : end);
    const blank = /\r?\n[ \t]*\r?\n/.exec(body);
    if (end < 0 || blank === null) throw corrupt(name, `an armoured ${kind.toLowerCase()} is not whole`, at);
    const base64 = body.slice(blank.index).replace(/\r?\n=[A-Za-z0-9+/]{4}\s*$/, "");
    found.push(Buffer.from(base64.replaceAll(/\s/g, ""), "base64"));
  }
  return found;
}

/** The packets of a message (RFC 9580 §4.2). Lengths that are open or given in parts do not occur in keys and signatures. */
function* packets(bytes: Buffer, name: string): Generator<Packet> {
  for (let at = 0; at < bytes.length; ) {
    const reader = new Reader(bytes, at, name);
    const head = reader.byte();
    if ((head & 0x80) === 0) throw corrupt(name, "is no OpenPGP packet", at);
    const isCurrent = (head & 0x40) !== 0;
    const length = isCurrent
      ? reader.currentLength()
      : reader.number([1, 2, 4][head & 3] ?? reader.refuse("a packet of open length"));
    if (length > limits.document) throw limitExceeded(name, `${limits.document} bytes of a packet`);
    yield { tag: isCurrent ? head & 0x3f : (head >> 2) & 0x0f, body: reader.take(length) };
    at = reader.at;
  }
}

class Reader {
  at: number;
  readonly #bytes: Buffer;
  readonly #name: string;

  constructor(bytes: Buffer, at: number, name: string) {
    this.#bytes = bytes;
    this.at = at;
    this.#name = name;
  }

  take(length: number): Buffer {
    if (this.at + length > this.#bytes.length) throw corrupt(this.#name, "OpenPGP: ends within a packet", this.at);
    const part = this.#bytes.subarray(this.at, this.at + length);
    this.at += length;
    return part;
  }

  byte(): number {
    return this.take(1)[0]!;
  }

  number(size: number): number {
    return this.take(size).readUIntBE(0, size);
  }

  /** A length of the current form: one, two or five bytes. */
  currentLength(): number {
    const first = this.byte();
    if (first < 192) return first;
    if (first < 224) return ((first - 192) << 8) + this.byte() + 192;
    return first === 255 ? this.number(4) : this.refuse("a packet in parts");
  }

  /** A number of any size: its bits in two bytes, then its bytes. */
  integer(): Buffer {
    return this.take(Math.ceil(this.number(2) / 8));
  }

  rest(): Buffer {
    return this.take(this.#bytes.length - this.at);
  }

  refuse(what: string): never {
    throw corrupt(this.#name, `OpenPGP: holds ${what}`, this.at);
  }
}

/** The object identifier of Ed25519 as legacy EdDSA keys have it. */
const ed25519 = "2b06010401da470f01";

function keyOf(body: Buffer, name: string): SigningKey | undefined {
  const reader = new Reader(body, 0, name);
  if (reader.byte() !== 4) return undefined;
  reader.take(4);
  const jwk = materialOf(reader.byte(), reader);
  if (jwk === undefined) return undefined;
  const length = Buffer.alloc(2);
  length.writeUInt16BE(body.length & 0xffff);
  const fingerprint = createHash("sha1")
    .update(Buffer.of(0x99))
    .update(length)
    .update(body)
    .digest("hex")
    .toUpperCase();
  return { fingerprint, jwk };
}

function materialOf(algorithm: number, reader: Reader): SigningKey["jwk"] | undefined {
  if ([1, 3].includes(algorithm)) {
    const [n, e] = [reader.integer(), reader.integer()];
    return { kty: "RSA", n: n.toString("base64url"), e: e.toString("base64url") };
  }
  if (algorithm === 27) return { kty: "OKP", crv: "Ed25519", x: reader.take(32).toString("base64url") };
  if (algorithm !== 22 || reader.take(reader.byte()).toString("hex") !== ed25519) return undefined;
  const point = reader.integer();
  return point.length === 33 ? { kty: "OKP", crv: "Ed25519", x: point.subarray(1).toString("base64url") } : undefined;
}

interface Signature {
  readonly algorithm: number;
  readonly hash: string;
  /** Ends of the fingerprints of the keys that it says it was made by, in hexadecimal. */
  readonly issuers: readonly string[];
  /** What is hashed behind the text. */
  readonly trailer: Buffer;
  readonly value: Buffer;
}

/** Hashes that still count; SHA-1 and older ones do not. */
const hashes: Readonly<Record<number, string>> = { 8: "sha256", 9: "sha384", 10: "sha512", 11: "sha224" };
const textSignature = 1;

/** A signature of version 4 over a text; undefined for every other. */
function signatureOf(body: Buffer, name: string): Signature | undefined {
  const reader = new Reader(body, 0, name);
  if (reader.byte() !== 4) return undefined;
  const [type, algorithm, hashId] = [reader.byte(), reader.byte(), reader.byte()];
  const hash = hashes[hashId];
  const hashed = reader.take(reader.number(2));
  const hashedEnd = reader.at;
  const unhashed = reader.take(reader.number(2));
  reader.take(2);
  if (type !== textSignature || hash === undefined) return undefined;
  const length = Buffer.alloc(4);
  length.writeUInt32BE(hashedEnd);
  const issuers = [hashed, unhashed].flatMap((part) => issuersIn(part, name));
  const trailer = Buffer.concat([body.subarray(0, hashedEnd), Buffer.of(4, 0xff), length]);
  const value = numbersOf(algorithm, reader);
  return value && { algorithm, hash, issuers, trailer, value };
}

function numbersOf(algorithm: number, reader: Reader): Buffer | undefined {
  if ([1, 3].includes(algorithm)) return reader.integer();
  if (algorithm === 27) return reader.take(64);
  if (algorithm !== 22) return undefined;
  const [r, s] = [reader.integer(), reader.integer()];
  if (r.length > 32 || s.length > 32) return undefined;
  return Buffer.concat([Buffer.alloc(32 - r.length), r, Buffer.alloc(32 - s.length), s]);
}

/** Subpackets 33 (issuer fingerprint) and 16 (issuer key id). */
function issuersIn(part: Buffer, name: string): string[] {
  const found: string[] = [];
  for (let at = 0; at < part.length; ) {
    const reader = new Reader(part, at, name);
    const first = reader.byte();
    const length = first < 192 ? first : first < 255 ? ((first - 192) << 8) + reader.byte() + 192 : reader.number(4);
    const content = reader.take(length);
    at = reader.at;
    const kind = (content[0] ?? 0) & 0x7f;
    if (kind === 33 && content.length === 22) found.push(content.subarray(2).toString("hex").toUpperCase());
    if (kind === 16 && content.length === 9) found.push(content.subarray(1).toString("hex").toUpperCase());
  }
  return found;
}

function isGood({ algorithm, hash, trailer, value }: Signature, { jwk }: SigningKey, data: Buffer): boolean {
  const isRsa = [1, 3].includes(algorithm);
  if (isRsa !== (jwk.kty === "RSA")) return false;
  const whole = Buffer.concat([data, trailer]);
  try {
    const key = createPublicKey({ key: jwk as JsonWebKey, format: "jwk" });
    if (!isRsa) return verify(null, createHash(hash).update(whole).digest(), key, value);
    const size = Math.ceil((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8);
    return value.length <= size && verify(hash, whole, key, Buffer.concat([Buffer.alloc(size - value.length), value]));
  } catch {
    // A key or value that the library refuses made no good signature.
    return false;
  }
}
