import { derChildren, derElement, derTag } from "./der.ts";
import { openPgpKey } from "./openpgp-key.ts";
import { derPrivateKey } from "./private-key.ts";
import type { SecretSeverity } from "./secret-rule.ts";

/** A secret of a file that holds nothing else, with where it begins. */
export interface FileSecret {
  readonly kind: string;
  readonly title: string;
  readonly severity: SecretSeverity;
  readonly secret: string;
  readonly offset: number;
}

/** Lines of one file that are read as records of users. */
const mostRecords = 10_000;
const largestFile = 1024 ** 2;

/** What files that exist to hold secrets hold: password hashes, netrc, pgpass, key tables, key stores and keys in DER. The path has no leading slash. */
export function credentialFileSecrets(bytes: Uint8Array, path: string): FileSecret[] {
  if (bytes.length > largestFile || bytes.length < 8) return [];
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  if (bytes[0] === 0x30) return binaryKey(bytes);
  if (/^g?shadow[-~]?$/.test(name))
    return records(bytes, /^[^:]{1,64}:(\$[^:]{12,}|[./A-Za-z0-9]{13})(?=:)/, {
      kind: "password-hash",
      title: "Password hash of an account",
      severity: "high",
    });
  if (/\.?htpasswd$/.test(name))
    return records(bytes, /^[^:#]{1,64}:(\$[^:]{12,}|\{SHA\}[^:]{20,}|[./A-Za-z0-9]{13})$/, {
      kind: "password-hash-web-server",
      title: "Password hash of a web server",
      severity: "medium",
    });
  if (name === ".netrc" || name === "_netrc")
    return records(bytes, /\bpassword\s+([^\s#]{3,})/, {
      kind: "netrc-password",
      title: "Password in a netrc file",
      severity: "high",
    });
  if (name === ".pgpass" || name === "pgpass.conf")
    return records(bytes, /^(?:[^:#\\]|\\.)+:(?:[^:]|\\.)+:(?:[^:]|\\.)+:(?:[^:]|\\.)+:(\S{3,})$/, {
      kind: "postgresql-password",
      title: "PostgreSQL password file",
      severity: "high",
    });
  if (name === "master.key" || /(^|\/)credentials\/[a-z]+\.key$/.test(path))
    return records(bytes, /^([a-f0-9]{32})$/, {
      kind: "rails-master-key",
      title: "Rails master key",
      severity: "critical",
    });
  return keyStore(bytes, name);
}

function records(
  bytes: Uint8Array,
  pattern: RegExp,
  what: Pick<FileSecret, "kind" | "title" | "severity">,
): FileSecret[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  const found: FileSecret[] = [];
  let offset = 0;
  for (const line of text.split("\n").slice(0, mostRecords)) {
    const secret = pattern.exec(line.slice(0, 1_024).replace(/\r$/, ""))?.[1];
    if (secret !== undefined) found.push({ ...what, secret, offset });
    offset += line.length + 1;
  }
  return found;
}

function keyStore(bytes: Uint8Array, name: string): FileSecret[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (name.endsWith(".keytab") && view.getUint16(0) === 0x0502)
    return [whole(bytes, "kerberos-keytab", "Kerberos key table", "high")];
  if (holdsJavaKey(view))
    return [whole(bytes, "private-key-java-key-store-encrypted", "Java key store with a private key", "medium")];
  return gnupgKey(bytes, name);
}

/** Most entries of a Java key store that are looked at. */
const mostEntries = 10_000;

/**
 * Whether a Java key store (JKS, or JCEKS with the same entries) has one of a private or secret key: magic, version, number of entries, then for each its
 * tag (1 a private key, 2 a certificate, 3 a secret key), alias, time and content (OpenJDK, JavaKeyStore.engineLoad).
 */
function holdsJavaKey(view: DataView): boolean {
  if (view.byteLength < 16 || ![0xfeedfeed, 0xcececece].includes(view.getUint32(0))) return false;
  const count = Math.min(view.getUint32(8), mostEntries);
  const text = (at: number) => at + 2 + (at + 2 > view.byteLength ? 0 : view.getUint16(at));
  for (let at = 12, entry = 0; entry < count && at + 4 <= view.byteLength; entry++) {
    const tag = view.getUint32(at);
    if (tag === 1 || tag === 3) return true;
    if (tag !== 2) return false;
    const type = text(at + 4) + 8;
    const content = view.getUint32(4) === 1 ? type : text(type);
    if (content + 4 > view.byteLength) return false;
    at = content + 4 + view.getUint32(content);
  }
  return false;
}

/** A key as gpg-agent keeps it (GnuPG, agent/keyformat.txt), or a key ring of OpenPGP without armour. A key on a card is none. */
function gnupgKey(bytes: Uint8Array, name: string): FileSecret[] {
  const beginning = Buffer.from(bytes.subarray(0, 16_384)).toString("latin1");
  const [, form] =
    /^(?:[A-Z][\w-]*:.*\n)*?(?:Key: )?\((?:\d\d:)?(protected-private-key|private-key)\b/.exec(beginning) ?? [];
  const ring = /(^secring\b|\.(?:gpg|pgp|sec|key)$)/.test(name) ? openPgpKey(bytes) : undefined;
  if (form === undefined && ring === undefined) return [];
  return form === "protected-private-key" || ring?.isEncrypted
    ? [whole(bytes, "private-key-openpgp-encrypted", "OpenPGP private key, encrypted", "medium")]
    : [whole(bytes, "private-key-openpgp", "OpenPGP private key", "critical")];
}

function binaryKey(bytes: Uint8Array): FileSecret[] {
  const key = derPrivateKey(bytes);
  if (key !== undefined) return [whole(bytes, key.kind, key.title, key.severity)];
  return isPersonalExchange(bytes) ? personalExchange(bytes) : [];
}

/** PFX: version 3 and the protected content (RFC 7292 §4); some programs write it with an indefinite length. */
function isPersonalExchange(bytes: Uint8Array): boolean {
  if (Buffer.from(bytes.subarray(0, 6)).toString("hex") === "308002010330") return true;
  const outer = derElement(bytes, 0);
  const [version, content] = (outer?.tag === derTag.sequence && derChildren(bytes, outer)) || [];
  return version?.tag === derTag.integer && bytes[version.start] === 3 && content?.tag === derTag.sequence;
}

/**
 * A store of PKCS#12 by what can be seen of it. A bag with a private key (RFC 7292 §4.2.1, §4.2.2) or another secret one (§4.2.5) stands outside the
 * encrypted part as programs write it, but nothing asks for that: each content of an authenticated safe may be encrypted whole (§4.1), with a password
 * or for a recipient. Then only its owner knows whether a key is in it. Where all bags are seen and none is a key's, the store holds certificates alone.
 */
function personalExchange(bytes: Uint8Array): FileSecret[] {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const bag = (type: number) => content.includes(Buffer.from([...bagType, type]));
  if (bag(1)) return [whole(bytes, "private-key-pkcs12", "PKCS#12 key store without password", "critical")];
  if (bag(2) || bag(5)) return [whole(bytes, "private-key-pkcs12-encrypted", "PKCS#12 key store", "medium")];
  const isClosed = [encryptedData, envelopedData].some((type) => content.includes(Buffer.from([...contentType, type])));
  const title = "PKCS#12 store whose encrypted part may hold a private key";
  return isClosed ? [whole(bytes, "private-key-pkcs12-not-seen", title, "low")] : [];
}

/** Object identifier 1.2.840.113549.1.12.10.1 with its tag and length, before the last number. */
const bagType = [0x06, 0x0b, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x0a, 0x01];
/** Object identifier 1.2.840.113549.1.7 of kinds of content (RFC 5652 §4) with its tag and length, before the last number. */
const contentType = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07];
const envelopedData = 3;
const encryptedData = 6;

function whole(bytes: Uint8Array, kind: string, title: string, severity: SecretSeverity): FileSecret {
  return {
    kind,
    title,
    severity,
    secret: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1"),
    offset: 0,
  };
}
