import { createReadStream } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { AppError, limitExceeded, messageOf } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { collectBytes } from "../../formats/byte-source.ts";
import { decompress } from "../../formats/compression.ts";
import { readTar } from "../../formats/tar.ts";
import { ZipFile } from "../../formats/zip.ts";
import type { FeedFile } from "../feeds/feed.ts";
import { changedDocuments, changesFolder, changesFolders } from "./changed-documents.ts";

/** A file of a feed before anybody decided whether to read it. */
export interface FoundFile {
  readonly path: string;
  /** ISO 8601 time of its last change as the archive or file system says. */
  readonly changed: string;
  /** Its text; once, before the next file is asked for. */
  text(): Promise<string>;
  /** Instead of its text: its bytes as they come, where it may be longer than a text can be. */
  pieces?(): AsyncIterable<Uint8Array>;
}

/** Endings of archives and of compressed single files. */
const packings = /\.(tar(\.(xz|gz|zst|bz2))?|tgz|txz|zip)$/i;
const compressions = /\.(xz|gz|zst|bz2)$/i;

/** Whether a file holds many files. */
export function isArchive(path: string): boolean {
  return packings.test(path);
}

/** The name without the endings that say how it is packed and written: `alpine_secdb.tar.xz` is `alpine_secdb`. */
export function plainName(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return name
    .replace(packings, "")
    .replace(compressions, "")
    .replace(/\.(json|ya?ml|md|csv|toml|xml)$/i, "")
    .toLowerCase();
}

/** The files below a folder, archives in it included, or in an archive, or the single file, in a stable order: folders by name, archives as they are written. */
export async function* feedFiles(path: string): AsyncGenerator<FoundFile> {
  const found = await statOf(path);
  if (found.isDirectory()) yield* currentFiles(path);
  else if (isArchive(path)) yield* archiveFiles(path, found.mtime);
  else yield singleFile(path, path.slice(path.lastIndexOf("/") + 1), found.mtime);
}

function archiveFiles(path: string, changed: Date): AsyncGenerator<FoundFile> {
  return /\.zip$/i.test(path) ? zipFiles(path, changed) : tarFiles(path);
}

/** What lies in the folder of changes stands for the file of the same name in an archive. */
async function* currentFiles(root: string): AsyncGenerator<FoundFile> {
  const folders = await changesFolders(root);
  const changed = await changedDocuments(root, folders);
  for await (const file of folderFiles(root, "", new Set(folders.earlier))) {
    const name = file.path.slice(file.path.lastIndexOf("/") + 1);
    const isDeleted = changed.get(name);
    if (isDeleted === undefined) yield file;
    // The number of the folder says nothing about the document.
    else if (!isDeleted && file.path === `${folders.current}/${name}`)
      yield { ...file, path: `${changesFolder}/${name}` };
  }
}

async function statOf(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    throw new AppError("TARGET_NOT_FOUND", `cannot read advisory data ${path}: ${messageOf(error)}`, {
      hint: "name a folder or archive of feeds, or a file made by `plimsoll db build`",
      cause: error,
    });
  }
}

async function* folderFiles(
  root: string,
  below: string,
  passedOver: ReadonlySet<string> = new Set(),
): AsyncGenerator<FoundFile> {
  const entries = await readdir(join(root, below), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.name.startsWith(".") || entry.name.endsWith(".part") || passedOver.has(entry.name)) continue;
    if (entry.isDirectory()) yield* folderFiles(root, path);
    else if (isArchive(entry.name)) yield* archiveFiles(join(root, path), (await stat(join(root, path))).mtime);
    else if (entry.isFile()) yield singleFile(join(root, path), path, (await stat(join(root, path))).mtime);
  }
}

function singleFile(file: string, path: string, changed: Date): FoundFile {
  return {
    path: path.replace(compressions, ""),
    changed: changed.toISOString(),
    pieces: () => decompress(fileStream(file), { what: file }),
    text: async () => {
      if (!compressions.test(file)) {
        const { size } = await stat(file);
        if (size > limits.feedDocument) throw limitExceeded(file, `${limits.feedDocument} bytes in one document`);
        return readFile(file, "utf8");
      }
      return utf8(
        await collectBytes(decompress(fileStream(file), { what: file }), limits.feedDocument, () =>
          limitExceeded(file, `${limits.feedDocument} bytes in one document`),
        ),
      );
    },
  };
}

async function* tarFiles(file: string): AsyncGenerator<FoundFile> {
  for await (const entry of readTar(decompress(fileStream(file), { what: file }), file)) {
    if (entry.type !== "file") continue;
    yield {
      path: entry.path,
      changed: new Date(entry.mtime * 1000).toISOString(),
      text: async () => utf8(await entry.bytes(limits.feedDocument)),
    };
  }
}

/** A zip archive does not say its files' time zone, so that their date is the archive's. */
async function* zipFiles(file: string, changed: Date): AsyncGenerator<FoundFile> {
  const zip = new ZipFile(await readFile(file), file);
  const budget = { remaining: limits.decompressedBytes };
  for (const entry of zip.entries) {
    if (entry.path.endsWith("/")) continue;
    yield {
      path: entry.path,
      changed: changed.toISOString(),
      text: async () => {
        if (entry.size > limits.feedDocument)
          throw limitExceeded(`${file}: ${entry.path}`, `${limits.feedDocument} bytes in one document`);
        return utf8(zip.read(entry, budget));
      },
    };
  }
}

function fileStream(file: string): AsyncIterable<Uint8Array> {
  return createReadStream(file, { highWaterMark: 1024 ** 2 });
}

function utf8(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}

/** The file as a reader of feeds takes it. */
export async function loaded(file: FoundFile): Promise<FeedFile> {
  return { path: file.path, text: await file.text() };
}

/** Bytes by which a document is known that may be too long to be read for that alone. */
const beginningLength = 65_536;

/** The file with the beginning of its text alone. */
export async function beginning(file: FoundFile): Promise<FeedFile> {
  if (!file.pieces) return loaded(file);
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of file.pieces()) {
    pieces.push(piece);
    size += piece.length;
    if (size >= beginningLength) break;
  }
  return { path: file.path, text: Buffer.concat(pieces).toString("utf8", 0, beginningLength) };
}
