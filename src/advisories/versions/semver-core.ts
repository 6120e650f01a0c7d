import {
  compareDigits,
  compareLists,
  compareText,
  endOfDigits,
  isDigitCode,
  isDigits,
  type Ordering,
} from "./ordering.ts";

/** A version in the shape of Semantic Versioning, read leniently. */
export interface SemverParts {
  /** Numeric components as decimal digits, as many as were written; empty where the text does not begin with a number. */
  release: readonly string[];
  /** Dot-separated pre-release identifiers; empty for a release. */
  prerelease: readonly string[];
  /** Dot-separated build identifiers; undefined where there is no `+`. */
  build: readonly string[] | undefined;
  /** The whole text without a leading `v` or `=`. */
  text: string;
}

/** Reads `[v]number{.number}[-]prerelease[+build]` (semver.org 2.0.0, with any number of components and the hyphen optional); never throws. */
export function parseSemver(version: string): SemverParts {
  const text = withoutPrefix(version.trim());
  const release: string[] = [];
  let index = endOfDigits(text, 0);
  if (index > 0) release.push(text.slice(0, index));
  while (release.length > 0 && text[index] === "." && isDigitCode(text.charCodeAt(index + 1))) {
    const end = endOfDigits(text, index + 1);
    release.push(text.slice(index + 1, end));
    index = end;
  }
  const plus = text.indexOf("+", index);
  const prerelease = text.slice(index, plus < 0 ? text.length : plus).replace(/^[-.]/, "");
  return {
    release,
    prerelease: prerelease === "" ? [] : prerelease.split("."),
    build: plus < 0 ? undefined : text.slice(plus + 1).split("."),
    text,
  };
}

/**
 * Precedence by semver.org 2.0.0 §11: components by value with absent ones as 0, a pre-release before its release,
 * identifiers in ASCII order with numbers first; build metadata does not count. Text that does not begin with a number
 * sorts before every version, by code unit: a total preorder on all strings.
 */
export function compareSemverParts(
  a: SemverParts,
  b: SemverParts,
  compareIdentifierText: (left: string, right: string) => Ordering = compareText,
): Ordering {
  if (a.release.length === 0 || b.release.length === 0) {
    if (a.release.length !== b.release.length) return a.release.length === 0 ? -1 : 1;
    return compareText(a.text, b.text);
  }
  const release = compareLists(a.release, b.release, (left, right) => compareDigits(left ?? "", right ?? ""));
  if (release !== 0) return release;
  if (a.prerelease.length === 0 || b.prerelease.length === 0) {
    if (a.prerelease.length === b.prerelease.length) return 0;
    return a.prerelease.length === 0 ? 1 : -1;
  }
  return compareIdentifiers(a.prerelease, b.prerelease, compareIdentifierText);
}

/** Identifier lists by semver.org 2.0.0 §11.4: numbers by value and before text, a longer list after its beginning. */
export function compareIdentifiers(
  a: readonly string[],
  b: readonly string[],
  compareIdentifierText: (left: string, right: string) => Ordering = compareText,
): Ordering {
  return compareLists(a, b, (left, right) => {
    if (left === undefined || right === undefined) return left === undefined ? -1 : 1;
    const leftIsNumber = isDigits(left);
    const rightIsNumber = isDigits(right);
    if (leftIsNumber !== rightIsNumber) return leftIsNumber ? -1 : 1;
    return leftIsNumber ? compareDigits(left, right) : compareIdentifierText(left, right);
  });
}

/** Whether the text has the form of semver.org 2.0.0 with one to `components` numeric components and an optional leading `v`. */
export function isSemverLike(version: string, components = 3): boolean {
  const { release, prerelease, build, text } = parseSemver(version);
  if (release.length === 0 || release.length > components) return false;
  const afterRelease = text.charAt(release.join(".").length);
  if (!["", "-", "+"].includes(afterRelease) || (afterRelease === "-" && prerelease.length === 0)) return false;
  return [...prerelease, ...(build ?? [])].every((identifier) => /^[0-9A-Za-z-]+$/.test(identifier));
}

function withoutPrefix(text: string): string {
  let start = 0;
  while (text[start] === "=" || text[start] === " ") start++;
  if ((text[start] === "v" || text[start] === "V") && isDigitCode(text.charCodeAt(start + 1))) start++;
  return start === 0 ? text : text.slice(start);
}
