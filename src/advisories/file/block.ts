import { isAscii } from "node:buffer";
import { type AppError, corrupt } from "../../core/errors.ts";
import { compareText, keyOf } from "./line.ts";

/** Characters of one block, about: it ends with the key that reaches them. */
const blockText = 96 * 1024;
/** Bytes before the directory: bytes of the lines of its keys, bytes of its tails. */
const headSize = 4 + 4;
/** Stands before the number of a tail. No line holds it: control characters are escaped. */
const reference = "\u0001";
const referenceCode = 1;
const lineFeed = 10;
const tabCode = 9;

/** A run of lines as a block stores it, before compression (docs/advisory-file.md, "Blocks"). */
export interface BlockText {
  readonly bytes: Buffer;
  readonly firstKey: string;
}

/** Lines of one key: what follows the key in each, every line with its end, and the tails that they refer to. */
export interface LineGroup {
  readonly text: string;
  readonly tails: readonly string[];
}

/** Sorted lines as blocks; lines of one key stay in one block. */
export function cutIntoBlocks(lines: readonly string[]): BlockText[] {
  const blocks: BlockText[] = [];
  let start = 0;
  let size = 0;
  let key: string | undefined;
  let tails = new Set<string>();
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] as string;
    const own = keyOf(line);
    if (own !== key) {
      if (size >= blockText) {
        blocks.push(writeBlock(lines.slice(start, index)));
        start = index;
        size = 0;
        tails = new Set();
      }
      key = own;
      size += own.length;
    }
    const tail = line.slice(tailAt(line, own.length));
    size += line.length - own.length - (tails.has(tail) ? tail.length : 0);
    tails.add(tail);
  }
  if (start < lines.length) blocks.push(writeBlock(lines.slice(start)));
  return blocks;
}

/** Where the fourth field of a line begins; the line's end where it has none. */
function tailAt(line: string, keyLength: number): number {
  const second = line.indexOf("\t", keyLength + 1);
  const third = second < 0 ? -1 : line.indexOf("\t", second + 1);
  return third < 0 ? line.length : third + 1;
}

function writeBlock(lines: readonly string[]): BlockText {
  const groups: { key: string; lines: string[] }[] = [];
  for (const line of lines) {
    const key = keyOf(line);
    const last = groups.at(-1);
    if (last?.key === key) last.lines.push(line);
    else groups.push({ key, lines: [line] });
  }
  const tails = repeatedTails(lines);
  const numbers = new Map(tails.map((tail, index) => [tail, index] as const));
  const bodies = groups.map(({ key, lines: own }) =>
    Buffer.from(own.map((line) => `${shortened(line, key, numbers)}\n`).join(""), "utf8"),
  );
  let start = 0;
  const keyLines = groups.map(({ key }, index) => {
    const line = `${key}\t${start}\n`;
    start += (bodies[index] as Buffer).length;
    return line;
  });
  const keys = Buffer.from(keyLines.join(""), "utf8");
  const tailLines = Buffer.from(tails.map((tail) => `${tail}\n`).join(""), "utf8");
  const head = Buffer.alloc(headSize);
  head.writeUInt32LE(keys.length, 0);
  head.writeUInt32LE(tailLines.length, 4);
  return {
    bytes: Buffer.concat([head, keys, tailLines, ...bodies]),
    firstKey: (groups[0] as { key: string }).key,
  };
}

/** What stands behind the third field of more than one line, sorted. */
function repeatedTails(lines: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const line of lines) {
    const tail = line.slice(tailAt(line, keyOf(line).length));
    if (tail !== "") counts.set(tail, (counts.get(tail) ?? 0) + 1);
  }
  return [...counts].flatMap(([tail, count]) => (count > 1 ? [tail] : [])).sort(compareText);
}

function shortened(line: string, key: string, numbers: ReadonlyMap<string, number>): string {
  const at = tailAt(line, key.length);
  const number = numbers.get(line.slice(at));
  return number === undefined ? line.slice(key.length + 1) : `${line.slice(key.length + 1, at)}${reference}${number}`;
}

/** The tail that stands in a group's text between two places: as it is written there, or the one that is referred to. */
export function tailBetween({ text, tails }: LineGroup, start: number, end: number): string {
  if (text.charCodeAt(start) !== referenceCode) return text.slice(start, end);
  const tail = tails[Number(text.slice(start + 1, end))];
  if (tail === undefined) throw corrupt("advisory data", "refers to what its block does not hold");
  return tail;
}

