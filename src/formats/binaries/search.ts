import { limitExceeded } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { type KeywordMark, type LoneMark, place, type VersionMark } from "./rule.ts";

/** What a mark found: the version and whatever else its pattern names. */
export interface FoundVersion {
  readonly version: string;
  readonly properties: Readonly<Record<string, string>>;
}

/** Whether a version may be told. */
export type Judge = (found: FoundVersion) => boolean;

const windowAfter = 96;
const windowAround = 64;
const longestString = 96;
/** Digits that a number before its first point has at most. */
const longestNumber = 5;
const point = 0x2e;
const letterV = 0x76;
const questionMark = 0x3f;

/** The bytes that several marks are sought in. */
export class ProgramBytes {
  readonly bytes: Buffer;
  readonly path: string;
  readonly #absent = new Set<string>();

  constructor(content: Uint8Array, path: string) {
    this.bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
    this.path = path;
  }

  /** Where a keyword occurs first, or -1; what is not there is sought once. */
  first(keyword: string): number {
    if (this.#absent.has(keyword)) return -1;
    const at = this.bytes.indexOf(keyword, 0, "latin1");
    if (at < 0) this.#absent.add(keyword);
    return at;
  }
}

/** The version that a mark finds in the bytes, or undefined. Throws `LIMIT_EXCEEDED` where more places than `limits.versionPlaces` must be looked at. */
export function findVersion(program: ProgramBytes, mark: VersionMark, accepts: Judge): FoundVersion | undefined {
  return "keyword" in mark ? besideKeyword(program, mark, accepts) : standingAlone(program, mark, accepts);
}

function besideKeyword(program: ProgramBytes, mark: KeywordMark, accepts: Judge): FoundVersion | undefined {
  const { bytes } = program;
  const { keyword, pattern, before = 0, after = windowAfter } = mark;
  const places = new Places(program.path);
  for (let at = program.first(keyword); at >= 0; at = bytes.indexOf(keyword, at + 1, "latin1")) {
    places.count();
    const match = pattern.exec(
      bytes.toString("latin1", Math.max(0, at - before), Math.min(bytes.length, at + keyword.length + after)),
    );
    const found = match && foundIn(match);
    if (found && accepts(found)) return found;
  }
  return undefined;
}

/** The one version with the best context. */
function standingAlone(program: ProgramBytes, mark: LoneMark, accepts: Judge): FoundVersion | undefined {
  const { bytes } = program;
  const best = new Map<string, FoundVersion>();
  const places = new Places(program.path);
  const worst = mark.anywhere ? mark.contexts.length : mark.contexts.length - 1;
  let bestOrder = Number.POSITIVE_INFINITY;
  for (
    let start = nextNumber(bytes, 0, mark.prefix);
    start >= 0;
    start = nextNumber(bytes, bytes.indexOf(point, start) + 1, mark.prefix)
  ) {
    places.count();
    const match = mark.lone.exec(bytes.toString("latin1", start, Math.min(bytes.length, start + longestString)));
    const found = match && foundIn(match);
    if (!found || !accepts(found)) continue;
    const rank = rankOf(bytes, start, found, mark);
    if (rank > worst) continue;
    // Where a `v` may stand before it, a number with one is the likelier version.
    const order = mark.prefix === "either" && bytes[start - 1] !== letterV ? rank + 0.5 : rank;
    if (order > bestOrder) continue;
    if (order < bestOrder) best.clear();
    bestOrder = order;
    best.set(found.version, found);
  }
  return onlyOne([...best.values()]);
}

/** Builds of distributions carry the version and, as another string, the same with their own build appended: `2.24.1` and `2.24.1-1+b7`. */
function onlyOne(found: readonly FoundVersion[]): FoundVersion | undefined {
  const [first, ...longer] = [...found].sort((a, b) => a.version.length - b.version.length);
  if (first === undefined) return undefined;
  const isBuildOfIt = ({ version }: FoundVersion) =>
    version.startsWith(first.version) &&
    /^[-+~](?:\d{1,3}(?!\d)|ds|dfsg|deb|el\d|fc\d|r\d)/.test(version.slice(first.version.length));
  return longer.every(isBuildOfIt) ? first : undefined;
}

function rankOf(bytes: Buffer, start: number, { version }: FoundVersion, mark: LoneMark): number {
  if (mark.contexts.length === 0) return 0;
  const { reach = windowAround, contexts } = mark;
  const end = start + version.length;
  const text = `${bytes.toString("latin1", Math.max(0, start - reach), start)}${place}${bytes.toString("latin1", end, Math.min(bytes.length, end + reach))}`;
  const rank = contexts.findIndex((context) => context.test(text));
  return rank < 0 ? contexts.length : rank;
}

/** Where the next string begins, from a byte on, that is a number with a point; -1 where there is none. */
function nextNumber(bytes: Uint8Array, from: number, prefix: LoneMark["prefix"]): number {
  for (let at = nextPoint(bytes, from); at >= 0; at = nextPoint(bytes, at + 1)) {
    let start = at - 1;
    while (start > 0 && at - start < longestNumber && isDigit(bytes[start - 1]!)) start--;
    if (prefix !== "v" && startsString(bytes, start)) return start;
    if (prefix !== undefined && startsAfterV(bytes, start)) return start;
  }
  return -1;
}

/** The next point between two digits. All bytes of large programs go through this loop: it does nothing else. */
function nextPoint(bytes: Uint8Array, from: number): number {
  const end = bytes.length - 1;
  for (let at = Math.max(from, 1); at < end; at++) {
    if (bytes[at] === point && isDigit(bytes[at + 1]!) && isDigit(bytes[at - 1]!)) return at;
  }
  return -1;
}

/** Strings follow on a zero byte, or in a program of the Go linker on any constant: bytes that are no text, or the `?` that ends many floating-point numbers. */
function startsString(bytes: Uint8Array, start: number): boolean {
  return start === 0 || !isText(bytes[start - 1]!) || bytes[start - 1] === questionMark;
}

/** The byte before the `v` may look like a letter by chance: Go's strings have no zero byte before them. */
function startsAfterV(bytes: Uint8Array, start: number): boolean {
  if (start === 0 || bytes[start - 1] !== letterV) return false;
  return start < 3 || !isText(bytes[start - 2]!) || !isText(bytes[start - 3]!);
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function isText(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || byte === 0x0a || byte === 0x09;
}

function foundIn({ groups }: RegExpExecArray): FoundVersion | undefined {
  const { version, ...rest } = groups ?? {};
  if (version === undefined) return undefined;
  const properties = Object.fromEntries(
    Object.entries(rest).filter(([, value]) => value !== undefined && value !== ""),
  );
  return { version, properties };
}

/** Counts the places that are looked at, so that made-up bytes cannot hold the reader. */
class Places {
  readonly #file: string;
  #count = 0;

  constructor(file: string) {
    this.#file = file;
  }

  count(): void {
    if (++this.#count > limits.versionPlaces)
      throw limitExceeded(this.#file, `${limits.versionPlaces} places that look like its version`);
  }
}
