import { type DerElement, derChildren, derElement, derTag } from "./der.ts";
import { openPgpKey } from "./openpgp-key.ts";
import type { SecretSeverity } from "./secret-rule.ts";
import { textAt } from "./text-bytes.ts";

/** A private key in a text form. */
export interface FoundPrivateKey {
  readonly kind: string;
  readonly title: string;
  readonly severity: SecretSeverity;
  /** The encoded key, for its hash. */
  readonly secret: string;
  /** The line that introduces it: all of it that may be shown. */
  readonly header: string;
  /** Characters from the header's first to the key's last. */
  readonly length: number;
}

/** What the bytes of a key are. */
interface KeyForm {
  readonly name: string;
  readonly title: string;
  readonly isEncrypted: boolean;
}

/** Characters of armour that are looked at for one key; a 16,384 bit RSA key takes 13,000. */
export const longestArmour = 65_536;
const header = /^-----BEGIN ((?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?)-----/;
const shortestKey = 40;

/**
 * The private key whose armour begins at an offset: PEM (RFC 7468; PKCS#1, PKCS#8, SEC 1), OpenSSH (PROTOCOL.key) or OpenPGP (RFC 9580).
 * It is decoded and its structure read, so that a header without a key is none. A body in the right alphabet that is no such structure is
 * reported as damaged: whoever put it there took it for a key. Undefined for everything else.
 */
export function armouredKeyAt(bytes: Uint8Array, at: number): FoundPrivateKey | undefined {
  if (!/PRIVATE KEY/.test(textAt(bytes, at, 64))) return undefined;
  return privateKeyAt(textAt(bytes, at, endOfArmour(bytes, at) - at));
}

/** The end of the next line of dashes after the header's: what lies behind it cannot belong to the key. */
function endOfArmour(bytes: Uint8Array, at: number): number {
  const limit = Math.min(bytes.length, at + longestArmour);
  const part = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).subarray(at, limit);
  const header = part.indexOf("-----", 11, "latin1");
  const next = header < 0 ? -1 : part.indexOf("-----", header + 5, "latin1");
  return next < 0 ? limit : Math.min(limit, at + next + 64);
}

function privateKeyAt(text: string): FoundPrivateKey | undefined {
  const [line, label] = header.exec(text) ?? [];
  if (line === undefined || label === undefined) return undefined;
  const end = text.indexOf("-----", line.length);
  const armour = text.slice(line.length, end < 0 ? longestArmour : end);
  const isClosed = end >= 0 && text.startsWith(`-----END ${label}-----`, end);
  const body = bodyOf(armour);
  if (body === undefined) return undefined;
  const length = line.length + armour.length + (isClosed ? `-----END ${label}-----`.length : 0);
  const form = formOf(label, Buffer.from(body.encoded, "base64"), body.isEncrypted);
  // Without an end and without a structure there is nothing to show that it ever was a key.
  if (form === undefined && !isClosed) return undefined;
  return { ...described(form), secret: body.encoded, header: line, length };
}

function described(form: KeyForm | undefined): Pick<FoundPrivateKey, "kind" | "title" | "severity"> {
  if (form === undefined)
    return { kind: "private-key-damaged", title: "Private key whose structure is damaged", severity: "medium" };
  const { name, title, isEncrypted } = form;
  if (isEncrypted)
    return { kind: `private-key-${name}-encrypted`, title: `${title} private key, encrypted`, severity: "medium" };
  return { kind: `private-key-${name}`, title: `${title} private key`, severity: "critical" };
}

