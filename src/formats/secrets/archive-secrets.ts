import { AppError } from "../../core/errors.ts";
import { isZip, ZipFile } from "../zip.ts";
import { findSecrets, type Secret } from "./find-secrets.ts";

/** A secret with the member of the archive that holds it, where it is in one. */
export interface MemberSecret extends Secret {
  readonly member?: string;
}

/** Members that programs read settings and keys from; classes and libraries are not looked into. */
const settingsMember =
  /\.(properties|ya?ml|json|xml|conf|cfg|config|ini|env|toml|pem|key|p12|pfx|jks|keystore|txt|sh|py|js|php)$|(^|\/)\.env[^/]*$/i;
const largestMember = 4 * 1024 ** 2;
const membersBytes = 64 * 1024 ** 2;
const mostMembers = 2_000;

/** First bytes of forms whose content cannot be searched as it is stored: gzip, xz, zstd, bzip2, lz4, 7-Zip, PNG, JPEG, GIF, WOFF2, Ogg, MP4. */
const packed = [
  "1f8b",
  "fd377a585a00",
  "28b52ffd",
  "425a68",
  "04224d18",
  "377abcaf271c",
  "89504e47",
  "ffd8ff",
  "47494638",
  "774f4632",
  "4f676753",
].map((magic) => Buffer.from(magic, "hex"));

/** Whether bytes are compressed in a form that is not opened here. */
export function isPacked(bytes: Uint8Array): boolean {
  return packed.some((magic) => bytes.length >= magic.length && magic.every((byte, index) => bytes[index] === byte));
}

/** The secrets of a file, and of the settings inside it when it is a zip archive (jar, war, wheel). A damaged archive is searched as it is. Throws `LIMIT_EXCEEDED`. */
export function secretsOfFile(bytes: Uint8Array, path: string): MemberSecret[] {
  return isZip(bytes) && /\.(jar|war|ear|zip|whl|egg|nupkg)$/i.test(path)
    ? secretsOfArchive(bytes, path)
    : findSecrets(bytes, { path });
}

function secretsOfArchive(bytes: Uint8Array, path: string): MemberSecret[] {
  const archive = open(bytes, path);
  if (archive === undefined) return findSecrets(bytes, { path });
  const budget = { remaining: membersBytes };
  const members = archive.entries.filter(
    (entry) => settingsMember.test(entry.path) && entry.size > 0 && entry.size <= largestMember && !entry.encrypted,
  );
  return members.slice(0, mostMembers).flatMap((entry) => {
    const content = entry.size > budget.remaining ? undefined : unlessDamaged(() => archive.read(entry, budget));
    if (content === undefined) return [];
    return findSecrets(content, { path: `${path}!/${entry.path}` }).map((secret) => ({
      ...secret,
      member: entry.path,
    }));
  });
}

function open(bytes: Uint8Array, path: string): ZipFile | undefined {
  return unlessDamaged(() => new ZipFile(bytes, path));
}

function unlessDamaged<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}
