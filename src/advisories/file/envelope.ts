import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";
import { AppError, corrupt } from "../../core/errors.ts";

/** Media type of the signed index. */
export const payloadType = "application/vnd.plimsoll.advisories.index.v1+json";

/** A signed or unsigned index as it is stored: a DSSE envelope (github.com/secure-systems-lab/dsse, "Protocol"). */
export interface Envelope {
  readonly payload: Buffer;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}

/** Reads an envelope; anything else is `CORRUPT_INPUT`. */
export function readEnvelope(text: string, name: string): Envelope {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw corrupt(name, "is no JSON document: it is damaged or cut off");
  }
  const {
    payloadType: type,
    payload,
    signatures,
  } = (document ?? {}) as { payloadType?: unknown; payload?: unknown; signatures?: unknown };
  if (type !== payloadType || typeof payload !== "string" || !Array.isArray(signatures))
    throw corrupt(name, "is no index of advisory data");
  return { payload: Buffer.from(payload, "base64"), signatures: signatures.filter(isSignature) };
}

function isSignature(value: unknown): value is { keyid: string; sig: string } {
  return (
    typeof value === "object" &&
    value !== null &&
    "keyid" in value &&
    "sig" in value &&
    typeof value.keyid === "string" &&
    typeof value.sig === "string"
  );
}

/** Writes an envelope around a payload, signed where a private key is given. */
export function writeEnvelope(payload: Buffer, key?: KeyObject): string {
  const signatures =
    key === undefined
      ? []
      : [{ keyid: keyId(createPublicKey(key)), sig: sign(null, preAuthentication(payload), key).toString("base64") }];
  return storedEnvelope({ payload, signatures });
}

/** The text of an envelope. */
export function storedEnvelope({ payload, signatures }: Envelope): string {
  return `${JSON.stringify({ payloadType, payload: payload.toString("base64"), signatures })}\n`;
}

/** Throws `CORRUPT_INPUT` unless one of the keys signed the payload. */
export function requireSignature(envelope: Envelope, keys: readonly KeyObject[], name: string): void {
  if (envelope.signatures.length === 0) {
    throw new AppError("CORRUPT_INPUT", `${name}: is not signed, and a key was given`, {
      hint: "take it from its publisher again, or leave the key away for a build of your own",
    });
  }
  const message = preAuthentication(envelope.payload);
  const isGood = keys.some((key) =>
    envelope.signatures.some(({ sig }) => verify(null, message, key, Buffer.from(sig, "base64"))),
  );
  if (isGood) return;
  const signers = envelope.signatures.map(({ keyid }) => keyid.slice(0, 16)).join(", ");
  throw new AppError(
    "CORRUPT_INPUT",
    `${name}: no signature by the given key (it names key ${signers}): it was changed, or somebody else made it`,
    {
      hint: "check the key; do not use this data until the publisher explains it",
    },
  );
}

/** DSSE's pre-authentication encoding. */
function preAuthentication(payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `), payload]);
}

/** Identifies a public key: SHA-256 of its SubjectPublicKeyInfo, in hexadecimal. */
export function keyId(key: KeyObject): string {
  return createHash("sha256")
    .update(key.export({ type: "spki", format: "der" }))
    .digest("hex");
}

/** A new Ed25519 key pair (RFC 8032) as PEM: PKCS #8 and SubjectPublicKeyInfo. */
export function newKeyPair(): { privateKey: string; publicKey: string } {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  return {
    privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
  };
}

/** Reads an Ed25519 key in PEM; anything else is `CONFIG_INVALID`. */
export function readKey(pem: string, kind: "public" | "private", name: string): KeyObject {
  try {
    const key = kind === "public" ? createPublicKey(pem) : createPrivateKey(pem);
    if (key.asymmetricKeyType === "ed25519") return key;
  } catch {
    throw new AppError("CONFIG_INVALID", `${name}: is no ${kind} key in PEM`, {
      hint: "make one with `plimsoll db keygen`",
    });
  }
  throw new AppError("CONFIG_INVALID", `${name}: is no Ed25519 key`, { hint: "make one with `plimsoll db keygen`" });
}
