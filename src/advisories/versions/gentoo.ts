import {
  compareDigits,
  compareLists,
  compareNumbers,
  compareText,
  endOfDigits,
  endOfLetters,
  type Ordering,
} from "./ordering.ts";

interface GentooVersion {
  numbers: readonly string[];
  letter: string;
  suffixes: readonly { place: number; number: string }[];
  revision: string;
  rest: string;
}

const SUFFIXES = ["alpha", "beta", "pre", "rc", "", "p"];
const NO_SUFFIX = SUFFIXES.indexOf("");

/**
 * Orders Gentoo versions (Package Manager Specification §3.3): numbers, of which those after the first are compared as text
 * without trailing zeros where one has a leading zero; then the letter, the suffixes `_alpha _beta _pre _rc` (before none)
 * and `_p`, the revision with none as 0. What is left over counts last, as text: a total preorder on all strings.
 */
export function compareGentoo(a: string, b: string): Ordering {
  const left = parse(a);
  const right = parse(b);
  return (
    compareDigits(left.numbers[0] ?? "", right.numbers[0] ?? "") ||
    compareLists(left.numbers.slice(1), right.numbers.slice(1), compareComponent) ||
    compareText(left.letter, right.letter) ||
    compareLists(left.suffixes, right.suffixes, compareSuffix) ||
    compareDigits(left.revision, right.revision) ||
    compareText(left.rest, right.rest)
  );
}

/** Whether the text is a version by the Package Manager Specification §3.2. */
export function isValidGentoo(version: string): boolean {
  const { numbers, rest } = parse(version);
  return rest === "" && numbers[0] !== "";
}

function parse(version: string): GentooVersion {
  const text = version.trim();
  const numbers = [text.slice(0, endOfDigits(text, 0))];
  let index = endOfDigits(text, 0);
  while (text[index] === "." && endOfDigits(text, index + 1) > index + 1) {
    const end = endOfDigits(text, index + 1);
    numbers.push(text.slice(index + 1, end));
    index = end;
  }
  const letter = /^[a-z]$/.test(text.charAt(index)) ? text.charAt(index) : "";
  index += letter.length;
  const suffixes: { place: number; number: string }[] = [];
  while (text[index] === "_") {
    const nameEnd = endOfLetters(text, index + 1);
    const place = SUFFIXES.indexOf(text.slice(index + 1, nameEnd));
    if (place < 0 || place === NO_SUFFIX) break;
    const end = endOfDigits(text, nameEnd);
    suffixes.push({ place, number: text.slice(nameEnd, end) });
    index = end;
  }
  const revisionEnd = text.startsWith("-r", index) ? endOfDigits(text, index + 2) : index;
  const hasRevision = revisionEnd > index + 2;
  return {
    numbers,
    letter,
    suffixes,
    revision: hasRevision ? text.slice(index + 2, revisionEnd) : "",
    rest: text.slice(hasRevision ? revisionEnd : index),
  };
}

function compareComponent(a: string | undefined, b: string | undefined): Ordering {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1;
  if (!a.startsWith("0") && !b.startsWith("0")) return compareDigits(a, b);
  return compareText(withoutTrailingZeros(a), withoutTrailingZeros(b));
}

function compareSuffix(
  a: { place: number; number: string } | undefined,
  b: { place: number; number: string } | undefined,
): Ordering {
  return (
    compareNumbers(a?.place ?? NO_SUFFIX, b?.place ?? NO_SUFFIX) || compareDigits(a?.number ?? "", b?.number ?? "")
  );
}

function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits[end - 1] === "0") end--;
  return digits.slice(0, end);
}
