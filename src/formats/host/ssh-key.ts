import { createHash } from "node:crypto";

/** A public key that lets somebody in (sshd(8), "AUTHORIZED_KEYS FILE FORMAT"). */
export interface AuthorisedKey {
  readonly type: string;
  /** Length of the modulus or curve in bits; undefined where it cannot be told. */
  readonly bits: number | undefined;
  /** `SHA256:` and base64, as ssh-keygen prints it. */
  readonly fingerprint: string;
  /** Names of its options: `from`, `command`, `no-pty`, `restrict`. */
  readonly options: readonly string[];
  readonly comment: string;
}

const keyTypes =
  /^(ssh-(rsa|dss|ed25519)|ecdsa-sha2-nistp(256|384|521)|sk-(ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com|ssh-[\w-]+-cert-v01@openssh\.com|ecdsa-[\w-]+-cert-v01@openssh\.com)$/;

/** The keys of an authorized_keys file; lines that hold none are left out, as sshd passes over them. */
export function parseAuthorisedKeys(text: string): AuthorisedKey[] {
  return text.split("\n").flatMap((line) => keyOf(line.trim()) ?? []);
}

function keyOf(line: string): AuthorisedKey | undefined {
  if (line === "" || line.startsWith("#")) return undefined;
  const words = line.match(/(?:"(?:[^"\\]|\\.)*"|[^\s"])+/g) ?? [];
  const at = words.findIndex((word) => keyTypes.test(word));
  const blob = words[at + 1];
  if (at < 0 || at > 1 || blob === undefined || !/^[A-Za-z0-9+/]+=*$/.test(blob)) return undefined;
  const bytes = Buffer.from(blob, "base64");
  return {
    type: words[at]!,
    bits: bitsOf(words[at]!, bytes),
    fingerprint: `SHA256:${createHash("sha256").update(bytes).digest("base64").replace(/=+$/, "")}`,
    options:
      at === 1
        ? [...words[0]!.matchAll(/([a-z0-9-]+)(?:="(?:[^"\\]|\\.)*")?(?:,|$)/gi)].map((match) =>
            match[1]!.toLowerCase(),
          )
        : [],
    comment: words.slice(at + 2).join(" "),
  };
}

/** RFC 4253 §6.6: an RSA key is three strings: the type, the exponent, the modulus; a DSA key has its prime second. */
function bitsOf(type: string, bytes: Buffer): number | undefined {
  const curve = /nistp(\d+)/.exec(type);
  if (curve) return Number(curve[1]);
  if (type.includes("ed25519")) return 256;
  const fields = stringsOf(bytes);
  const number = type === "ssh-rsa" ? fields[2] : type === "ssh-dss" ? fields[1] : undefined;
  if (number === undefined) return undefined;
  const start = number.findIndex((byte) => byte !== 0);
  return start < 0 ? undefined : (number.length - start) * 8 - Math.clz32(number[start]!) + 24;
}

function stringsOf(bytes: Buffer): Buffer[] {
  const fields: Buffer[] = [];
  for (let at = 0; at + 4 <= bytes.length && fields.length < 8; ) {
    const length = bytes.readUInt32BE(at);
    if (at + 4 + length > bytes.length) break;
    fields.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return fields;
}

/** Whether a private key in PEM is encrypted; undefined where the text is no private key. OpenSSH's own form names its cipher behind a fixed mark. */
export function privateKeyEncryption(text: string): boolean | undefined {
  const kind = /-----BEGIN ((?:[A-Z]+ )*)PRIVATE KEY-----/.exec(text)?.[1];
  if (kind === undefined) return undefined;
  if (kind.startsWith("ENCRYPTED") || /^Proc-Type: 4,ENCRYPTED/m.test(text)) return true;
  if (!kind.startsWith("OPENSSH")) return false;
  const body = Buffer.from(/KEY-----([^-]+)-----END/.exec(text)?.[1]?.replaceAll(/\s/g, "") ?? "", "base64");
  const mark = "openssh-key-v1\0";
  if (body.subarray(0, mark.length).toString("latin1") !== mark) return false;
  return stringsOf(body.subarray(mark.length))[0]?.toString("latin1") !== "none";
}
