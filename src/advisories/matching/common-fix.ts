import { compareInRange } from "../versions/range.ts";
import type { VersionOrder } from "../versions/version-order.ts";
import type { Ruling } from "./decision.ts";

/** A vulnerability of a package that has a fix. */
export interface FixableRuling {
  readonly ruling: Ruling;
  readonly fixedVersion: string;
}

/** Releases to try: one fix may be in the affected range of another vulnerability, whose next fix is then tried. */
const longestSearch = 20;

/**
 * The smallest version that is clear of every vulnerability in a package that has a fix; undefined where no version that advisories name is. No version
 * below a vulnerability's own fix is clear of it, so that the search begins at the highest of them; `rejudge` rules on a vulnerability as if another
 * version were installed.
 */
export function commonFix(
  fixable: readonly FixableRuling[],
  order: VersionOrder,
  rejudge: (ruling: Ruling, version: string) => Ruling,
): string | undefined {
  const highest = (versions: readonly string[]) =>
    versions.reduce<string | undefined>(
      (best, version) => (best === undefined || compareInRange(order, version, best) > 0 ? version : best),
      undefined,
    );
  let candidate = highest(fixable.map(({ fixedVersion }) => fixedVersion));
  for (let step = 0; candidate !== undefined && step < longestSearch; step++) {
    const tried = candidate;
    const open = fixable.map(({ ruling }) => rejudge(ruling, tried)).filter(({ affected }) => affected);
    if (open.length === 0) return candidate;
    const fixes = open.map(({ decisions }) =>
      highest(
        decisions.flatMap(({ outcome, fixed }) => (outcome === "affected" && fixed !== undefined ? [fixed] : [])),
      ),
    );
    if (fixes.some((fixed) => fixed === undefined)) return undefined;
    const next = highest(fixes.flatMap((fixed) => fixed ?? []));
    if (next === undefined || compareInRange(order, next, candidate) <= 0) return undefined;
    candidate = next;
  }
  return undefined;
}
