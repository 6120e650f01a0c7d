import {
  compareDigits,
  compareNumbers,
  compareText,
  endOfDigits,
  endOfLetters,
  isDigitCode,
  type Ordering,
} from "./ordering.ts";

/** One element of an apk version; `rank` orders the kinds that can stand at the same place. */
interface ApkToken {
  rank: number;
  digits?: string;
  text?: string;
  suffix?: number;
  revision?: string;
  validity?: number;
}

const RANK_PRE_RELEASE = 0;
const RANK_TAIL = 1;
const RANK_HASH = 2;
const RANK_SUFFIX_NUMBER = 3;
const RANK_POST_RELEASE = 4;
const RANK_LETTER = 5;
const RANK_NUMBER = 6;

const PRE_SUFFIXES = ["alpha", "beta", "pre", "rc"];
const POST_SUFFIXES = ["cvs", "svn", "git", "hg", "p"];

/**
 * Orders Alpine package versions, `number{.number}[letter]{_suffix[number]}[~hash][-rN]` (apk-package(5), apk-tools 3): a
 * component with a leading zero is compared as text, `_alpha _beta _pre _rc` sort before the end and `_cvs _svn _git _hg _p`
 * after it. Digits after the letter are read too (libretls 3.3.3p1). Where the text stops being a version the rest does not
 * count, but such a version sorts before the same one without the rest: a total preorder on all strings.
 */
export function compareApk(a: string, b: string): Ordering {
  const left = tokens(a);
  const right = tokens(b);
  for (let index = 0; ; index++) {
    const l = left[index];
    const r = right[index];
    if (l === undefined || r === undefined) return 0;
    const ordering = compareToken(l, r);
    if (ordering !== 0) return ordering;
  }
}

/** Whether apk reads the whole text as a version. */
export function isValidApk(version: string): boolean {
  const found = tokens(version);
  return found.at(-1)?.validity !== 0 && found.every(({ rank, digits }) => rank !== RANK_NUMBER || digits !== "");
}

function compareToken(a: ApkToken, b: ApkToken): Ordering {
  if (a.rank !== b.rank) return compareNumbers(a.rank, b.rank);
  switch (a.rank) {
    case RANK_NUMBER:
      return a.text === undefined && b.text === undefined
        ? compareDigits(a.digits ?? "", b.digits ?? "")
        : compareText(a.text ?? a.digits ?? "", b.text ?? b.digits ?? "");
    case RANK_SUFFIX_NUMBER:
      return compareDigits(a.digits ?? "", b.digits ?? "");
    case RANK_PRE_RELEASE:
    case RANK_POST_RELEASE:
      return compareNumbers(a.suffix ?? 0, b.suffix ?? 0);
    case RANK_TAIL:
      return compareDigits(a.revision ?? "", b.revision ?? "") || compareNumbers(a.validity ?? 0, b.validity ?? 0);
    default:
      return compareText(a.text ?? "", b.text ?? "");
  }
}

/** The elements of a version; the last is always the tail, so that two lists end together or differ before. */
function tokens(version: string): ApkToken[] {
  const found: ApkToken[] = [];
  let index = endOfDigits(version, 0);
  found.push({ rank: RANK_NUMBER, digits: version.slice(0, index) });
  index = readNumbersAndLetters(version, index, found);
  index = readSuffixes(version, index, found);
  index = readHash(version, index, found);
  found.push(tail(version, index));
  return found;
}

function readNumbersAndLetters(version: string, start: number, found: ApkToken[]): number {
  let index = start;
  let afterLetter = false;
  for (;;) {
    const code = version.charCodeAt(index);
    if (code === 0x2e && !afterLetter) {
      const end = endOfDigits(version, index + 1);
      found.push(component(version.slice(index + 1, end)));
      index = end;
    } else if (code >= 0x61 && code <= 0x7a && !afterLetter) {
      found.push({ rank: RANK_LETTER, text: version[index] as string });
      index++;
      afterLetter = true;
    } else if (isDigitCode(code)) {
      const end = endOfDigits(version, index);
      found.push({ rank: RANK_NUMBER, digits: version.slice(index, end) });
      index = end;
      afterLetter = false;
    } else {
      return index;
    }
  }
}

/** A component after a dot: as text if it has a leading zero. Text never begins with a digit above 0, so the order stays total. */
function component(digits: string): ApkToken {
  return digits.startsWith("0") ? { rank: RANK_NUMBER, digits, text: digits } : { rank: RANK_NUMBER, digits };
}

function readSuffixes(version: string, start: number, found: ApkToken[]): number {
  let index = start;
  while (version[index] === "_") {
    const nameEnd = endOfLetters(version, index + 1);
    const name = version.slice(index + 1, nameEnd);
    const pre = PRE_SUFFIXES.indexOf(name);
    const post = POST_SUFFIXES.indexOf(name);
    if (pre < 0 && post < 0) return index;
    found.push(pre >= 0 ? { rank: RANK_PRE_RELEASE, suffix: pre } : { rank: RANK_POST_RELEASE, suffix: post });
    const end = endOfDigits(version, nameEnd);
    if (end > nameEnd) found.push({ rank: RANK_SUFFIX_NUMBER, digits: version.slice(nameEnd, end) });
    index = end;
  }
  return index;
}

function readHash(version: string, start: number, found: ApkToken[]): number {
  if (version[start] !== "~") return start;
  let end = start + 1;
  while (/[0-9a-f]/.test(version.charAt(end))) end++;
  if (end > start + 1) found.push({ rank: RANK_HASH, text: version.slice(start + 1, end) });
  return end > start + 1 ? end : start;
}

/**
 * The end of a version: its revision (absent sorts before `-r0`) and whether anything is left over that is no version.
 * Left over (0) sorts before an end without a revision (1), that before one with it (2).
 */
function tail(version: string, start: number): ApkToken {
  const hasRevision = version.startsWith("-r", start) && isDigitCode(version.charCodeAt(start + 2));
  const end = hasRevision ? endOfDigits(version, start + 2) : start;
  const revision = hasRevision ? version.slice(start + 2, end) : "";
  return { rank: RANK_TAIL, revision, validity: end < version.length ? 0 : hasRevision ? 2 : 1 };
}
