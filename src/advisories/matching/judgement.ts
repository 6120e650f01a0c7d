import type { AdvisoryRecord, AffectedRange } from "../record.ts";
import { compareInRange, listsVersion } from "../versions/range.ts";
import type { VersionOrder } from "../versions/version-order.ts";
import { type ConditionContext, notForReason } from "./conditions.ts";
import type { Decision, Lookup } from "./decision.ts";
import { exclusionOf, isProgramModule, otherSystemsOf } from "./go.ts";
import type { InstalledPackage } from "./inventory.ts";

/** Judges one installed package by one record. */
export function judgeRecord(
  record: AdvisoryRecord,
  installed: InstalledPackage,
  lookup: Lookup,
  context: ConditionContext,
): Decision {
  const decided = (outcome: Decision["outcome"], comparison: string, fixed?: string): Decision => ({
    package: installed,
    lookup,
    record,
    outcome,
    comparison,
    ...(fixed === undefined ? {} : { fixed }),
  });
  if (record.withdrawn !== undefined)
    return decided("withdrawn", `${record.id} was withdrawn on ${record.withdrawn.slice(0, 10)}`);
  if (isTakenBack(record)) return decided("withdrawn", `${record.id} was taken back: ${record.title}`);
  if (record.malicious) return malicious(record, installed, lookup, decided);
  const otherBuild = notForReason(record, installed, lookup, context);
  if (otherBuild !== undefined) return decided("not-for", otherBuild);
  const exclusion = exclusionOf(record);
  if (exclusion !== undefined) {
    return isProgramModule(installed.properties)
      ? decided("not-for", "is about programs that use the module as a library; this is the module's own program")
      : decided("set-aside", `the Go team found that it does not reach users of the module: ${exclusion}`);
  }
  const systems = otherSystemsOf(record);
  if (systems !== undefined) return decided("set-aside", `the Go team found that it is there on ${systems} only`);
  const later = record.notAffected ? laterThan(record, lookup) : undefined;
  if (later !== undefined)
    return decided("affected", `${lookup.version} < ${later}, the first that is not affected`, later);
  if (record.notAffected)
    return decided(
      "not-affected",
      `${record.source} says that it is not affected${record.status === undefined ? "" : ` (${record.status})`}`,
    );
  const { order, version } = lookup;
  if (!order.isValid(version))
    return listed(record, lookup, decided) ?? decided("incomparable", `${version} is no version of ${order.id}`);
  return inRanges(record, lookup, decided);
}

/** Ubuntu's statement that a version is not affected is about that version; what is installed may be older. */
function laterThan({ status }: AdvisoryRecord, { order, version }: Lookup): string | undefined {
  const named = /^not-affected (\S+)$/.exec(status ?? "")?.[1];
  return named !== undefined && order.isValid(named) && compareInRange(order, version, named) < 0 ? named : undefined;
}

/** Copies of feeds that lost the date of withdrawal still carry it in the title. */
function isTakenBack({ title = "" }: AdvisoryRecord): boolean {
  return /^\W*(withdrawn|rejected?)\b/i.test(title);
}

type Decided = (outcome: Decision["outcome"], comparison: string, fixed?: string) => Decision;

/** Malware is malware in every version that was published, unless the record names some. A package that calls itself private is not from the registry (package.json(5), "private"). */
function malicious(
  record: AdvisoryRecord,
  { properties }: InstalledPackage,
  lookup: Lookup,
  decided: Decided,
): Decision {
  if (properties["private"] === "yes")
    return decided("not-for", "is about a package of the registry; this one is marked private");
  const isAll = record.ranges.length === 0 && !record.versions?.length;
  if (
    isAll ||
    record.ranges.some(
      ({ introduced, fixed }) => (introduced === undefined || introduced === "0") && fixed === undefined,
    )
  ) {
    return decided("affected", "every version is malicious");
  }
  return inRanges(record, lookup, decided);
}

function listed({ versions = [] }: AdvisoryRecord, { version, order }: Lookup, decided: Decided): Decision | undefined {
  return versions.length > 0 && listsVersion(order, versions, version)
    ? decided("affected", `${version} is named as affected`)
    : undefined;
}

function inRanges(record: AdvisoryRecord, lookup: Lookup, decided: Decided): Decision {
  const { version, order } = lookup;
  const compare = comparison(lookup);
  for (const range of record.ranges) {
    if (isIn(range, compare)) return decided("affected", rangeText(range, version), range.fixed);
  }
  const named = listed(record, lookup, decided);
  if (named) return named;
  const passed = newestPassed(record.ranges, compare, order);
  if (passed !== undefined) return decided("fixed", `${version} >= ${passed}`);
  const [next] = record.ranges;
  if (next === undefined) return decided("outside", "names no versions");
  return decided(
    "outside",
    next.lastAffected !== undefined && compare(next.lastAffected) > 0
      ? `${version} > ${next.lastAffected}, the last affected`
      : `${version} < ${next.introduced}, the first affected`,
  );
}

/** How the installed version stands to a bound. A bound of an rpm advisory without an epoch is taken for the package's own epoch. */
function comparison({ order, version }: Lookup): (bound: string) => number {
  if (order.id !== "rpm") return (bound) => compareInRange(order, version, bound);
  return (bound) => {
    const ours = bound.includes(":") ? version : version.replace(/^\d+:/, "");
    return builtElsewhere(ours, bound)
      ? compareInRange(order, beforeModule(ours), beforeModule(bound))
      : compareInRange(order, ours, bound);
  };
}

/** Red Hat writes `.module+el8`, CentOS `.module_el8`; the build numbers behind it are each builder's own and cannot be compared. */
function builtElsewhere(ours: string, bound: string): boolean {
  const [a, b] = [/\.module([+_])/.exec(ours)?.[1], /\.module([+_])/.exec(bound)?.[1]];
  return a !== undefined && b !== undefined && a !== b;
}

function beforeModule(version: string): string {
  return version.replace(/\.module[+_].*$/, "");
}

function isIn({ introduced, fixed, lastAffected }: AffectedRange, compare: (bound: string) => number): boolean {
  if (introduced !== undefined && introduced !== "0" && compare(introduced) < 0) return false;
  if (fixed !== undefined && compare(fixed) >= 0) return false;
  return lastAffected === undefined || compare(lastAffected) <= 0;
}

function newestPassed(
  ranges: readonly AffectedRange[],
  compare: (bound: string) => number,
  order: VersionOrder,
): string | undefined {
  let newest: string | undefined;
  for (const { fixed } of ranges) {
    if (fixed === undefined || compare(fixed) < 0) continue;
    if (newest === undefined || compareInRange(order, fixed, newest) > 0) newest = fixed;
  }
  return newest;
}

function rangeText({ introduced, fixed, lastAffected }: AffectedRange, version: string): string {
  const from = introduced === undefined || introduced === "0" ? "" : `${introduced} <= `;
  if (fixed !== undefined) return `${from}${version} < ${fixed}`;
  if (lastAffected !== undefined) return `${from}${version} <= ${lastAffected}`;
  return from === "" ? `${version}: no version without it` : `${from}${version}, no fixed version`;
}
