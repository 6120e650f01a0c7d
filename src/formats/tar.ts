import { corrupt, limitExceeded } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import { type ByteSource, joinBytes } from "./byte-source.ts";
import { textOfBytes } from "./path-bytes.ts";
import { ByteReader } from "./tar/byte-reader.ts";
import { PaxFields, type PaxRecord, parsePax } from "./tar/pax.ts";
import { expandSparse, readOldSparse, readPaxSparse, requireSoundMap, type SparseFile } from "./tar/sparse.ts";
import { blockSize, parseHeader, type RawHeader } from "./tar/tar-header.ts";
import { normalisePath } from "./tar/tar-text.ts";

export { type NormalPath, normalisePath } from "./tar/tar-text.ts";

/** What an entry is; `unreadable` is a type that no runtime unpacks, shown so that it can be reported. */
export type TarEntryType =
  | "file"
  | "directory"
  | "symlink"
  | "hardlink"
  | "character"
  | "block"
  | "fifo"
  | "unreadable";

/** One entry of a tar archive as a container runtime unpacks it. */
export interface TarEntry {
  /** Below the root, without leading slash or `..`; "" is the root itself (see `normalisePath`). */
  readonly path: string;
  /** Whether the written path, or the target of a hard link, climbs above the root. */
  readonly escapes: boolean;
  readonly type: TarEntryType;
  /** The type flag as it is written, for `unreadable` entries. */
  readonly typeFlag: string;
  /** Bytes of the file with its holes filled; 0 for everything but files. */
  readonly size: number;
  /** Permission bits, with set-user-id, set-group-id and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since 1970. */
  readonly mtime: number;
  /** A symbolic link's target as written, a hard link's target as a path below the root. */
  readonly linkPath?: string;
  /** Extended attributes by name, such as `security.capability`. */
  readonly xattrs?: Readonly<Record<string, Uint8Array>>;
  readonly deviceMajor?: number;
  readonly deviceMinor?: number;
  /** Where the stored content begins in the archive, in bytes. */
  readonly dataOffset: number;
  /** Whether the content is stored as it is: then it is the `size` bytes from `dataOffset` on. */
  readonly contiguous: boolean;
  /** The content, once, before the next entry is asked for. */
  content(): AsyncIterable<Uint8Array>;
  /** The content whole; more than `maxBytes` is `LIMIT_EXCEEDED`. Once, before the next entry is asked for. */
  bytes(maxBytes: number): Promise<Uint8Array>;
}

/**
 * The entries of a tar stream in order: ustar, PAX and GNU, with long names, base-256 numbers and every sparse form
 * (POSIX.1-2001 pax; GNU tar manual, "Extensions to the archive format"). Content that is not read is passed over; the
 * stream is read to its end. Damage and truncation are `CORRUPT_INPUT` with the offset, too many entries or too long
 * names `LIMIT_EXCEEDED`.
 */
export function readTar(source: AsyncIterable<Uint8Array>, what: string): AsyncGenerator<TarEntry, void, undefined> {
  return entriesOf(ByteReader.ofStream(source, what), what);
}

/** The entries of a tar file in order; content that is not read is not fetched either. Errors as with `readTar`. */
export function readTarSource(source: ByteSource): AsyncGenerator<TarEntry, void, undefined> {
  return entriesOf(ByteReader.ofSource(source), source.name);
}

async function* entriesOf(reader: ByteReader, what: string): AsyncGenerator<TarEntry, void, undefined> {
  const headers = new HeaderReader(reader, what);
  try {
    for (let count = 1; ; count++) {
      const header = await headers.next();
      if (header === undefined) break;
      if (count > limits.tarEntries) throw limitExceeded(what, `${limits.tarEntries} entries`);
      const entry = new Entry(header, reader, what);
      yield entry;
      const skipping = entry.finish();
      if (skipping !== undefined) await skipping;
    }
    await reader.drain();
  } finally {
    await reader.close();
  }
}

/** A header with everything that the extended headers before it say about it. */
interface CompleteHeader {
  raw: RawHeader;
  path: string;
  linkPath: string;
  /** Bytes that follow in the archive, without the map of a sparse file. */
  stored: number;
  fields: PaxFields;
  sparse: SparseFile | undefined;
  /** Where the header block begins. */
  offset: number;
}

/** Reads header blocks and gathers the extended headers that belong to the next entry. */
class HeaderReader {
  readonly #reader: ByteReader;
  readonly #what: string;
  /** Bytes that the sparse files so far stand for. */
  #expanded = 0;

  constructor(reader: ByteReader, what: string) {
    this.#reader = reader;
    this.#what = what;
  }

