import type { Ordering } from "./ordering.ts";
import { compareSemverParts, isSemverLike, parseSemver } from "./semver-core.ts";

/**
 * Orders versions by the precedence of Semantic Versioning 2.0.0 §11 (npm, Cargo, OSV `SEMVER` ranges, Swift, Julia,
 * Kubernetes, Bitnami). Components of any size and number are read; what is no version sorts first: a total preorder.
 */
export function compareSemver(a: string, b: string): Ordering {
  return compareSemverParts(parseSemver(a), parseSemver(b));
}

/** Whether the text is a semantic version; one to four components and a leading `v` are let pass, since feeds write them. */
export function isValidSemver(version: string): boolean {
  return isSemverLike(version, 4);
}
