import type { Ordering } from "./ordering.ts";
import type { VersionOrder } from "./version-order.ts";

/** One event of an OSV range (OSV schema, `affected[].ranges[].events`); it holds one of the four. */
export interface RangeEvent {
  /** Affected from here on; `0` stands before every version. */
  introduced?: string | undefined;
  /** Not affected from here on. */
  fixed?: string | undefined;
  /** Not affected after this version. */
  last_affected?: string | undefined;
  /** Versions from here on are not spoken of; `*` sets no limit. */
  limit?: string | undefined;
}

/** What a range says of a version. */
export interface RangeVerdict {
  affected: boolean;
  /** The first version after this one that the range calls fixed; undefined where it is not affected or no fix is named. */
  fixed: string | undefined;
  /** False where the scheme does not know such a version (`(devel)`, a branch): it has a place in the order, but no meaning. */
  certain: boolean;
}

interface Bound {
  version: string;
  kind: "introduced" | "fixed" | "last_affected";
}

/**
 * Judges a version by the events of one range (OSV schema, "Evaluation"), in any order of the events. Where a range closes
 * and opens at one version it stays as it was before: `fixed 2, introduced 2` leaves no gap, `introduced 2, fixed 2` is empty.
 */
export function evaluateEvents(order: VersionOrder, events: readonly RangeEvent[], version: string): RangeVerdict {
  const certain = order.isValid(version);
  if (!isBeforeLimits(order, events, version)) return { affected: false, fixed: undefined, certain };
  const bounds = sortedBounds(order, events);
  let affected = false;
  let index = 0;
  while (index < bounds.length && compareToBound(order, version, bounds[index] as Bound) >= 0) {
    const end = endOfGroup(order, bounds, index);
    affected = stateAfter(order, bounds.slice(index, end), version, affected);
    index = end;
  }
  const fixed = affected ? bounds.slice(index).find(({ kind }) => kind === "fixed")?.version : undefined;
  return { affected, fixed, certain };
}

/** Whether one of the versions that are named one by one is this version, as written or by the order. */
export function listsVersion(order: VersionOrder, versions: readonly string[], version: string): boolean {
  return versions.includes(version) || versions.some((listed) => compareInRange(order, listed, version) === 0);
}

/** Compares two versions in the form in which their ecosystem evaluates ranges. */
export function compareInRange(order: VersionOrder, a: string, b: string): Ordering {
  return order.normalise === undefined ? order.compare(a, b) : order.compare(order.normalise(a), order.normalise(b));
}

function isBeforeLimits(order: VersionOrder, events: readonly RangeEvent[], version: string): boolean {
  const limits = events.flatMap(({ limit }) => (limit === undefined ? [] : [limit]));
  return limits.length === 0 || limits.some((limit) => limit === "*" || compareInRange(order, version, limit) < 0);
}

function sortedBounds(order: VersionOrder, events: readonly RangeEvent[]): Bound[] {
  const bounds = events.flatMap(({ introduced, fixed, last_affected }): Bound[] => [
    ...(introduced === undefined ? [] : [{ version: introduced, kind: "introduced" as const }]),
    ...(fixed === undefined ? [] : [{ version: fixed, kind: "fixed" as const }]),
    ...(last_affected === undefined ? [] : [{ version: last_affected, kind: "last_affected" as const }]),
  ]);
  return bounds.sort((a, b) => compareBounds(order, a, b));
}

function compareBounds(order: VersionOrder, a: Bound, b: Bound): Ordering {
  if (isBeginning(a) || isBeginning(b)) return isBeginning(a) === isBeginning(b) ? 0 : isBeginning(a) ? -1 : 1;
  return compareInRange(order, a.version, b.version);
}

function compareToBound(order: VersionOrder, version: string, bound: Bound): Ordering {
  return isBeginning(bound) ? 1 : compareInRange(order, version, bound.version);
}

function isBeginning(bound: Bound): boolean {
  return bound.kind === "introduced" && bound.version === "0";
}

function endOfGroup(order: VersionOrder, bounds: readonly Bound[], start: number): number {
  let end = start + 1;
  while (end < bounds.length && compareBounds(order, bounds[start] as Bound, bounds[end] as Bound) === 0) end++;
  return end;
}

/** The state once all bounds at one version (at most `version`) have been passed. */
function stateAfter(order: VersionOrder, group: readonly Bound[], version: string, before: boolean): boolean {
  const isPast = compareToBound(order, version, group[0] as Bound) > 0;
  const opens = group.some(({ kind }) => kind === "introduced");
  const closes = group.some(({ kind }) => kind === "fixed" || (kind === "last_affected" && isPast));
  if (opens && closes) return before;
  return opens || (before && !closes);
}