  async next(): Promise<CompleteHeader | undefined> {
    let records: PaxRecord[] = [];
    let longName: string | undefined;
    let longLink: string | undefined;
    // Extended headers count as entries, or an archive of nothing else would be read for ever.
    for (let count = 0; count < limits.tarEntries; count++) {
      const offset = this.#reader.offset;
      const raw = await this.#readBlock(offset);
      if (raw === undefined) {
        if (longName !== undefined || longLink !== undefined || records.length > 0) {
          throw corrupt(this.#what, "ends behind an extended header", offset);
        }
        return undefined;
      }
      switch (raw.typeFlag) {
        case "x":
          records = parsePax(await this.#extension(raw), this.#what, offset + blockSize);
          break;
        case "g":
          // Checked and dropped, with what came before it: no container runtime applies global records.
          parsePax(await this.#extension(raw), this.#what, offset + blockSize);
          records = [];
          longName = undefined;
          longLink = undefined;
          break;
        case "L":
          longName = untilNul(await this.#extension(raw));
          break;
        case "K":
          longLink = untilNul(await this.#extension(raw));
          break;
        default:
          return this.#complete(raw, records, longName, longLink, offset);
      }
    }
    throw limitExceeded(this.#what, `${limits.tarEntries} entries`);
  }

  /** The next header, or undefined at the end: two zero blocks, or the end of the input. */
  async #readBlock(offset: number): Promise<RawHeader | undefined> {
    const block = this.#reader.takeNow(blockSize) ?? (await this.#reader.take(blockSize));
    if (!block) return undefined;
    const header = parseHeader(block, this.#what, offset);
    if (header) return header;
    const second = await this.#reader.take(blockSize);
    if (second && parseHeader(second, this.#what, offset + blockSize)) {
      throw corrupt(this.#what, "tar header behind a single zero block", offset);
    }
    return undefined;
  }

  async #extension(raw: RawHeader): Promise<Uint8Array> {
    if (raw.size > limits.tarExtendedHeader) {
      throw limitExceeded(this.#what, `${limits.tarExtendedHeader} bytes in one extended header`);
    }
    const start = this.#reader.offset;
    const bytes = raw.size === 0 ? new Uint8Array(0) : await this.#reader.take(raw.size);
    if (!bytes) throw corrupt(this.#what, "ends within an extended header", start);
    await this.#reader.skip(padding(raw.size));
    return bytes;
  }

  async #complete(
    raw: RawHeader,
    records: PaxRecord[],
    longName: string | undefined,
    longLink: string | undefined,
    offset: number,
  ): Promise<CompleteHeader> {
    const fields = new PaxFields(records);
    const header: CompleteHeader = {
      raw,
      path: longName ?? fields.text("path") ?? raw.name,
      linkPath: longLink ?? fields.text("linkpath") ?? raw.linkName,
      stored: fields.integer("size", this.#what, offset) ?? raw.size,
      fields,
      sparse: undefined,
      offset,
    };
    if (!hasContent(raw.typeFlag)) header.stored = 0;
    else if (raw.typeFlag === "S") header.sparse = await readOldSparse(raw, this.#reader, this.#what);
    else if (records.length > 0) await this.#readPaxSparse(header, records);
    if (header.sparse) this.#requireSoundSparse(header.sparse, header);
    return header;
  }

  /** A PAX sparse file's header carries a made-up name; runtimes unpack it under `GNU.sparse.name`. */
  async #readPaxSparse(header: CompleteHeader, records: readonly PaxRecord[]): Promise<void> {
    header.sparse = await readPaxSparse(header.fields, records, this.#reader, this.#what);
    if (!header.sparse) return;
    header.path = header.fields.text("GNU.sparse.name") ?? header.path;
    header.stored -= header.sparse.mapBytes;
    if (header.stored < 0) throw corrupt(this.#what, "sparse file that is shorter than its map", header.offset);
  }

  /** A few bytes may stand for gigabytes of holes, so holes count as what decompression yields does. */
  #requireSoundSparse(sparse: SparseFile, header: CompleteHeader): void {
    requireSoundMap(sparse, header.stored, this.#what, header.offset);
    this.#expanded += sparse.realSize;
    if (this.#expanded > limits.decompressedBytes) {
      throw limitExceeded(this.#what, `${limits.decompressedBytes} bytes in sparse files`);
    }
  }
}

/** An entry whose content is read from where the reader stands. */
class Entry implements TarEntry {
  readonly path: string;
  readonly escapes: boolean;
  readonly type: TarEntryType;
  readonly typeFlag: string;
  readonly size: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtime: number;
  readonly linkPath?: string;
  readonly xattrs?: Readonly<Record<string, Uint8Array>>;
  readonly deviceMajor?: number;
  readonly deviceMinor?: number;
  readonly dataOffset: number;
  readonly contiguous: boolean;
  readonly #reader: ByteReader;
  readonly #what: string;
  readonly #sparse: SparseFile | undefined;
  readonly #padding: number;
  #left: number;
  #isFinished = false;

  constructor(header: CompleteHeader, reader: ByteReader, what: string) {
    const { raw, fields, offset } = header;
    this.#reader = reader;
    this.#what = what;
    this.#sparse = header.sparse;
    this.#left = header.stored;
    this.#padding = padding(header.stored);
    this.typeFlag = raw.typeFlag;
    this.type = typeOf(raw.typeFlag, header.path);
    const normal = normalisePath(header.path, what, offset);
    this.path = normal.path;
    this.escapes = normal.escapes;
    if (this.type === "symlink") this.linkPath = header.linkPath;
    if (this.type === "hardlink") {
      const target = normalisePath(header.linkPath, what, offset);
      this.linkPath = target.path;
      this.escapes ||= target.escapes;
    }
    this.size = this.type === "file" ? (header.sparse?.realSize ?? header.stored) : 0;
    this.mode = raw.mode & 0o7777;
    this.uid = raw.uid;
    this.gid = raw.gid;
    this.mtime = raw.mtime;
    this.dataOffset = reader.offset;
    this.contiguous = header.sparse === undefined;
    if (!fields.isEmpty) {
      this.uid = fields.integer("uid", what, offset) ?? raw.uid;
      this.gid = fields.integer("gid", what, offset) ?? raw.gid;
      this.mtime = fields.seconds("mtime", what, offset) ?? raw.mtime;
      const xattrs = fields.extendedAttributes();
      if (xattrs) this.xattrs = xattrs;
    }
    if (this.type === "character" || this.type === "block") {
      this.deviceMajor = raw.deviceMajor;
      this.deviceMinor = raw.deviceMinor;
    }
  }

  content(): AsyncIterable<Uint8Array> {
    return this.#sparse ? expandSparse(this.#sparse, (length) => this.#stored(length)) : this.#stored(this.#left);
  }

  async bytes(maxBytes: number): Promise<Uint8Array> {
    if (this.size > maxBytes) throw limitExceeded(`${this.#what}: ${this.path}`, `${maxBytes} bytes`);
    if (this.#sparse === undefined && !this.#isFinished) {
      // A copy, so that a small file that is kept does not keep the whole piece of input.
      const whole = this.#reader.takeNow(this.#left);
      if (whole) {
        this.#left = 0;
        return whole.slice();
      }
    }
    const pieces: Uint8Array[] = [];
    for await (const piece of this.content()) pieces.push(piece);
    return pieces.length === 1 ? pieces[0]! : joinBytes(pieces, this.size);
  }

  /** Passes over what was not read; waits only where that does not lie in the current piece. */
  finish(): Promise<void> | undefined {
    this.#isFinished = true;
    const content = this.#left;
    this.#left = 0;
    const passed = this.#reader.skipNow(content + this.#padding);
    if (passed === content + this.#padding) return undefined;
    return this.#skipRest(content - passed, content + this.#padding - passed);
  }

  /** Content must be there; the padding of the last entry is missing in some archives, and runtimes accept that. */
  async #skipRest(content: number, withPadding: number): Promise<void> {
    if (content > 0) await this.#reader.skip(content);
    await this.#reader.skipSome(Math.min(withPadding, this.#padding));
  }

  async *#stored(length: number): AsyncGenerator<Uint8Array, void, undefined> {
    let missing = length;
    while (missing > 0) {
      if (this.#isFinished) throw new Error(`${this.path} was read after the next entry was asked for`);
      const piece = await this.#reader.some(missing);
      if (!piece) throw corrupt(this.#what, `ends within ${this.path}`, this.#reader.offset);
      missing -= piece.length;
      this.#left -= piece.length;
      yield piece;
    }
  }
}

/** Links, devices, directories and pipes have no content whatever their size field says, as runtimes read them. */
function hasContent(typeFlag: string): boolean {
  return !"123456".includes(typeFlag);
}

function typeOf(typeFlag: string, path: string): TarEntryType {
  switch (typeFlag) {
    case "\0":
      // Archives older than ustar tell a directory by its slash.
      return path.endsWith("/") ? "directory" : "file";
    case "0":
    case "7":
    case "S":
      return "file";
    case "1":
      return "hardlink";
    case "2":
      return "symlink";
    case "3":
      return "character";
    case "4":
      return "block";
    case "5":
      return "directory";
    case "6":
      return "fifo";
    default:
      return "unreadable";
  }
}

function untilNul(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return textOfBytes(end < 0 ? bytes : bytes.subarray(0, end));
}

function padding(size: number): number {
  return (blockSize - (size % blockSize)) % blockSize;
}
