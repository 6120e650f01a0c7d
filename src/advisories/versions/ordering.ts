/** How the first of two versions stands to the second: older (-1), the same (0) or newer (1). */
export type Ordering = -1 | 0 | 1;

/** Compares two strings by UTF-16 code unit, as C's `strcmp` does for ASCII. */
export function compareText(a: string, b: string): Ordering {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Compares two finite numbers. */
export function compareNumbers(a: number, b: number): Ordering {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Compares two runs of decimal digits of any length by value; leading zeros do not count and the empty run is zero. */
export function compareDigits(a: string, b: string): Ordering {
  const left = withoutLeadingZeros(a);
  const right = withoutLeadingZeros(b);
  return left.length === right.length ? compareText(left, right) : compareNumbers(left.length, right.length);
}

/** Compares item by item; `compareItem` receives undefined past the end of the shorter list. */
export function compareLists<Item>(
  a: readonly Item[],
  b: readonly Item[],
  compareItem: (left: Item | undefined, right: Item | undefined) => Ordering,
): Ordering {
  const length = Math.max(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const ordering = compareItem(a[index], b[index]);
    if (ordering !== 0) return ordering;
  }
  return 0;
}

/** Whether the UTF-16 code unit is one of the ASCII digits; NaN (past the end) is not. */
export function isDigitCode(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** Whether the UTF-16 code unit is an ASCII letter; NaN (past the end) is not. */
export function isLetterCode(code: number): boolean {
  return (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
}

/** Whether the text is one or more ASCII digits and nothing else. */
export function isDigits(text: string): boolean {
  return text !== "" && endOfDigits(text, 0) === text.length;
}

/** The index after the run of ASCII digits that begins at `start`; `start` itself where there is none. */
export function endOfDigits(text: string, start: number): number {
  let end = start;
  while (isDigitCode(text.charCodeAt(end))) end++;
  return end;
}

/** The index after the run of ASCII letters that begins at `start`; `start` itself where there is none. */
export function endOfLetters(text: string, start: number): number {
  let end = start;
  while (isLetterCode(text.charCodeAt(end))) end++;
  return end;
}

function withoutLeadingZeros(digits: string): string {
  let start = 0;
  while (digits.charCodeAt(start) === 0x30) start++;
  return start === 0 ? digits : digits.slice(start);
}
