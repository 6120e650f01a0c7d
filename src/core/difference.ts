import type { Assessment, RecommendationStatus } from "./assessment.ts";
import type { Finding } from "./finding.ts";

/** What two assessments differ in. Failures are told apart by fingerprint, so a rebuild or a moved line is no difference. */
export interface Difference {
  readonly newFailures: readonly Finding[];
  readonly resolvedFailures: readonly Finding[];
  /** Number of failures that both have. */
  readonly remaining: number;
  /** What failed before and cannot be judged now: not resolved, not known. */
  readonly lost: readonly Finding[];
  readonly recommendations: readonly {
    readonly id: string;
    readonly before: RecommendationStatus;
    readonly after: RecommendationStatus;
  }[];
}

/** Compares two assessments of the same targets. */
export function difference(before: Assessment, after: Assessment): Difference {
  const old = failures(before);
  const now = failures(after);
  const unjudged = new Set(
    after.findings
      .filter((finding) => finding.status === "unknown")
      .map((finding) => `${finding.check}\n${finding.subject}`),
  );
  const gone = [...old.values()].filter((finding) => !now.has(finding.fingerprint));
  const isLost = (finding: Finding) =>
    unjudged.has(`${finding.check}\n${finding.subject}`) || !wasAssessed(after, finding);
  const statusBefore = new Map(before.recommendations.map((result) => [result.id, result.status]));
  return {
    newFailures: [...now.values()].filter((finding) => !old.has(finding.fingerprint)),
    resolvedFailures: gone.filter((finding) => !isLost(finding)),
    lost: gone.filter(isLost),
    remaining: [...now.keys()].filter((fingerprint) => old.has(fingerprint)).length,
    recommendations: after.recommendations.flatMap((result) => {
      const earlier = statusBefore.get(result.id) ?? "unknown";
      return earlier === result.status ? [] : [{ id: result.id, before: earlier, after: result.status }];
    }),
  };
}

function failures(assessment: Assessment): Map<string, Finding> {
  return new Map(
    assessment.findings.filter((finding) => finding.status === "fail").map((finding) => [finding.fingerprint, finding]),
  );
}

/** A failure can only be resolved where its check ran again; one whose check saw no subject of the same area has merely not been looked at. */
function wasAssessed(assessment: Assessment, finding: Finding): boolean {
  return assessment.findings.some((candidate) => candidate.check === finding.check && candidate.status !== "unknown");
}

/** The assessment with every failure marked by whether the baseline lacked it. */
export function againstBaseline(assessment: Assessment, baseline: ReadonlySet<string>): Assessment {
  const findings = assessment.findings.map((finding) =>
    finding.status === "fail" ? { ...finding, isNew: !baseline.has(finding.fingerprint) } : finding,
  );
  return { ...assessment, findings };
}
