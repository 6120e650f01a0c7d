import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";

/** A key that a test signs with, and its public half as a keyring holds it. */
export interface FixtureKey {
  readonly keyring: Buffer;
  readonly fingerprint: string;
  /** A text with a signature, in the frame of an `InRelease`. */
  signed(text: string): string;
}

/** Makes a key of a kind: RSA, Ed25519 as legacy EdDSA (22) or Ed25519 of RFC 9580 (27). For tests. */
export function fixtureKey(kind: "rsa" | "eddsa" | "ed25519"): FixtureKey {
  const { publicKey, privateKey } =
    kind === "rsa" ? generateKeyPairSync("rsa", { modulusLength: 2048 }) : generateKeyPairSync("ed25519");
  const body = Buffer.concat([Buffer.of(4, 0x60, 0, 0, 0, algorithms[kind]), material(kind, publicKey)]);
  const length = Buffer.of(body.length >> 8, body.length & 0xff);
  const fingerprint = createHash("sha1").update(Buffer.of(0x99)).update(length).update(body).digest();
  return {
    keyring: packet(6, body),
    fingerprint: fingerprint.toString("hex").toUpperCase(),
    signed: (text) => frame(text, signature(kind, privateKey, fingerprint, text)),
  };
}

const algorithms = { rsa: 1, eddsa: 22, ed25519: 27 };

function material(kind: keyof typeof algorithms, key: KeyObject): Buffer {
  const { n = "", e = "", x = "" } = key.export({ format: "jwk" });
  const bytes = (text: string) => Buffer.from(text, "base64url");
  if (kind === "rsa") return Buffer.concat([integer(bytes(n)), integer(bytes(e))]);
  if (kind === "ed25519") return bytes(x);
  const identifier = Buffer.from("2b06010401da470f01", "hex");
  return Buffer.concat([Buffer.of(identifier.length), identifier, integer(Buffer.concat([Buffer.of(0x40), bytes(x)]))]);
}

function signature(kind: keyof typeof algorithms, key: KeyObject, fingerprint: Buffer, text: string): Buffer {
  const subpacket = Buffer.concat([Buffer.of(22, 33, 4), fingerprint]);
  const head = Buffer.concat([Buffer.of(4, 1, algorithms[kind], 8, 0, subpacket.length), subpacket]);
  const trailer = Buffer.concat([head, Buffer.of(4, 0xff, 0, 0, 0, head.length)]);
  const canonical = text
    .replace(/\n$/, "")
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\r\n");
  const data = Buffer.concat([Buffer.from(canonical), trailer]);
  const made = kind === "rsa" ? sign("sha256", data, key) : sign(null, createHash("sha256").update(data).digest(), key);
  const value =
    kind === "rsa"
      ? integer(made)
      : kind === "ed25519"
        ? made
        : Buffer.concat([integer(made.subarray(0, 32)), integer(made.subarray(32))]);
  return packet(2, Buffer.concat([head, Buffer.of(0, 0, 0, 0), value]));
}

function frame(text: string, signed: Buffer): string {
  const escaped = text.replaceAll(/^-/gm, "- -");
  const base64 = signed.toString("base64").replaceAll(/(.{64})/g, "$1\n");
  return `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n${escaped}-----BEGIN PGP SIGNATURE-----\n\n${base64}\n=AAAA\n-----END PGP SIGNATURE-----\n`;
}

function packet(tag: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.of(0xc0 | tag, 0xff, 0, 0, body.length >> 8, body.length & 0xff), body]);
}

/** A number with its bits in front; leading zeros are left out. */
function integer(bytes: Buffer): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0);
  const plain = start < 0 ? Buffer.alloc(0) : bytes.subarray(start);
  const bits = plain.length === 0 ? 0 : (plain.length - 1) * 8 + (32 - Math.clz32(plain[0]!));
  return Buffer.concat([Buffer.of(bits >> 8, bits & 0xff), plain]);
}
