/** How bad a failure is, least first. */
export const severities = ["info", "low", "medium", "high", "critical"] as const;
/** How bad a failure is: `critical` lets an attacker take the platform, `info` is worth knowing only. */
export type Severity = (typeof severities)[number];

/** Orders severities from bad to harmless, for sorting. */
export function bySeverity(a: Severity, b: Severity): number {
  return severities.indexOf(b) - severities.indexOf(a);
}

/** True when `severity` is `threshold` or worse. */
export function atLeast(severity: Severity, threshold: Severity): boolean {
  return severities.indexOf(severity) >= severities.indexOf(threshold);
}
