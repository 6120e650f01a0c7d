import { compareDigits, compareLists, compareText, isDigits, isLetterCode, type Ordering } from "./ordering.ts";

/**
 * Orders RubyGems versions (Gem::Version, guides.rubygems.org/patterns): runs of digits and letters, text before numbers,
 * a hyphen as `.pre.`; zeros at the end do not count, nor those before the first word that has zeros before it. Characters
 * that are neither digit nor letter only separate: a total preorder on all strings.
 */
export function compareRubygems(a: string, b: string): Ordering {
  return compareLists(segments(a), segments(b), (left = "0", right = "0") => {
    const leftIsNumber = isDigits(left);
    if (leftIsNumber !== isDigits(right)) return leftIsNumber ? 1 : -1;
    return leftIsNumber ? compareDigits(left, right) : compareText(left, right);
  });
}

/** Whether RubyGems accepts the text as a version. */
export function isValidRubygems(version: string): boolean {
  const [main = "", ...extra] = version.trim().split("-");
  const isDotted = (text: string) => text.split(".").every((part) => /^[0-9A-Za-z]+$/.test(part));
  return /^[0-9]/.test(main) && isDotted(main) && extra.every(isDotted);
}

function segments(version: string): string[] {
  return withoutLeadingZeros(withoutTrailingZeros(version.replaceAll("-", ".pre."))).match(/[0-9]+|[A-Za-z]+/g) ?? [];
}

/** Leaves out the zeros and dots at the end, from the first that stands after a dot or a letter. */
function withoutTrailingZeros(text: string): string {
  let start = text.length;
  while (isZeroOrDot(text, start - 1)) start--;
  for (let index = Math.max(start, 1); index < text.length; index++) {
    if (text[index - 1] === "." || isLetterCode(text.charCodeAt(index - 1))) return text.slice(0, index);
  }
  return text;
}

/** Leaves out, once, the zeros and dots before a letter, from the first that begins the text or stands after a dot. */
function withoutLeadingZeros(text: string): string {
  for (let start = 0; start < text.length; start++) {
    if (!isZeroOrDot(text, start)) continue;
    let first = -1;
    let end = start;
    for (; isZeroOrDot(text, end); end++) if (first < 0 && (end === 0 || text[end - 1] === ".")) first = end;
    if (first >= 0 && isLetterCode(text.charCodeAt(end))) return text.slice(0, first) + text.slice(end);
    start = end;
  }
  return text;
}

function isZeroOrDot(text: string, index: number): boolean {
  return text[index] === "0" || text[index] === ".";
}
