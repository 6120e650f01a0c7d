import { corrupt, limitExceeded } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { contentProperties } from "../package-content.ts";
import { isClaimable, type PackageRecord } from "../package-record.ts";
import { BytesView } from "./bytes-view.ts";

/** Tags that are read, by number (rpmtag.h of rpm). */
export const tag = {
  name: 1000,
  version: 1001,
  release: 1002,
  epoch: 1003,
  vendor: 1011,
  license: 1014,
  packager: 1015,
  arch: 1022,
  oldFileNames: 1027,
  fileStates: 1029,
  fileModes: 1030,
  fileDigests: 1035,
  fileLinks: 1036,
  fileFlags: 1037,
  fileUsers: 1039,
  fileGroups: 1040,
  sourceRpm: 1044,
  fileVerifyFlags: 1045,
  dirIndexes: 1116,
  baseNames: 1117,
  dirNames: 1118,
  fileDigestAlgorithm: 5011,
  modularityLabel: 5096,
} as const;

/** Sizes of the number types by type code: char, int8, int16, int32, int64. */
const numberSizes: Readonly<Record<number, number>> = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 8 };
const stringTypes = new Set([6, 8, 9]);

/** Entries that rpm itself allows in one header. */
const mostEntries = 65_535;
const folderMode = 0o040000;
const modeType = 0o170000;

interface Entry {
  readonly type: number;
  readonly offset: number;
  readonly count: number;
}

/** One rpm header as databases store it: the counts of index entries and data bytes, the index, the data, all big-endian (rpm file format, "Header Structure"). */
export class RpmHeader {
  readonly #view: BytesView;
  readonly #name: string;
  readonly #dataStart: number;
  readonly #dataEnd: number;
  readonly #entries = new Map<number, Entry>();

  constructor(blob: Uint8Array, name: string) {
    this.#view = new BytesView(blob, name, false);
    this.#name = name;
    const entries = this.#view.u32(0);
    if (entries === 0) throw corrupt(name, "header without entries");
    if (entries > mostEntries) throw limitExceeded(name, `${mostEntries} entries in a header`);
    this.#dataStart = 8 + entries * 16;
    this.#dataEnd = this.#dataStart + this.#view.u32(4);
    if (this.#dataEnd > blob.length) throw corrupt(name, `header of ${blob.length} bytes announces ${this.#dataEnd}`);
    const wanted = new Set<number>(Object.values(tag));
    for (let at = 8; at < this.#dataStart; at += 16) this.#addEntry(at, wanted);
  }

  #addEntry(at: number, wanted: ReadonlySet<number>): void {
    const number = this.#view.u32(at);
    // What an installed header has added behind its signed region must not stand in for what is inside it.
    if (!wanted.has(number) || this.#entries.has(number)) return;
    this.#entries.set(number, {
      type: this.#view.u32(at + 4),
      offset: this.#view.i32(at + 8),
      count: this.#view.u32(at + 12),
    });
  }

  /** The first string of a tag, or undefined where the header lacks it. */
  text(number: number): string | undefined {
    return this.texts(number, 1)[0];
  }

