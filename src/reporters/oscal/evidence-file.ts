import { prettyJson } from "../../core/canonical-json.ts";
import { sha256 } from "../../core/digest.ts";
import type { Finding } from "../../core/finding.ts";
import type { ReportFile } from "../../core/reporter.ts";

/** The evidence of one check on one subject as a file named by its digest, or undefined where there is none. Equal evidence gives an equal name in every run. */
export function evidenceFile(findings: readonly Finding[]): ReportFile | undefined {
  const first = findings[0];
  if (first === undefined || findings.every((finding) => finding.evidence.length === 0)) return undefined;
  const items = findings.map(({ key, status, severity, evidence, fingerprint }) => ({
    key,
    status,
    severity,
    evidence,
    fingerprint,
  }));
  const text = prettyJson({ check: first.check, subject: first.subject, findings: items });
  return { name: `evidence/sha256-${sha256(text)}.json`, text };
}
