import { derChildren, derElement, derTag } from "./der.ts";
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
  if (bytes[0] === 0x30) return binaryKey(bytes, name);
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
  // Java key store: magic, version, number of entries, then the first entry's tag: 1 is a private key, 2 a certificate.
  if (bytes.length > 16 && view.getUint32(0) === 0xfeedfeed && view.getUint32(8) > 0 && view.getUint32(12) === 1) {
    return [whole(bytes, "private-key-java-key-store-encrypted", "Java key store with a private key", "medium")];
  }
  return [];
}

function binaryKey(bytes: Uint8Array, name: string): FileSecret[] {
  const key = derPrivateKey(bytes);
  if (key !== undefined) return [whole(bytes, key.kind, key.title, key.severity)];
  if (!/\.(p12|pfx)$/.test(name)) return [];
  const outer = derElement(bytes, 0);
  const [version, content] = (outer?.tag === derTag.sequence && derChildren(bytes, outer)) || [];
  // PFX: version 3 and the protected content (RFC 7292 §4).
  if (version?.tag !== derTag.integer || bytes[version.start] !== 3 || content?.tag !== derTag.sequence) return [];
  return [whole(bytes, "private-key-pkcs12-encrypted", "PKCS#12 key store", "medium")];
}

function whole(bytes: Uint8Array, kind: string, title: string, severity: SecretSeverity): FileSecret {
  return {
    kind,
    title,
    severity,
    secret: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1"),
    offset: 0,
  };
}
