import { inflateSync } from "node:zlib";
import { AppError } from "../../core/errors.ts";
import { joinBytes } from "../byte-source.ts";
import { decompress, sniffCompression } from "../compression.ts";
import { readTar } from "../tar.ts";
import { isZip, ZipFile } from "../zip.ts";
import { fileClassOf, isPackagedExample } from "./file-class.ts";
import { findSecrets, type Secret } from "./find-secrets.ts";

/** A secret with the member of the archive that holds it, where it is in one; members of archives in archives are joined by `!/`. */
export interface MemberSecret extends Secret {
  readonly member?: string;
}

/** What a file gave, and what of it was not searched and why. */
export interface SearchedFile {
  readonly secrets: readonly MemberSecret[];
  readonly skipped?: string;
}

/** Members that programs read settings and keys from; classes and libraries of a zip archive are not looked into. */
const settingsMember =
  /\.(properties|ya?ml|json|xml|conf|cfg|config|ini|env|toml|pem|key|p12|pfx|jks|keystore|txt|sh|py|js|php)$|(^|\/)(\.env[^/]*|\.netrc|\.npmrc|\.pgpass|id_(rsa|dsa|ecdsa|ed25519)|credentials)$/i;
const archiveMember = /\.(jar|war|ear|zip|whl|tar|tgz|gz)$/i;
const largestMember = 64 * 1024 ** 2;
const openedBytes = 256 * 1024 ** 2;
const mostMembers = 200_000;
const deepest = 4;
const gitObject = /(^|\/)objects\/[0-9a-f]{2}\/[0-9a-f]{38,62}$/;

const reasons = {
  notOpened: "compressed, not opened",
  damaged: "damaged archive, searched in part",
  tooLarge: "archive too large, searched in part",
} as const;

/** First bytes of forms whose content cannot be searched as it is stored: lz4, 7-Zip, PNG, JPEG, GIF, WOFF2, Ogg, a pack of git objects. */
const packed = [
  "04224d18",
  "377abcaf271c",
  "89504e47",
  "ffd8ff",
  "47494638",
  "774f4632",
  "4f676753",
  "5041434b0000",
].map((magic) => Buffer.from(magic, "hex"));

/** Whether bytes are compressed in a form that is not opened here. */
export function isPacked(bytes: Uint8Array): boolean {
  return packed.some((magic) => bytes.length >= magic.length && magic.every((byte, index) => bytes[index] === byte));
}

/**
 * The secrets of a file, and of what is inside it where it is an archive or compressed: zip (jar, war, wheel), tar, gzip, bzip2, xz, zstd, loose git
 * objects, and these in each other up to four deep. A promise only where something must be decompressed. What is damaged or too large is searched as
 * far as it can be read. Throws `LIMIT_EXCEEDED`.
 */
export function secretsOfFile(bytes: Uint8Array, path: string): SearchedFile | Promise<SearchedFile> {
  return secretsIn(bytes, path, { budget: { remaining: openedBytes, members: mostMembers }, depth: 0 });
}

interface Opening {
  readonly budget: { remaining: number; members: number };
  readonly depth: number;
}

function secretsIn(bytes: Uint8Array, path: string, opening: Opening): SearchedFile | Promise<SearchedFile> {
  if (isPacked(bytes)) return { secrets: [], skipped: reasons.notOpened };
  if (gitObject.test(path) && bytes[0] === 0x78) return secretsOfGitObject(bytes, path);
  if (opening.depth < deepest) {
    if (isZip(bytes)) return secretsOfZip(bytes, path, opening);
    if (sniffCompression(bytes) !== "plain") return secretsOfCompressed(bytes, path, opening);
    if (isTar(bytes)) return secretsOfTar(bytes, path, opening);
  }
  return { secrets: findSecrets(bytes, { path }) };
}

/** POSIX.1-2001 pax, "ustar Interchange Format": the magic of the first header. */
function isTar(bytes: Uint8Array): boolean {
  return bytes.length >= 1_024 && Buffer.from(bytes.subarray(257, 262)).toString("latin1") === "ustar";
}

