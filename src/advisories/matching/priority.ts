import type { Severity } from "../../core/severity.ts";
import type { VulnerabilityFacts } from "../record.ts";

/** What the urgency of a match is weighed by. */
export interface Weighed {
  readonly severity: Severity;
  readonly score: number | undefined;
  readonly facts: VulnerabilityFacts | undefined;
  readonly fixedVersion: string | undefined;
  readonly malicious: boolean;
  readonly confidence: "high" | "medium" | "low";
}

const bySeverity: Readonly<Record<Severity, number>> = { critical: 500, high: 350, medium: 200, low: 80, info: 10 };

/** One number from 0 to 1000 and the reasons that made it: severity first, then that it is exploited, then how likely that is, then whether it can be fixed. */
export function priorityOf(weighed: Weighed): { readonly priority: number; readonly reasons: readonly string[] } {
  const { severity, score, facts, fixedVersion, malicious, confidence } = weighed;
  const reasons: string[] = [];
  let priority = bySeverity[severity] + (score === undefined ? 0 : Math.round(score * 5));
  const add = (points: number, reason: string) => {
    priority += points;
    reasons.push(reason);
  };
  if (malicious) add(400, "the package is malware");
  if (facts?.knownExploited)
    add(300, `known to be exploited since ${facts.knownExploited.since.slice(0, 10)} (CISA KEV)`);
  if (facts?.knownExploited?.ransomware) add(50, "used in ransomware campaigns");
  if (facts?.ssvc?.["exploitation"] === "active" && !facts.knownExploited)
    add(200, "exploitation is active (CISA SSVC)");
  if (facts?.epss)
    add(
      Math.round(facts.epss.score * 150),
      `${percent(facts.epss.score)} chance of exploitation within 30 days (EPSS of ${facts.epss.date.slice(0, 10)})`,
    );
  if (fixedVersion !== undefined) add(40, `fixed in ${fixedVersion}`);
  if (confidence === "low") add(-60, "what was found is a guess from bytes or names");
  return { priority: Math.max(0, Math.min(1000, priority)), reasons };
}

function percent(chance: number): string {
  return `${(chance * 100).toFixed(chance < 0.01 ? 2 : 0)} %`;
}
