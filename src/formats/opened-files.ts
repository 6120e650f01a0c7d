import { inflateSync } from "node:zlib";
import { AppError } from "../core/errors.ts";
import { joinBytes } from "./byte-source.ts";
import { decompress, sniffCompression } from "./compression.ts";
import { type GitObject, isGitPack, objectFormat, type PackLimits, packObjects } from "./git/pack.ts";
import { TreePaths } from "./git/tree-paths.ts";
import { isLz4Frame, lz4Pieces } from "./lz4.ts";
import { readTar } from "./tar.ts";
import { isZip, ZipFile } from "./zip.ts";

/** A file that is in an archive or compressed, as it is inside. */
export interface OpenedFile {
  /** Its place in the archive, of archives in archives joined by `!/`; absent for a file that is only compressed. */
  readonly member?: string | undefined;
  /** The path by which it is told what it is: its own, or behind the archive's. */
  readonly path: string;
  readonly content: Uint8Array;
  /** Whether it is an object of a repository's history, of which one file has many. */
  readonly isVersion?: boolean;
}

/** What is opened. */
export interface OpeningChoice {
  /** Whether a member of an archive is looked at; not asked about archives in archives. */
  readonly wants: (member: string, kind: "zip" | "tar" | "git") => boolean;
  /** The path of a member by which it is told what it is. */
  readonly pathOf: (archive: string, member: string) => string;
  /** Whether a compressed file of that kind at that path is opened. */
  readonly opens: (path: string, compression: string) => boolean;
}

const archiveMember = /\.(jar|war|ear|zip|whl|tar|tgz|gz)$/i;
const largestMember = 64 * 1024 ** 2;
const openedBytes = 256 * 1024 ** 2;
const mostMembers = 200_000;
const deepest = 4;
const gitObject = /(^|\/)objects\/[0-9a-f]{2}\/[0-9a-f]{38,62}$/;

/** Why not all of a file was opened. */
export const unopened = {
  notOpened: "compressed, not opened",
  damaged: "damaged archive, searched in part",
  tooLarge: "archive too large, searched in part",
} as const;

/** First bytes of forms whose content cannot be searched as it is stored: 7-Zip, PNG, JPEG, GIF, WOFF2, Ogg. */
const packed = ["377abcaf271c", "89504e47", "ffd8ff", "47494638", "774f4632", "4f676753"].map((magic) =>
  Buffer.from(magic, "hex"),
);

/** Whether bytes are compressed in a form that is not opened. */
export function isPacked(bytes: Uint8Array): boolean {
  return packed.some((magic) => bytes.length >= magic.length && magic.every((byte, index) => bytes[index] === byte));
}

/** Whether a file is one that {@link FileOpener} finds others in: zip, tar, gzip, bzip2, xz, zstd, lz4, a loose object of git or a pack of them. */
export function holdsOthers(bytes: Uint8Array, path: string): boolean {
  return (
    isZip(bytes) || compressionOf(bytes) !== "plain" || isTar(bytes) || isGitObject(bytes, path) || isGitPack(bytes)
  );
}

function compressionOf(bytes: Uint8Array): string {
  return isLz4Frame(bytes) ? "lz4" : sniffCompression(bytes);
}

/** POSIX.1-2001 pax, "ustar Interchange Format": the magic of the first header. */
function isTar(bytes: Uint8Array): boolean {
  return bytes.length >= 1_024 && Buffer.from(bytes.subarray(257, 262)).toString("latin1") === "ustar";
}

/** A loose object (gitformat-loose): zlib over a header and the content. */
function isGitObject(bytes: Uint8Array, path: string): boolean {
  return bytes[0] === 0x78 && gitObject.test(path);
}

/**
 * Opens one file: archives, compressed files, the history of a repository, and these in each other up to four deep, within 256 MiB and 200,000 members. What is damaged or too large
 * is opened as far as it can be read, and `skipped` says so; no untrusted bytes end in an error.
 */
export class FileOpener {
  readonly #choice: OpeningChoice;
  readonly #budget = { remaining: openedBytes, members: mostMembers };
  /** Why not all of the file was opened. */
  skipped: string | undefined;

  constructor(choice: OpeningChoice) {
    this.#choice = choice;
  }

  /** The files inside, each once; a file that is no archive is given as it is. */
  open(bytes: Uint8Array, path: string): AsyncGenerator<OpenedFile, void, undefined> {
    return this.#open(bytes, path, undefined, 0);
  }

