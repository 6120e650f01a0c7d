import { AppError, limitExceeded } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { type ByteSource, collectBytes, type DirectorySource } from "../byte-source.ts";
import { decompress, sniffCompression, sniffLength } from "../compression.ts";
import { normalisePath, readTar, readTarSource, type TarEntry } from "../tar.ts";

/** Bytes up to which files of a compressed archive are kept while it is indexed: its documents, not its layers. */
const keptFile = 256 * 1024;

/** Bytes of memory that one file of the index takes besides its path. */
const recordBytes = 200;

/** One file of an image archive. */
export interface ArchiveFile {
  readonly size: number;
  stream(): AsyncIterable<Uint8Array>;
}

/** The files of an image archive by path, whatever holds them. */
export interface ArchiveFiles {
  /** What errors call the archive. */
  readonly name: string;
  /** The file at a path, links followed inside the archive; undefined where there is none. */
  open(path: string): Promise<ArchiveFile | undefined>;
}

/** The whole of a document of at most `limits.imageDocument` bytes; undefined where there is none. */
export async function readDocument(files: ArchiveFiles, path: string): Promise<Uint8Array | undefined> {
  const file = await files.open(path);
  if (!file) return undefined;
  const tooLong = () => limitExceeded(`${files.name}: ${path}`, `${limits.imageDocument} bytes in one document`);
  if (file.size > limits.imageDocument) throw tooLong();
  return collectBytes(file.stream(), limits.imageDocument, tooLong);
}

/** The files of a folder. */
export function directoryFiles(directory: DirectorySource): ArchiveFiles {
  return {
    name: directory.name,
    async open(path) {
      const normal = normalisePath(path, directory.name);
      if (normal.escapes || normal.path === "") return undefined;
      const source = await directory.open(normal.path);
      return source && { size: source.size, stream: () => source.stream() };
    },
  };
}

/**
 * The files of a tar archive, compressed or not. A plain one is read where its files lie; a compressed one is
 * decompressed once for its index and documents and again for each layer that is read, so that it needs no scratch space.
 */
export async function tarFiles(source: ByteSource): Promise<ArchiveFiles> {
  const compression = sniffCompression(await source.read(0, sniffLength));
  const read =
    compression === "plain"
      ? () => readTarSource(source)
      : () => readTar(decompress(source.stream(), { what: source.name }), source.name);
  const index = await indexOf(read, source, compression !== "plain");
  return {
    name: source.name,
    open: async (path) => {
      const found = follow(index, path);
      return found && { size: found.size, stream: () => contentOf(found, source, compression === "plain", read) };
    },
  };
}

interface IndexedEntry {
  /** Place among all entries of the archive, from 0. */
  ordinal: number;
  type: TarEntry["type"];
  linkPath: string | undefined;
  size: number;
  dataOffset: number;
  contiguous: boolean;
  kept: Uint8Array | undefined;
}

/** All entries by path; of two with one path the last counts, as when unpacking. */
async function indexOf(
  read: () => AsyncIterable<TarEntry>,
  source: ByteSource,
  keep: boolean,
): Promise<Map<string, IndexedEntry>> {
  const index = new Map<string, IndexedEntry>();
  let ordinal = 0;
  let names = 0;
  let left: number = limits.imageDocument;
  try {
    for await (const entry of read()) {
      const { type, linkPath, size, dataOffset, contiguous } = entry;
      const isKept = keep && type === "file" && size <= keptFile && size <= left;
      const kept = isKept ? await entry.bytes(keptFile) : undefined;
      left -= kept?.length ?? 0;
      names += recordBytes + entry.path.length + (linkPath?.length ?? 0);
      if (names > limits.treeBytes) throw limitExceeded(source.name, `${limits.treeBytes} bytes of paths`);
      index.set(entry.path, { ordinal, type, linkPath, size, dataOffset, contiguous, kept });
      ordinal += 1;
    }
  } catch (thrown) {
    throw ordinal === 0 && !keep ? notAnArchive(thrown, source) : thrown;
  }
  return index;
}

function notAnArchive(thrown: unknown, source: ByteSource): unknown {
  if (!(thrown instanceof AppError) || thrown.code !== "CORRUPT_INPUT") return thrown;
  return new AppError("UNSUPPORTED", `${source.name}: is not a tar archive (${thrown.message})`, {
    hint: "give an archive that `docker save`, `skopeo copy` or `ctr images export` wrote, or an OCI layout folder",
    cause: thrown,
  });
}

/** Old archives keep equal layers once and link to them. */
function follow(index: ReadonlyMap<string, IndexedEntry>, path: string): IndexedEntry | undefined {
  let at = normalisePath(path, path).path;
  for (let depth = 0; depth < limits.linkDepth; depth++) {
    const entry = index.get(at);
    if (entry?.type === "file") return entry;
    if (entry?.type === "hardlink") at = entry.linkPath!;
    else if (entry?.type === "symlink") at = symlinkTarget(at, entry.linkPath!);
    else return undefined;
  }
  return undefined;
}

function symlinkTarget(path: string, target: string): string {
  const base = target.startsWith("/") ? "" : path.slice(0, path.lastIndexOf("/") + 1);
  return normalisePath(base + target, path).path;
}

async function* contentOf(
  entry: IndexedEntry,
  source: ByteSource,
  isPlain: boolean,
  read: () => AsyncIterable<TarEntry>,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (entry.kept) {
    yield entry.kept;
    return;
  }
  if (isPlain && entry.contiguous) {
    yield* source.stream(entry.dataOffset, entry.dataOffset + entry.size);
    return;
  }
  let ordinal = 0;
  for await (const candidate of read()) {
    if (ordinal === entry.ordinal) {
      yield* candidate.content();
      return;
    }
    ordinal += 1;
  }
}
