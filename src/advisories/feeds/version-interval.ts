import type { AffectedRange } from "../record.ts";
import { parseNativeRange } from "../versions/native-range.ts";
import { compareInRange } from "../versions/range.ts";
import type { VersRange } from "../versions/vers.ts";
import { type VersionOrder, versionOrder } from "../versions/version-order.ts";

/** A place between versions: right before a version, or right after it. */
interface Bound {
  readonly version: string;
  readonly after: boolean;
}

/** All versions from one bound to another; without a bound, without end. */
export interface VersionInterval {
  readonly from?: Bound | undefined;
  readonly to?: Bound | undefined;
}

/** Every version. */
export const everyVersion: readonly VersionInterval[] = [{}];

/** The versions that a requirement in the notation of npm, Cargo or RubyGems allows. Throws `CORRUPT_INPUT` where it is none. */
export function requiredVersions(scheme: "npm" | "cargo" | "gem", text: string): VersionInterval[] {
  const npm = scheme === "cargo" ? cargoAsNpm(text) : text;
  return intervalsOf(parseNativeRange(scheme === "gem" ? "gem" : "npm", npm));
}

/** Cargo joins comparators with a comma and means `^1.2` by a bare `1.2` (The Cargo Book, "Specifying Dependencies"). */
function cargoAsNpm(text: string): string {
  return text
    .split(",")
    .map((part) => part.trim())
    .map((part) => (/^\d/.test(part) && !/[*xX]/.test(part) ? `^${part}` : part))
    .join(" ");
}

function intervalsOf({ constraints }: VersRange): VersionInterval[] {
  if (constraints === "*") return [{}];
  const intervals: VersionInterval[] = [];
  let from: Bound | undefined;
  let open = constraints[0]?.comparator === "<" || constraints[0]?.comparator === "<=";
  for (const { comparator, version } of constraints) {
    if (comparator === "=") intervals.push({ from: { version, after: false }, to: { version, after: true } });
    else if (comparator === ">" || comparator === ">=") {
      if (!open) from = { version, after: comparator === ">" };
      open = true;
    } else if (comparator === "<" || comparator === "<=") {
      if (open) intervals.push({ from, to: { version, after: comparator === "<=" } });
      from = undefined;
      open = false;
    }
  }
  if (open) intervals.push({ from });
  return intervals;
}

/** The versions of the first intervals that are in none of the second. */
export function without(
  scheme: string,
  intervals: readonly VersionInterval[],
  removed: readonly VersionInterval[],
): VersionInterval[] {
  const order = versionOrder(scheme) as VersionOrder;
  return removed.reduce<VersionInterval[]>(
    (left, hole) => left.flatMap((interval) => cut(order, interval, hole)),
    [...intervals],
  );
}

function cut(order: VersionOrder, interval: VersionInterval, hole: VersionInterval): VersionInterval[] {
  if (isEmpty(order, { from: later(order, interval.from, hole.from), to: earlier(order, interval.to, hole.to) }))
    return [interval];
  const before = hole.from === undefined ? [] : [{ from: interval.from, to: earlier(order, interval.to, hole.from) }];
  const behind = hole.to === undefined ? [] : [{ from: later(order, interval.from, hole.to), to: interval.to }];
  return [...before, ...behind].filter((part) => !isEmpty(order, part));
}

function isEmpty(order: VersionOrder, { from, to }: VersionInterval): boolean {
  return from !== undefined && to !== undefined && compareBounds(order, from, to) >= 0;
}

function later(order: VersionOrder, a: Bound | undefined, b: Bound | undefined): Bound | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return compareBounds(order, a, b) >= 0 ? a : b;
}

function earlier(order: VersionOrder, a: Bound | undefined, b: Bound | undefined): Bound | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return compareBounds(order, a, b) <= 0 ? a : b;
}

function compareBounds(order: VersionOrder, a: Bound, b: Bound): number {
  return compareInRange(order, a.version, b.version) || Number(a.after) - Number(b.after);
}

/** Intervals as the ranges of a record. */
export function rangesOf(intervals: readonly VersionInterval[]): AffectedRange[] {
  return intervals.map(({ from, to }) => ({
    introduced: from === undefined ? "0" : from.after ? next(from.version) : from.version,
    ...(to !== undefined && (to.after ? { lastAffected: to.version } : { fixed: to.version })),
  }));
}

/** The first version that can follow: semantic versions end with the patch number, whose next begins with its first pre-release. */
function next(version: string): string {
  const match = /^(\d+)\.(\d+)\.(\d+)$/.exec(version);
  return match ? `${match[1]}.${match[2]}.${Number(match[3]) + 1}-0` : `${version}.0.1`;
}
