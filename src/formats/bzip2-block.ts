import { corrupt } from "../core/errors.ts";
import type { Bzip2Bits } from "./bzip2-bits.ts";

/** Symbols that are read with one table before the next selector. */
const groupLength = 50;
const longestCode = 20;
const mostSelectors = 18_002;

/** The bytes of one block as they were before runs were shortened; iterating undoes the Burrows-Wheeler transform. */
export class Bzip2Block implements Iterable<number> {
  readonly #places: Uint32Array;
  readonly #origin: number;
  readonly length: number;

  /** `places` holds a byte, and above it the place of the byte that follows. */
  constructor(places: Uint32Array, length: number, origin: number) {
    this.#places = places;
    this.#origin = origin;
    this.length = length;
  }

  *[Symbol.iterator](): Generator<number> {
    const places = this.#places;
    let at = this.length === 0 ? 0 : places[this.#origin]! >>> 8;
    for (let left = this.length; left > 0; left--) {
      const entry = places[at]!;
      yield entry & 255;
      at = entry >>> 8;
    }
  }
}

/** Reads one block behind its magic number and checksum. Whatever is no block is `CORRUPT_INPUT`. */
export function decodeBlock(input: Bzip2Bits, blockSize: number, what: string): Bzip2Block {
  const wrong = (why: string) => corrupt(what, `has a bzip2 block that ${why}`, input.offset);
  if (input.bits(1) === 1) throw wrong("is randomised, which nothing has written since 1999");
  const origin = input.bits(24);
  const used = usedBytes(input);
  if (used.length === 0) throw wrong("uses no bytes");
  const tables = input.bits(3);
  if (tables < 2 || tables > 6) throw wrong("has no usable number of tables");
  const selectors = readSelectors(input, tables, wrong);
  const codes = Array.from({ length: tables }, () => new Code(readLengths(input, used.length + 2, wrong)));
  const places = new Uint32Array(blockSize);
  const counts = new Uint32Array(256);
  const length = readSymbols(input, { used, selectors, codes, places, counts }, wrong);
  if (length === 0 ? origin !== 0 : origin >= length) throw wrong("begins outside of itself");
  link(places, counts, length);
  return new Bzip2Block(places, length, origin);
}

type Wrong = (why: string) => Error;

/** 16 bits for runs of 16 bytes, and for each that is set 16 bits for its bytes. */
function usedBytes(input: Bzip2Bits): Uint8Array {
  const ranges = input.bits(16);
  const used: number[] = [];
  for (let range = 0; range < 16; range++) {
    if ((ranges & (0x8000 >> range)) === 0) continue;
    const bytes = input.bits(16);
    for (let byte = 0; byte < 16; byte++) if (bytes & (0x8000 >> byte)) used.push(range * 16 + byte);
  }
  return Uint8Array.from(used);
}

/** Numbers of tables, each as how far it stands from the front of a list that is moved to front. */
function readSelectors(input: Bzip2Bits, tables: number, wrong: Wrong): Uint8Array {
  const count = input.bits(15);
  if (count === 0) throw wrong("has no selectors");
  const order = Uint8Array.from({ length: tables }, (_, table) => table);
  const selectors = new Uint8Array(Math.min(count, mostSelectors));
  for (let at = 0; at < count; at++) {
    let place = 0;
    while (input.bits(1) === 1) if (++place >= tables) throw wrong("selects a table that is not there");
    // Some writers add selectors that are never needed.
    if (at < selectors.length) selectors[at] = moveToFront(order, place);
  }
  return selectors;
}

function moveToFront(order: Uint8Array, place: number): number {
  const value = order[place]!;
  order.copyWithin(1, 0, place);
  order[0] = value;
  return value;
}

function readLengths(input: Bzip2Bits, symbols: number, wrong: Wrong): Uint8Array {
  const lengths = new Uint8Array(symbols);
  let length = input.bits(5);
  for (let symbol = 0; symbol < symbols; symbol++) {
    for (;;) {
      if (length < 1 || length > longestCode) throw wrong("has a code of no usable length");
      if (input.bits(1) === 0) break;
      length += input.bits(1) === 0 ? 1 : -1;
    }
    lengths[symbol] = length;
  }
  return lengths;
}

/** A canonical Huffman code: codes of one length follow each other, the shorter ones first. */
class Code {
  /** By length: the first code beyond those of that length, its place in `symbols`, and the lowest length. */
  readonly #limits = new Int32Array(longestCode + 2);
  readonly #offsets = new Int32Array(longestCode + 2);
  readonly #symbols: Uint16Array;
  readonly #shortest: number;

  constructor(lengths: Uint8Array) {
    const counts = new Int32Array(longestCode + 2);
    for (const length of lengths) counts[length]!++;
    this.#shortest = counts.findIndex((count) => count > 0);
    this.#symbols = Uint16Array.from(Array.from(lengths.keys()).sort((a, b) => lengths[a]! - lengths[b]! || a - b));
    let code = 0;
    let place = 0;
    for (let length = 1; length <= longestCode; length++) {
      this.#offsets[length] = place - code;
      code += counts[length]!;
      place += counts[length]!;
      this.#limits[length] = code;
      code <<= 1;
    }
  }

  read(input: Bzip2Bits, wrong: Wrong): number {
    let length = this.#shortest;
    let code = input.bits(length);
    while (code >= this.#limits[length]!) {
      if (++length > longestCode) throw wrong("has a code that stands for nothing");
      code = (code << 1) | input.bits(1);
    }
    const symbol = this.#symbols[code + this.#offsets[length]!];
    if (symbol === undefined) throw wrong("has a code that stands for nothing");
    return symbol;
  }
}

interface SymbolParts {
  readonly used: Uint8Array;
  readonly selectors: Uint8Array;
  readonly codes: readonly Code[];
  readonly places: Uint32Array;
  readonly counts: Uint32Array;
}

/** Symbols 0 and 1 are the digits of a run of the byte at the front, in base 2 with digits 1 and 2; the last ends the block; others name a place in the list. */
function readSymbols(input: Bzip2Bits, parts: SymbolParts, wrong: Wrong): number {
  const { used, selectors, codes, places, counts } = parts;
  const order = Uint8Array.from(used);
  const end = used.length + 1;
  let length = 0;
  let run = 0;
  let digit = 1;
  const put = (byte: number, times: number) => {
    if (length + times > places.length) throw wrong("is longer than the stream allows");
    places.fill(byte, length, length + times);
    counts[byte]! += times;
    length += times;
  };
  for (const selector of selectors) {
    const code = codes[selector] as Code;
    for (let left = groupLength; left > 0; left--) {
      const symbol = code.read(input, wrong);
      if (symbol <= 1) {
        if (digit > places.length) throw wrong("is longer than the stream allows");
        run += digit << symbol;
        digit <<= 1;
        continue;
      }
      if (run > 0) put(order[0]!, run);
      run = 0;
      digit = 1;
      if (symbol === end) return length;
      put(moveToFront(order, symbol - 1), 1);
    }
  }
  throw wrong("does not end");
}

/** Above each byte goes the place of the one that follows it, by sorting the places by their bytes. */
function link(places: Uint32Array, counts: Uint32Array, length: number): void {
  const starts = new Uint32Array(256);
  for (let byte = 1; byte < 256; byte++) starts[byte] = starts[byte - 1]! + counts[byte - 1]!;
  for (let at = 0; at < length; at++) {
    const byte = places[at]! & 255;
    const place = starts[byte]!++;
    places[place] = (places[place]! & 255) | (at << 8);
  }
}
