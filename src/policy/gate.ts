import type { Assessment } from "../core/assessment.ts";
import type { Finding } from "../core/finding.ts";
import type { GateDecision } from "../core/reporter.ts";
import { severities } from "../core/severity.ts";
import type { GateRules } from "./policy-file.ts";

/** Decides on an assessment: exit code 0 when every rule holds, 1 when one denies, 3 when nothing was assessed at all. */
export function decide(assessment: Assessment, rules: GateRules): GateDecision {
  if (!assessment.findings.some((finding) => finding.status === "pass" || finding.status === "fail")) {
    return { allowed: false, exitCode: 3, reasons: ["nothing could be assessed"] };
  }
  const reasons = [...severityReasons(assessment.findings, rules), ...coverageReasons(assessment, rules)];
  return reasons.length === 0
    ? { allowed: true, exitCode: 0, reasons: [allowedReason(rules)] }
    : { allowed: false, exitCode: 1, reasons };
}

function severityReasons(findings: readonly Finding[], rules: GateRules): string[] {
  const counted = findings.filter(
    (finding) =>
      finding.status === "fail" && finding.waiver === undefined && (!rules.newOnly || finding.isNew === true),
  );
  const kind = rules.newOnly ? "new " : "";
  return [...severities].reverse().flatMap((severity) => {
    const allowed = rules.allow[severity];
    const found = counted.filter((finding) => finding.severity === severity).length;
    return allowed !== undefined && found > allowed ? [`${found} ${kind}${severity}, policy allows ${allowed}`] : [];
  });
}

function coverageReasons({ coverage }: Assessment, rules: GateRules): string[] {
  const reasons: string[] = [];
  if (rules.unknown !== undefined && coverage.unknown > rules.unknown) {
    reasons.push(`${coverage.unknown} recommendations unknown, policy allows ${rules.unknown}`);
  }
  const share = (100 * coverage.assessed) / coverage.total;
  if (rules.minimumAssessed !== undefined && share < rules.minimumAssessed) {
    reasons.push(`${share.toFixed(1)} % of recommendations assessed, policy asks for ${rules.minimumAssessed} %`);
  }
  return reasons;
}

function allowedReason(rules: GateRules): string {
  const named = [...severities].reverse().filter((severity) => rules.allow[severity] !== undefined);
  if (named.length === 0) return "the policy limits no severity";
  return `the policy allows ${named.map((severity) => `${rules.allow[severity]} ${rules.newOnly ? "new " : ""}${severity}`).join(", ")}`;
}
