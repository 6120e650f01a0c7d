/** A fixed piece of text to be looked for; one that ignores case holds lower-case ASCII. */
export interface Keyword {
  readonly text: string;
  readonly ignoreCase?: boolean;
}

interface Candidate {
  readonly bytes: Uint8Array;
  readonly ignoreCase: boolean;
  readonly index: number;
}

/** Every keyword is told by its first four bytes; shorter ones are completed by each byte that may follow. */
const windowLength = 4;
const bucketBits = 16;
const continuations = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

/**
 * Finds many keywords in one pass over bytes (S. Wu and U. Manber, "A fast algorithm for multi-pattern searching", 1994): the two
 * bytes at the end of a window of four say how far it can be moved without passing over the start of any keyword. Linear in the
 * length of the bytes for a fixed set of keywords.
 */
export class KeywordSearch {
  readonly #shift = new Uint8Array(65_536).fill(windowLength - 1);
  readonly #isCandidate = new Uint8Array(1 << bucketBits);
  readonly #buckets = new Map<number, Candidate[]>();

  constructor(keywords: readonly Keyword[]) {
    for (const [index, keyword] of keywords.entries()) this.#add(keyword, index);
  }

  /** Calls `onHit` with the offset of each keyword and its index in the list, in the order of the offsets. */
  scan(bytes: Uint8Array, onHit: (offset: number, index: number) => void): void {
    const shift = this.#shift;
    const isCandidate = this.#isCandidate;
    const last = bytes.length - windowLength;
    let at = 0;
    while (at <= last) {
      const step = shift[(bytes[at + 2]! << 8) | bytes[at + 3]!]!;
      if (step !== 0) {
        at += step;
        continue;
      }
      if (isCandidate[bucketOf(bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!)] === 1)
        this.#verify(bytes, at, onHit);
      at += 1;
    }
  }

  #verify(bytes: Uint8Array, at: number, onHit: (offset: number, index: number) => void): void {
    const candidates = this.#buckets.get(bucketOf(bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!)) ?? [];
    for (const candidate of candidates) {
      if (standsAt(bytes, at, candidate)) onHit(at, candidate.index);
    }
  }

  #add(keyword: Keyword, index: number): void {
    const { text, ignoreCase = false } = keyword;
    if (text.length < windowLength - 1)
      throw new TypeError(`keyword ${text} is shorter than ${windowLength - 1} characters`);
    const candidate: Candidate = { bytes: Buffer.from(text, "latin1"), ignoreCase, index };
    const starts =
      text.length >= windowLength ? [text.slice(0, windowLength)] : [...continuations].map((next) => text + next);
    for (const start of starts)
      for (const variant of ignoreCase ? caseVariants(start) : [start])
        this.#addStart(Buffer.from(variant, "latin1"), candidate);
  }

  #addStart(start: Uint8Array, candidate: Candidate): void {
    for (let end = 1; end < windowLength; end++) {
      const block = (start[end - 1]! << 8) | start[end]!;
      this.#shift[block] = Math.min(this.#shift[block]!, windowLength - 1 - end);
    }
    const bucket = bucketOf(start[0]!, start[1]!, start[2]!, start[3]!);
    this.#isCandidate[bucket] = 1;
    const candidates = this.#buckets.get(bucket) ?? [];
    if (!candidates.includes(candidate)) candidates.push(candidate);
    this.#buckets.set(bucket, candidates);
  }
}

function bucketOf(a: number, b: number, c: number, d: number): number {
  return Math.imul(a | (b << 8) | (c << 16) | (d << 24), 0x9e3779b1) >>> (32 - bucketBits);
}

function standsAt(bytes: Uint8Array, at: number, { bytes: keyword, ignoreCase }: Candidate): boolean {
  if (at + keyword.length > bytes.length) return false;
  for (let index = 0; index < keyword.length; index++) {
    const byte = bytes[at + index]!;
    const folded = ignoreCase && byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
    if (folded !== keyword[index]) return false;
  }
  return true;
}

function caseVariants(text: string): string[] {
  let variants = [""];
  for (const character of text) {
    const forms = new Set([character, character.toUpperCase()]);
    variants = variants.flatMap((variant) => [...forms].map((form) => variant + form));
  }
  return variants;
}
