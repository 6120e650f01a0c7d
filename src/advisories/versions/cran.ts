import { compareDigits, compareLists, compareText, isDigits, type Ordering } from "./ordering.ts";

/**
 * Orders R package versions ("Writing R Extensions" §1.1.1, `package_version`): numbers parted by dots or hyphens, the
 * shorter of two equal beginnings first. A component that is no number sorts after all numbers: a total preorder.
 */
export function compareCran(a: string, b: string): Ordering {
  return compareComponents(a.trim().split(/[.-]/), b.trim().split(/[.-]/));
}

/** Whether the text is two or more numbers parted by dots or hyphens (one number alone, as feeds write it, is let pass). */
export function isValidCran(version: string): boolean {
  return version.trim().split(/[.-]/).every(isDigits);
}

/** Lexicographic order of components: numbers by value, then text; an absent component first. */
export function compareComponents(a: readonly string[], b: readonly string[]): Ordering {
  return compareLists(a, b, (left, right) => {
    if (left === undefined || right === undefined) return left === undefined ? -1 : 1;
    const leftIsNumber = isDigits(left);
    if (leftIsNumber !== isDigits(right)) return leftIsNumber ? -1 : 1;
    return leftIsNumber ? compareDigits(left, right) : compareText(left, right);
  });
}
