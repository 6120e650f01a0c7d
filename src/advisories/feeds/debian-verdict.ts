import type { AdvisoryRecord } from "../record.ts";

/** What Debian's security team says of a package in a release. */
export type DebianVerdict = Pick<AdvisoryRecord, "ranges" | "state" | "status" | "notAffected">;

const all = [{ introduced: "0" }] as const;

/**
 * The verdict that a state of the tracker is (`<no-dsa>`, `<end-of-life>` …; security-team.debian.org, "Distribution tags"); undefined where it says
 * nothing about a package in Debian (`<itp>`: it is not packaged yet).
 */
export function stateVerdict(state: string): DebianVerdict | undefined {
  switch (state) {
    case "not-affected":
      return { ranges: [], notAffected: true, state: "fixed" };
    case "unfixed":
      return { ranges: all, state: "unfixed" };
    // It is gone from unstable and still in older releases.
    case "removed":
      return { ranges: all, state: "unfixed", status: state };
    case "undetermined":
      return { ranges: all, state: "unknown", status: state };
    case "no-dsa":
    case "postponed":
      return { ranges: all, state: "deferred", status: state };
    case "unimportant":
      return { ranges: all, state: "unfixed", status: state };
    case "itp":
      return undefined;
    // ignored, end-of-life, and what may come.
    default:
      return { ranges: all, state: "will-not-fix", status: state };
  }
}

/** A fix; that version 0 fixed it means that it never was in the release. */
export function fixVerdict(version: string): DebianVerdict {
  return version === "0"
    ? { ranges: [], notAffected: true, state: "fixed" }
    : { ranges: [{ introduced: "0", fixed: version }], state: "fixed" };
}

/** A verdict with the tracker's urgency: a rating, or what says more than the state does. Two stars mean that nobody looked at the rating. */
export function withUrgency(
  verdict: DebianVerdict,
  urgency: string | undefined,
): DebianVerdict & Pick<AdvisoryRecord, "severity"> {
  const { status, state } = verdict;
  switch (urgency?.replace(/\*+$/, "")) {
    case "low":
      return { ...verdict, severity: "low" };
    case "medium":
      return { ...verdict, severity: "medium" };
    case "high":
      return { ...verdict, severity: "high" };
    case "unimportant":
      return {
        ...verdict,
        severity: "info",
        status: status === undefined || status === "unimportant" ? "unimportant" : `unimportant, ${status}`,
      };
    case "end-of-life":
      return verdict.notAffected || state === "fixed"
        ? verdict
        : { ...verdict, state: "will-not-fix", status: "end-of-life" };
    default:
      return status === "unimportant" ? { ...verdict, severity: "info" } : verdict;
  }
}

/** A verdict that also says that the maintainers of the software dispute the vulnerability. */
export function disputed<T extends DebianVerdict>(verdict: T): T {
  return { ...verdict, status: verdict.status === undefined ? "disputed" : `${verdict.status}, disputed` };
}

/** Descriptions of disputed CVEs began with the word until MITRE made it a tag. */
export const disputedMark = /^\W*DISPUTED\W+/;
