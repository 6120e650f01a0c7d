import type { Ordering } from "./ordering.ts";
import { compareIdentifiers, compareSemverParts, isSemverLike, parseSemver } from "./semver-core.ts";

/**
 * Orders Dart package versions (pub.dev "Version solving", package pub_semver): Semantic Versioning, but build metadata
 * counts: absent before any, then by the rules of pre-release identifiers. A total preorder on all strings.
 */
export function comparePub(a: string, b: string): Ordering {
  const left = parseSemver(a);
  const right = parseSemver(b);
  const precedence = compareSemverParts(left, right);
  if (precedence !== 0 || left.release.length === 0) return precedence;
  if (left.build === undefined || right.build === undefined) {
    return left.build === right.build ? 0 : left.build === undefined ? -1 : 1;
  }
  return compareIdentifiers(left.build, right.build);
}

/** Whether the text is a version as pub reads it. */
export function isValidPub(version: string): boolean {
  return isSemverLike(version, 3);
}