/** The lines of a group, whole. */
export function expanded(key: string, group: LineGroup): string[] {
  const { text } = group;
  const lines: string[] = [];
  let start = 0;
  for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
    const rest = text.slice(start, end);
    const at = rest.lastIndexOf(reference);
    if (rest === "") lines.push(key);
    else if (at < 0) lines.push(`${key}\t${rest}`);
    else lines.push(`${key}\t${rest.slice(0, at)}${tailBetween(group, start + at, end)}`);
    start = end + 1;
  }
  return lines;
}

/** Where the line begins that a place is in; a line feed belongs to the line that it ends. */
function lineStart(text: string, place: number): number {
  let start = place;
  while (start > 0 && text.charCodeAt(start - 1) !== lineFeed) start--;
  return start;
}

/** The order of a key and of that of the line that begins at a place, by code unit: negative where the key comes first. `<` is slow for parts of longer texts. */
function compareKeyAt(key: string, text: string, start: number): number {
  for (let index = 0; index < key.length; index++) {
    const code = text.charCodeAt(start + index);
    if (code === tabCode) return 1;
    const difference = key.charCodeAt(index) - code;
    if (difference !== 0) return difference;
  }
  return text.charCodeAt(start + key.length) === tabCode ? 0 : -1;
}

/** A block that is unpacked. Nothing of it is taken apart but what is asked for: most blocks are asked for one key. */
export class OpenBlock {
  readonly #bytes: Buffer;
  readonly #name: string;
  /** The lines `key TAB start`, in the order of keys. */
  readonly #keys: string;
  readonly #tailsStart: number;
  readonly #linesStart: number;
  #tails: readonly string[] | undefined;

  /** The text of a block, whose hash was good; one that is not in the form of a block is `CORRUPT_INPUT`, now or when it is read. */
  constructor(bytes: Buffer, name: string) {
    this.#bytes = bytes;
    this.#name = name;
    if (bytes.length < headSize) throw this.#damage();
    this.#tailsStart = headSize + bytes.readUInt32LE(0);
    this.#linesStart = this.#tailsStart + bytes.readUInt32LE(4);
    if (this.#linesStart > bytes.length) throw this.#damage();
    this.#keys = bytes.toString("utf8", headSize, this.#tailsStart);
  }

  /** The lines of a key; undefined where the block has none. */
  group(key: string): LineGroup | undefined {
    const keys = this.#keys;
    let low = 0;
    let high = keys.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const start = lineStart(keys, middle);
      const order = compareKeyAt(key, keys, start);
      if (order === 0) return this.#group(start + key.length + 1);
      if (order < 0) high = start;
      else {
        const end = keys.indexOf("\n", middle);
        if (end < 0) throw this.#damage();
        low = end + 1;
      }
    }
    return undefined;
  }

  /** All lines in order. */
  *all(): Generator<string> {
    const keys = this.#keys;
    for (let start = 0; start < keys.length; ) {
      const tab = keys.indexOf("\t", start);
      const end = keys.indexOf("\n", start);
      if (tab < 0 || end < tab) throw this.#damage();
      yield* expanded(keys.slice(start, tab), this.#group(tab + 1));
      start = end + 1;
    }
  }

  /** Whether one of the texts stands anywhere in it. */
  mentions(parts: readonly Buffer[]): boolean {
    return parts.some((part) => this.#bytes.includes(part));
  }

  /** The group whose start stands at a place of the directory. */
  #group(at: number): LineGroup {
    const keys = this.#keys;
    const lineEnd = keys.indexOf("\n", at);
    const nextEnd = keys.indexOf("\n", lineEnd + 1);
    const start = this.#linesStart + Number(keys.slice(at, lineEnd));
    const end =
      nextEnd < 0
        ? this.#bytes.length
        : this.#linesStart + Number(keys.slice(keys.indexOf("\t", lineEnd) + 1, nextEnd));
    const isSound = start >= this.#linesStart && end > start && end <= this.#bytes.length;
    if (!isSound || this.#bytes[end - 1] !== lineFeed) throw this.#damage();
    const bytes = this.#bytes.subarray(start, end);
    this.#tails ??= this.#bytes.toString("utf8", this.#tailsStart, this.#linesStart).split("\n");
    return { text: bytes.toString(isAscii(bytes) ? "latin1" : "utf8"), tails: this.#tails };
  }

  #damage(): AppError {
    return corrupt(this.#name, "has a block with a damaged directory");
  }
}