async function secretsOfZip(bytes: Uint8Array, path: string, opening: Opening): Promise<SearchedFile> {
  const archive = unlessDamaged(() => new ZipFile(bytes, path));
  if (archive === undefined) return { secrets: findSecrets(bytes, { path }), skipped: reasons.damaged };
  const gathered = new Gathered(path, opening);
  for (const entry of archive.entries) {
    if (entry.size === 0 || entry.encrypted || !(settingsMember.test(entry.path) || archiveMember.test(entry.path)))
      continue;
    if (!gathered.mayOpen(entry.size)) continue;
    const content = unlessDamaged(() => archive.read(entry, opening.budget));
    if (content === undefined) gathered.leaveOut(reasons.damaged);
    else await gathered.add(entry.path, content);
  }
  return gathered.found();
}

async function secretsOfTar(bytes: Uint8Array, path: string, opening: Opening): Promise<SearchedFile> {
  const gathered = new Gathered(path, opening);
  try {
    for await (const entry of readTar(only(bytes), path)) {
      if (entry.type !== "file" || entry.size === 0 || isPackagedExample(entry.path)) continue;
      if (gathered.mayOpen(entry.size)) await gathered.add(entry.path, await entry.bytes(largestMember));
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    gathered.leaveOut(reasons.damaged);
  }
  return gathered.found();
}

async function secretsOfCompressed(bytes: Uint8Array, path: string, opening: Opening): Promise<SearchedFile> {
  // Kernel modules and firmware: programs of a package, many and slow to open.
  if (sniffCompression(bytes) !== "gzip" && fileClassOf(path) === "library")
    return { secrets: [], skipped: reasons.notOpened };
  const { content, skipped } = await decompressed(bytes, path, opening.budget.remaining);
  opening.budget.remaining -= content.length;
  const inside = await secretsIn(content, path.replace(/\.(gz|bz2|xz|zst)$/i, ""), {
    ...opening,
    depth: opening.depth + 1,
  });
  return inside.skipped === undefined && skipped !== undefined ? { ...inside, skipped } : inside;
}

/** As much as the budget allows, and as comes out before damage. */
async function decompressed(
  bytes: Uint8Array,
  path: string,
  maxBytes: number,
): Promise<{ content: Uint8Array; skipped: string | undefined }> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  let skipped: string | undefined;
  try {
    for await (const piece of decompress(only(bytes), { what: path, maxBytes })) {
      pieces.push(piece);
      size += piece.length;
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    skipped = error.code === "LIMIT_EXCEEDED" ? reasons.tooLarge : reasons.damaged;
  }
  return { content: joinBytes(pieces, size), skipped };
}

/** A loose object (git-config "core.looseCompression", gitformat-loose): zlib over a header and the content. */
function secretsOfGitObject(bytes: Uint8Array, path: string): SearchedFile {
  try {
    const content = inflateSync(bytes, { maxOutputLength: largestMember });
    // Its header ends with a NUL, by which the content would be taken for a program's.
    return { secrets: findSecrets(content.subarray(content.indexOf(0) + 1), { path: "object" }) };
  } catch {
    // Damaged, too large or no git object at all: it is searched as it is stored.
    return { secrets: findSecrets(bytes, { path }), skipped: reasons.damaged };
  }
}

/** What the members of one archive gave. */
class Gathered {
  readonly #path: string;
  readonly #opening: Opening;
  readonly #secrets: MemberSecret[] = [];
  #skipped: string | undefined;

  constructor(path: string, opening: Opening) {
    this.#path = path;
    this.#opening = opening;
  }

  /** Whether the budget allows a member of that size; notes where it does not. */
  mayOpen(size: number): boolean {
    const { budget } = this.#opening;
    if (size <= largestMember && size <= budget.remaining && budget.members-- > 0) return true;
    this.leaveOut(reasons.tooLarge);
    return false;
  }

  leaveOut(reason: string): void {
    this.#skipped ??= reason;
  }

  async add(member: string, content: Uint8Array): Promise<void> {
    // A member of a plain file's archive is what its own path says; what is in a library or an example stays that.
    const place = fileClassOf(this.#path);
    const isPlain = place === "settings" || place === "source";
    const inside = await secretsIn(content, isPlain ? member : `${this.#path}!/${member}`, {
      ...this.#opening,
      depth: this.#opening.depth + 1,
    });
    for (const secret of inside.secrets)
      this.#secrets.push({
        ...secret,
        member: secret.member === undefined ? member : `${member}!/${secret.member}`,
      });
  }

  found(): SearchedFile {
    return { secrets: this.#secrets, ...(this.#skipped === undefined ? {} : { skipped: this.#skipped }) };
  }
}

async function* only(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes;
}

function unlessDamaged<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}