  async *#open(
    content: Uint8Array,
    path: string,
    member: string | undefined,
    depth: number,
  ): AsyncGenerator<OpenedFile, void, undefined> {
    if (isPacked(content)) this.#leaveOut(unopened.notOpened);
    else if (isGitObject(content, path)) yield this.#gitObject(content, path, member);
    else if (depth === deepest) yield { member, path, content };
    else if (isZip(content)) yield* this.#zip(content, path, member, depth);
    else if (compressionOf(content) !== "plain") yield* this.#compressed(content, path, member, depth);
    else if (isTar(content)) yield* this.#tar(content, path, member, depth);
    else if (isGitPack(content)) yield* this.#gitPack(content, path, member, depth);
    else yield { member, path, content };
  }

  async *#zip(bytes: Uint8Array, path: string, outer: string | undefined, depth: number): AsyncGenerator<OpenedFile> {
    const archive = unlessDamaged(() => new ZipFile(bytes, path));
    if (archive === undefined) {
      this.#leaveOut(unopened.damaged);
      yield { member: outer, path, content: bytes };
      return;
    }
    for (const entry of archive.entries) {
      const isWanted = this.#choice.wants(entry.path, "zip") || archiveMember.test(entry.path);
      if (entry.size === 0 || entry.encrypted || !isWanted || !this.#mayOpen(entry.size)) continue;
      const content = unlessDamaged(() => archive.read(entry, this.#budget));
      if (content === undefined) this.#leaveOut(unopened.damaged);
      else yield* this.#open(content, this.#choice.pathOf(path, entry.path), joined(outer, entry.path), depth + 1);
    }
  }

  async *#tar(bytes: Uint8Array, path: string, outer: string | undefined, depth: number): AsyncGenerator<OpenedFile> {
    try {
      for await (const entry of readTar(only(bytes), path)) {
        if (entry.type !== "file" || entry.size === 0 || !this.#choice.wants(entry.path, "tar")) continue;
        if (!this.#mayOpen(entry.size)) continue;
        const content = await entry.bytes(largestMember);
        yield* this.#open(content, this.#choice.pathOf(path, entry.path), joined(outer, entry.path), depth + 1);
      }
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.#leaveOut(unopened.damaged);
    }
  }

  async *#compressed(
    bytes: Uint8Array,
    path: string,
    outer: string | undefined,
    depth: number,
  ): AsyncGenerator<OpenedFile> {
    if (!this.#choice.opens(path, compressionOf(bytes))) {
      this.#leaveOut(unopened.notOpened);
      return;
    }
    const content = await this.#decompressed(bytes, path);
    yield* this.#open(content, path.replace(/\.(gz|bz2|xz|zst|lz4)$/i, ""), outer, depth + 1);
  }

  /** As much as the budget allows, and as comes out before damage. */
  async #decompressed(bytes: Uint8Array, path: string): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    let size = 0;
    try {
      for await (const piece of this.#pieces(bytes, path)) {
        pieces.push(piece);
        size += piece.length;
      }
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.#leaveOut(error.code === "LIMIT_EXCEEDED" ? unopened.tooLarge : unopened.damaged);
    }
    this.#budget.remaining -= size;
    return joinBytes(pieces, size);
  }

  async *#pieces(bytes: Uint8Array, path: string): AsyncGenerator<Uint8Array> {
    const maxBytes = this.#budget.remaining;
    if (!isLz4Frame(bytes)) yield* decompress(only(bytes), { what: path, maxBytes });
    else for (const piece of lz4Pieces(bytes, path, maxBytes)) yield piece.slice();
  }

  #gitObject(bytes: Uint8Array, path: string, member: string | undefined): OpenedFile {
    try {
      const object = inflateSync(bytes, { maxOutputLength: largestMember });
      // Its header ends with a NUL, by which the content would be taken for a program's.
      return { member, path: "object", content: object.subarray(object.indexOf(0) + 1) };
    } catch {
      // Damaged, too large or no git object at all: it is given as it is stored.
      this.#leaveOut(unopened.damaged);
      return { member, path, content: bytes };
    }
  }

  /** Every version of every file, commits and tags; read twice, because trees stand among the files that they name. */
  async *#gitPack(
    bytes: Uint8Array,
    path: string,
    outer: string | undefined,
    depth: number,
  ): AsyncGenerator<OpenedFile> {
    const limits = { object: largestMember, all: 2 * this.#budget.remaining, objects: mostMembers };
    const paths = new TreePaths(objectFormat(bytes).idBytes);
    for (const { type, id, content } of this.#objects(bytes, path, limits)) if (type === "tree") paths.add(id, content);
    for (const { type, id, content } of this.#objects(bytes, path, limits)) {
      const place = type === "blob" ? paths.of(id) : undefined;
      if (type === "tree" || content.length === 0 || !this.#choice.wants(place ?? "object", "git")) continue;
      if (!this.#mayOpen(content.length)) continue;
      this.#budget.remaining -= content.length;
      const member = place === undefined ? id.slice(0, 12) : `${id.slice(0, 12)}:${place}`;
      const inner = this.#choice.pathOf(path, place ?? "object");
      for await (const file of this.#open(content, inner, joined(outer, member), depth + 1))
        yield { ...file, isVersion: true };
    }
  }

  /** As far as the pack can be read. */
  *#objects(bytes: Uint8Array, path: string, limits: PackLimits): Generator<GitObject> {
    try {
      const missing = yield* packObjects(bytes, path, limits);
      // Deltas on objects of another pack: git writes such packs for the network alone.
      if (missing > 0) this.#leaveOut(unopened.damaged);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.#leaveOut(error.code === "LIMIT_EXCEEDED" ? unopened.tooLarge : unopened.damaged);
    }
  }

  /** Whether the budget allows a member of that size; notes where it does not. */
  #mayOpen(size: number): boolean {
    if (size <= largestMember && size <= this.#budget.remaining && this.#budget.members-- > 0) return true;
    this.#leaveOut(unopened.tooLarge);
    return false;
  }

  #leaveOut(reason: string): void {
    // What a limit left out weighs more than what nobody can unpack.
    this.skipped = reason === unopened.tooLarge ? reason : (this.skipped ?? reason);
  }
}

function joined(outer: string | undefined, member: string): string {
  return outer === undefined ? member : `${outer}!/${member}`;
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
