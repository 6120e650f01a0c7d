import { compareDigits, compareLists, compareNumbers, compareText, isDigits, type Ordering } from "./ordering.ts";

const PRE_RELEASE_WORDS = ["dev", "snapshot", "alpha", "a", "beta", "b", "pre", "preview", "rc", "cr"];

/**
 * Orders versions of no known scheme by common use: runs of digits by value and of letters by name without regard to case,
 * absent numbers as 0, well-known pre-release words before the end and other words after it. A total preorder on all strings.
 */
export function compareGeneric(a: string, b: string): Ordering {
  return compareLists(parts(a), parts(b), (left, right) => {
    const place = compareNumbers(placeOf(left), placeOf(right));
    if (place !== 0 || left === undefined || right === undefined) return place;
    return isDigits(left) ? compareDigits(left, right) : compareText(left, right);
  });
}

/** Whether the text has a number to compare by. */
export function isValidGeneric(version: string): boolean {
  return /[0-9]/.test(version);
}

/** Runs of digits and letters without the zeros that end a run of numbers. */
function parts(version: string): string[] {
  const kept: string[] = [];
  for (const part of version
    .trim()
    .toLowerCase()
    .replace(/^v(?=[0-9])/, "")
    .match(/[0-9]+|[a-z]+/g) ?? []) {
    if (!isDigits(part)) dropTrailingZeros(kept);
    kept.push(part);
  }
  dropTrailingZeros(kept);
  return kept;
}

function dropTrailingZeros(kept: string[]): void {
  while (/^0+$/.test(kept.at(-1) ?? "")) kept.pop();
}

function placeOf(part: string | undefined): number {
  if (part === undefined) return 0;
  if (isDigits(part)) return 2;
  return PRE_RELEASE_WORDS.includes(part) ? -1 : 1;
}
