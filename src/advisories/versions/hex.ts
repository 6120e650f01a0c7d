import type { Ordering } from "./ordering.ts";
import { compareSemverParts, isSemverLike, parseSemver } from "./semver-core.ts";

/** Orders Hex package versions (Elixir's `Version` module: Semantic Versioning 2.0.0, build metadata does not count); total as {@link compareSemverParts}. */
export function compareHex(a: string, b: string): Ordering {
  return compareSemverParts(parseSemver(a), parseSemver(b));
}

/** Whether the text is a version as Elixir's `Version` reads it (a shorter one, as feeds write it, is let pass). */
export function isValidHex(version: string): boolean {
  return isSemverLike(version, 3);
}