/** The base64 text of an armour without header fields, line ends (also written as `\n` in strings) and quotes; undefined where there is too little of it to be a key. */
function bodyOf(armour: string): { encoded: string; isEncrypted: boolean } | undefined {
  const lines = armour.replace(/\\[nrt]/g, "\n").split(/[\r\n]+/);
  const fields = lines.filter((line) => /^[\s"']*[A-Za-z][A-Za-z-]*: /.test(line));
  const encoded = lines
    .filter((line) => !fields.includes(line) && !/^[\s"']*=[A-Za-z0-9+/]{4}[\s"']*$/.test(line))
    .map((line) => line.replace(/["']\s{0,8}\+\s{0,8}$/, ""))
    .join("")
    .replace(/[\s"',\\]/g, "");
  if (encoded.length < shortestKey || !/^[A-Za-z0-9+/]+={0,2}$/.test(encoded) || new Set(encoded).size < 12)
    return undefined;
  return { encoded, isEncrypted: fields.some((line) => /Proc-Type: 4,ENCRYPTED/.test(line)) };
}

function formOf(label: string, bytes: Uint8Array, isEncrypted: boolean): KeyForm | undefined {
  switch (label) {
    case "OPENSSH PRIVATE KEY":
      return openSshKey(bytes);
    case "PGP PRIVATE KEY BLOCK":
      return openPgpKey(bytes);
    case "ENCRYPTED PRIVATE KEY":
      return isEncryptedPkcs8(bytes) ? { name: "pkcs8", title: "PKCS#8", isEncrypted: true } : undefined;
    case "PRIVATE KEY":
      return pkcs8Key(bytes);
    case "RSA PRIVATE KEY":
      if (isEncrypted) return { name: "rsa", title: "RSA", isEncrypted };
      return hasShape(bytes, Array(9).fill(derTag.integer)) ? { name: "rsa", title: "RSA", isEncrypted } : undefined;
    case "DSA PRIVATE KEY":
      if (isEncrypted) return { name: "dsa", title: "DSA", isEncrypted };
      return hasShape(bytes, Array(6).fill(derTag.integer)) ? { name: "dsa", title: "DSA", isEncrypted } : undefined;
    case "EC PRIVATE KEY":
      if (isEncrypted) return { name: "ec", title: "Elliptic curve", isEncrypted };
      return isSec1(bytes) ? { name: "ec", title: "Elliptic curve", isEncrypted } : undefined;
    default:
      return derChildrenOf(bytes) === undefined
        ? undefined
        : { name: "other", title: label.replace(/ PRIVATE KEY.*/, ""), isEncrypted };
  }
}

/** The private key that bytes are in DER without armour: PKCS#1, PKCS#8 (encrypted or not) or SEC 1, filling them exactly; undefined for everything else. */
export function derPrivateKey(bytes: Uint8Array): Pick<FoundPrivateKey, "kind" | "title" | "severity"> | undefined {
  if (derElement(bytes, 0)?.end !== bytes.length) return undefined;
  const form =
    pkcs8Key(bytes) ??
    encryptedDer(bytes) ??
    ["RSA", "DSA", "EC"].map((label) => formOf(`${label} PRIVATE KEY`, bytes, false)).find((one) => one !== undefined);
  return form && described(form);
}

/** Without armour only an algorithm for passwords (PKCS#5, or those of PKCS#12) tells it from other pairs of an algorithm and bytes. */
function encryptedDer(bytes: Uint8Array): KeyForm | undefined {
  const [algorithm] = isEncryptedPkcs8(bytes) ? (derChildrenOf(bytes) ?? []) : [];
  const identifier = algorithm && derElement(bytes, algorithm.start, algorithm.end);
  if (identifier?.tag !== derTag.objectIdentifier) return undefined;
  return /^2a864886f70d01(?:05|0c01)/.test(
    Buffer.from(bytes.subarray(identifier.start, identifier.end)).toString("hex"),
  )
    ? { name: "pkcs8", title: "PKCS#8", isEncrypted: true }
    : undefined;
}

/** Trailing bytes are allowed: some tools pad. */
function derChildrenOf(bytes: Uint8Array): DerElement[] | undefined {
  const outer = derElement(bytes, 0);
  return outer?.tag === derTag.sequence ? derChildren(bytes, outer) : undefined;
}

function hasShape(bytes: Uint8Array, tags: readonly number[]): boolean {
  const children = derChildrenOf(bytes);
  return children !== undefined && tags.every((tag, index) => children[index]?.tag === tag);
}

/** ECPrivateKey: version 1 and the key, of 20 to 66 bytes for the curves in use (RFC 5915 §3). */
function isSec1(bytes: Uint8Array): boolean {
  const [version, key] = derChildrenOf(bytes) ?? [];
  if (version?.tag !== derTag.integer || bytes[version.start] !== 1 || key?.tag !== derTag.octetString) return false;
  return key.end - key.start >= 20 && key.end - key.start <= 66;
}

const algorithms: Readonly<Record<string, { readonly name: string; readonly title: string }>> = {
  "2a864886f70d010101": { name: "rsa", title: "RSA" },
  "2a864886f70d01010a": { name: "rsa", title: "RSA-PSS" },
  "2a8648ce3d0201": { name: "ec", title: "Elliptic curve" },
  "2a8648ce380401": { name: "dsa", title: "DSA" },
  "2b656e": { name: "x25519", title: "X25519" },
  "2b656f": { name: "x448", title: "X448" },
  "2b6570": { name: "ed25519", title: "Ed25519" },
  "2b6571": { name: "ed448", title: "Ed448" },
};

/** PrivateKeyInfo: version, algorithm, key (RFC 5208 §5). */
function pkcs8Key(bytes: Uint8Array): KeyForm | undefined {
  const [version, algorithm, key] = derChildrenOf(bytes) ?? [];
  if (version?.tag !== derTag.integer || algorithm?.tag !== derTag.sequence || key?.tag !== derTag.octetString)
    return undefined;
  const identifier = derElement(bytes, algorithm.start, algorithm.end);
  if (identifier?.tag !== derTag.objectIdentifier) return undefined;
  const known = algorithms[Buffer.from(bytes.subarray(identifier.start, identifier.end)).toString("hex")];
  return { name: known?.name ?? "pkcs8", title: known?.title ?? "PKCS#8", isEncrypted: false };
}

/** EncryptedPrivateKeyInfo: algorithm, encrypted key (RFC 5208 §6). */
function isEncryptedPkcs8(bytes: Uint8Array): boolean {
  return hasShape(bytes, [derTag.sequence, derTag.octetString]);
}

/** `openssh-key-v1`, cipher, key derivation, its options, number of keys, public key (OpenSSH PROTOCOL.key). */
function openSshKey(bytes: Uint8Array): KeyForm | undefined {
  const magic = "openssh-key-v1\0";
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.subarray(0, magic.length).toString("latin1") !== magic) return undefined;
  const cipher = sshString(buffer, magic.length);
  const derivation = cipher && sshString(buffer, cipher.end);
  const options = derivation && sshString(buffer, derivation.end);
  const publicKey = options && sshString(buffer, options.end + 4);
  const type = publicKey && sshString(buffer, publicKey.end - publicKey.text.length);
  if (cipher === undefined || type === undefined) return undefined;
  const isEncrypted = cipher.text !== "none";
  const [, name = "openssh"] = /^(?:ssh|ecdsa|sk-ssh|sk-ecdsa)-?(rsa|dss|ed25519|sha2)/.exec(type.text) ?? [];
  const title = { rsa: "RSA", dss: "DSA", ed25519: "Ed25519", sha2: "Elliptic curve" }[name] ?? "OpenSSH";
  return { name: name === "sha2" ? "ec" : name === "dss" ? "dsa" : name, title, isEncrypted };
}

function sshString(buffer: Buffer, at: number): { text: string; end: number } | undefined {
  if (at + 4 > buffer.length) return undefined;
  const end = at + 4 + buffer.readUInt32BE(at);
  return end > buffer.length ? undefined : { text: buffer.subarray(at + 4, end).toString("latin1"), end };
}

/** The private key of a PuTTY file (PuTTY manual, appendix "PPK file format") that begins at the start of a text. */
export function puttyKeyAt(text: string): FoundPrivateKey | undefined {
  const [line, type] = /^PuTTY-User-Key-File-[1-3]: (?:ssh|ecdsa)-([a-z0-9-]{3,24})\r?\n/.exec(text) ?? [];
  const [, encryption] = /\r?\nEncryption: ([a-z0-9-]{3,20})\r?\n/.exec(text.slice(0, 200)) ?? [];
  const found = /\r?\nPrivate-Lines: \d{1,3}\r?\n((?:[A-Za-z0-9+/=]{4,64}\r?\n){1,250})/.exec(
    text.slice(0, longestArmour),
  );
  if (line === undefined || type === undefined || encryption === undefined || found === null) return undefined;
  const secret = found[1]!.replace(/\s/g, "");
  return {
    ...described({ name: "putty", title: `PuTTY ${type}`, isEncrypted: encryption !== "none" }),
    secret,
    header: line.trim(),
    length: found.index + found[0].length,
  };
}
