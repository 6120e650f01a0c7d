import { compareDigits, compareText, endOfDigits, endOfLetters, type Ordering } from "./ordering.ts";

/** How rpm versions are compared. */
export interface RpmCompareOptions {
  /** Leave the epoch out of the comparison where exactly one side states it (feeds often drop it); otherwise absent is 0. */
  ignoreOneSidedEpoch?: boolean;
}

interface RpmVersion {
  epoch: string | undefined;
  version: string;
  release: string | undefined;
}

const END = 0x00;
const CARET = 0x5e;
const TILDE = 0x7e;

/**
 * Orders `[epoch:]version[-release]` as rpm does (rpm-version(7)): an absent epoch is 0, an absent release sorts before any,
 * `~` sorts before the end and `^` after it. Only ASCII letters and digits count, so every string has its place: a total
 * preorder (except with `ignoreOneSidedEpoch`, under which three versions may not be transitive).
 */
export function compareRpm(a: string, b: string, options: RpmCompareOptions = {}): Ordering {
  const left = parse(a);
  const right = parse(b);
  const oneSided = (left.epoch === undefined) !== (right.epoch === undefined);
  const epochOrdering =
    options.ignoreOneSidedEpoch === true && oneSided ? 0 : compareDigits(left.epoch ?? "", right.epoch ?? "");
  return epochOrdering || compareRpmPart(left.version, right.version) || compareRelease(left.release, right.release);
}

/** Whether the text can be the version of an rpm package: letters, digits and `._+~^` with at most one release. */
export function isValidRpm(version: string): boolean {
  return /^(?:[0-9]+:)?[A-Za-z0-9._+~^]+(?:-[A-Za-z0-9._+~^]+)?$/.test(version);
}

/** Orders one version or one release string by segments of letters and digits (rpm-version(7), Sorting). */
export function compareRpmPart(a: string, b: string): Ordering {
  let left = 0;
  let right = 0;
  for (;;) {
    left = skipSeparators(a, left);
    right = skipSeparators(b, right);
    const leftRank = rank(a, left);
    const rightRank = rank(b, right);
    if (leftRank !== rightRank) return leftRank < rightRank ? -1 : 1;
    if (leftRank === RANK_END) return 0;
    const isMark = leftRank === RANK_TILDE || leftRank === RANK_CARET;
    const leftEnd = isMark ? left + 1 : endOfSegment(a, left);
    const rightEnd = isMark ? right + 1 : endOfSegment(b, right);
    const compareSegment = leftRank === RANK_DIGITS ? compareDigits : compareText;
    const ordering = compareSegment(a.slice(left, leftEnd), b.slice(right, rightEnd));
    if (ordering !== 0) return ordering;
    left = leftEnd;
    right = rightEnd;
  }
}

const RANK_TILDE = 0;
const RANK_END = 1;
const RANK_CARET = 2;
const RANK_LETTERS = 3;
const RANK_DIGITS = 4;

/** What comes next, in the order in which rpm sorts it at one and the same place. */
function rank(text: string, index: number): number {
  const code = index < text.length ? text.charCodeAt(index) : END;
  if (code === TILDE) return RANK_TILDE;
  if (code === END) return RANK_END;
  if (code === CARET) return RANK_CARET;
  return endOfDigits(text, index) > index ? RANK_DIGITS : RANK_LETTERS;
}

function endOfSegment(text: string, start: number): number {
  const digitsEnd = endOfDigits(text, start);
  return digitsEnd > start ? digitsEnd : endOfLetters(text, start);
}

function skipSeparators(text: string, start: number): number {
  let index = start;
  while (index < text.length && isSeparator(text, index)) index++;
  return index;
}

function isSeparator(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  const isMark = code === TILDE || code === CARET;
  const isAlphanumeric =
    (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
  return !isMark && !isAlphanumeric;
}

function compareRelease(a: string | undefined, b: string | undefined): Ordering {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1;
  return compareRpmPart(a, b);
}

function parse(text: string): RpmVersion {
  const epochEnd = endOfDigits(text, 0);
  const hasEpoch = text[epochEnd] === ":";
  const rest = hasEpoch ? text.slice(epochEnd + 1) : text;
  const dash = rest.lastIndexOf("-");
  return {
    epoch: hasEpoch ? text.slice(0, epochEnd) : undefined,
    version: dash < 0 ? rest : rest.slice(0, dash),
    release: dash < 0 ? undefined : rest.slice(dash + 1),
  };
}
