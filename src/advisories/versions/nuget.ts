import { compareText, type Ordering } from "./ordering.ts";
import { compareSemverParts, isSemverLike, parseSemver } from "./semver-core.ts";

/**
 * Orders NuGet package versions (learn.microsoft.com/nuget/concepts/package-versioning): up to four numeric components with
 * absent ones as 0, Semantic Versioning pre-release identifiers without regard to case; metadata does not count. Total.
 */
export function compareNuget(a: string, b: string): Ordering {
  return compareSemverParts(parseSemver(a), parseSemver(b), (left, right) =>
    compareText(left.toLowerCase(), right.toLowerCase()),
  );
}

/** Whether the text is a NuGet version of one to four numeric components. */
export function isValidNuget(version: string): boolean {
  return isSemverLike(version, 4);
}