  /** The strings of a tag; empty where the header lacks it. */
  texts(number: number, most = Number.POSITIVE_INFINITY): string[] {
    const entry = this.#entries.get(number);
    if (entry === undefined) return [];
    if (!stringTypes.has(entry.type)) throw corrupt(this.#name, `tag ${number} is of type ${entry.type}, not a string`);
    const strings: string[] = [];
    let at = this.#start(entry);
    for (let index = 0; index < Math.min(entry.count, most); index++) {
      const end = this.#view.bytes.indexOf(0, at);
      if (end < 0 || end >= this.#dataEnd) throw corrupt(this.#name, `string of tag ${number} has no end`, at);
      strings.push(Buffer.from(this.#view.bytes.subarray(at, end)).toString("utf8"));
      at = end + 1;
    }
    return strings;
  }

  /** The numbers of a tag; empty where the header lacks it. */
  numbers(number: number): number[] {
    const entry = this.#entries.get(number);
    if (entry === undefined) return [];
    const size = numberSizes[entry.type];
    if (size === undefined) throw corrupt(this.#name, `tag ${number} is of type ${entry.type}, not a number`);
    const start = this.#start(entry);
    if (start + entry.count * size > this.#dataEnd)
      throw corrupt(this.#name, `${entry.count} numbers of tag ${number} do not fit`, start);
    return Array.from({ length: entry.count }, (_, index) => this.#number(start + index * size, size));
  }

  #number(at: number, size: number): number {
    if (size === 1) return this.#view.u8(at);
    if (size === 2) return this.#view.u16(at);
    if (size === 4) return this.#view.u32(at);
    return this.#view.u32(at) * 2 ** 32 + this.#view.u32(at + 4);
  }

  #start(entry: Entry): number {
    const start = this.#dataStart + entry.offset;
    if (entry.offset < 0 || start > this.#dataEnd)
      throw corrupt(this.#name, "entry lies outside the header's data", entry.offset);
    return start;
  }
}

/** The package that a header of a database describes; undefined for `gpg-pubkey`, the keys that rpm keeps as packages. Throws `CORRUPT_INPUT`. */
export function parseRpmHeader(blob: Uint8Array, name: string): PackageRecord | undefined {
  const header = new RpmHeader(blob, name);
  const [packageName, version, release] = [header.text(tag.name), header.text(tag.version), header.text(tag.release)];
  if (!packageName || !version || !release) throw corrupt(name, "header without name, version and release");
  if (packageName === "gpg-pubkey") return undefined;
  const files = filesOf(header);
  const sourceRpm = stated(header.text(tag.sourceRpm));
  const license = stated(header.text(tag.license));
  return {
    name: packageName,
    version: `${version}-${release}`,
    type: "rpm",
    // An absent epoch counts as 0 in comparisons (rpm-version(7)).
    epoch: header.numbers(tag.epoch)[0] ?? 0,
    architecture: stated(header.text(tag.arch)),
    ...sourceOf(sourceRpm),
    sourceRpm,
    vendor: stated(header.text(tag.vendor)) ?? stated(header.text(tag.packager)),
    licenses: license === undefined ? [] : [license],
    module: stated(header.text(tag.modularityLabel)),
    fileCount: files.length,
    ownedPaths: files.filter(isClaimable),
    ...contentProperties(files),
  };
}

/** `(none)` is what rpm prints, and some tools store, for what is absent. */
function stated(text: string | undefined): string | undefined {
  return text === undefined || text === "" || text === "(none)" ? undefined : text;
}

/** `util-linux-2.32.1-42.el8_8.src.rpm` is source package `util-linux` in version `2.32.1-42.el8_8`. */
export function sourceOf(sourceRpm: string | undefined): { sourceName?: string; sourceVersion?: string } {
  const stem = sourceRpm?.replace(/\.(src|nosrc)\.rpm$/, "") ?? "";
  const release = stem.lastIndexOf("-");
  const version = stem.lastIndexOf("-", release - 1);
  if (version <= 0) return {};
  return { sourceName: stem.slice(0, version), sourceVersion: stem.slice(version + 1) };
}

/** The files of a package without a leading slash, folders left out. rpm before version 4 kept whole paths. */
function filesOf(header: RpmHeader): string[] {
  const modes = header.numbers(tag.fileModes);
  return pathsOf(header)
    .filter((_path, index) => ((modes[index] ?? 0) & modeType) !== folderMode)
    .map((path) => path.replace(/^\/+/, ""));
}

/** The paths of all files of a package as the header has them, folders among them. */
export function pathsOf(header: RpmHeader): string[] {
  const baseNames = header.texts(tag.baseNames);
  if (baseNames.length === 0) return header.texts(tag.oldFileNames);
  const folders = header.texts(tag.dirNames);
  const indexes = header.numbers(tag.dirIndexes);
  let total = 0;
  return baseNames.map((baseName, index) => {
    const folder = folders[indexes[index] ?? -1];
    if (folder === undefined) throw corrupt("rpm header", `file ${index} lies in no folder`);
    total += folder.length + baseName.length;
    // One long folder shared by many files multiplies: the sum is what memory is spent on.
    if (total > limits.packagePaths) throw limitExceeded("rpm header", `${limits.packagePaths} characters of paths`);
    return folder + baseName;
  });
}
