import type { Evidence } from "./check.ts";
import type { Area } from "./clause.ts";
import type { Severity } from "./severity.ts";
import type { Subject } from "./subject.ts";

/** What one check says of one item of one subject. */
export interface Finding {
  /** Short name to type, unique within a report: `img-7f3a`. */
  readonly id: string;
  /** SHA-256 (hex) of check, stable subject and key: the same in every run and rebuild until the item itself changes. */
  readonly fingerprint: string;
  readonly check: string;
  readonly title: string;
  readonly area: Area;
  /** Recommendation ids, in the guide's order. */
  readonly recommendations: readonly string[];
  readonly subject: Subject;
  /** The subject as the user named it. */
  readonly subjectName: string;
  /** The item within the subject; empty for the subject as a whole. */
  readonly key: string;
  readonly status: "pass" | "fail" | "not-applicable" | "unknown";
  readonly severity: Severity;
  readonly evidence: readonly Evidence[];
  /** Why it does not apply or is unknown. */
  readonly reason?: string | undefined;
  /** What would make an unknown known. */
  readonly remedy?: string | undefined;
  readonly why: string;
  readonly fix: string;
  /** The accepted risk that covers it. A waived finding is still shown and counted, apart. */
  readonly waiver?: Waiver | undefined;
  /** True when a baseline was given and did not have it. */
  readonly isNew?: boolean | undefined;
}

/** An accepted finding: what it covers, why, who accepted it and until when. */
export interface Waiver {
  /** Check id or pattern (`*` for any run of characters); every check when absent. */
  readonly check?: string | undefined;
  /** Subject, subject name or pattern. */
  readonly subject?: string | undefined;
  /** Key or pattern; a CVE id also matches the key of its vulnerability. */
  readonly key?: string | undefined;
  readonly reason: string;
  readonly approver: string;
  /** Last day on which it counts, ISO 8601 date. */
  readonly expires: string;
}

/** A person's statement about what no machine can see. */
export interface Declaration {
  /** Recommendation ids that it answers. */
  readonly recommendations: readonly string[];
  readonly owner: string;
  readonly text: string;
  readonly link?: string | undefined;
  /** Last day on which it counts, ISO 8601 date. */
  readonly expires: string;
}

/** True when what ends at the end of the day `expires` (ISO 8601 date, UTC) no longer counts at `now`. */
export function isExpired(entry: { readonly expires: string }, now: Date): boolean {
  return now.getTime() >= Date.parse(`${entry.expires}T00:00:00Z`) + 86_400_000;
}
