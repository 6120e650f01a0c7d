import { quotedScalar } from "./visible-text.ts";

/** What a waiver names besides the check: the texts exactly as the report has them. */
export interface WaiverScope {
  readonly subjectName: string;
  /** Empty for the subject as a whole. */
  readonly key: string;
}

/** The entry of the policy file that accepts a finding; the reader fills in who and why. `created` (ISO 8601) is when the report's facts were collected. */
export function waiverSnippet(check: string, { subjectName, key }: WaiverScope, created: string): string {
  const lines = ["waivers:", `  - check: ${scalar(check)}`, `    subject: ${scalar(subjectName)}`];
  if (key !== "") lines.push(`    key: ${scalar(key)}`);
  lines.push(
    "    reason: why this is acceptable",
    "    approver: who accepts it",
    `    expires: ${daysAfter(created, 90)}`,
  );
  return lines.join("\n");
}

/** The plain text where it cannot be misread, else quoted. */
function scalar(text: string): string {
  return /^[a-z][a-z0-9/._-]*$/i.test(text) && !/^(true|false|null|yes|no|on|off)$/i.test(text)
    ? text
    : quotedScalar(text);
}

function daysAfter(iso: string, days: number): string {
  const start = Date.parse(iso);
  return new Date((Number.isNaN(start) ? 0 : start) + days * 86_400_000).toISOString().slice(0, 10);
}
