import calculator from "ae-cvss-calculator";
import type { Severity } from "../../core/severity.ts";
import type { AdvisoryRecord, VulnerabilityFacts } from "../record.ts";

/** A CVSS vector with its base score (0 to 10) and who gave it. */
export interface ScoredVector {
  readonly vector: string;
  readonly score: number;
  readonly source: string;
}

/** How bad a vulnerability is, whose word that is, and every vector that is known. */
export interface Rating {
  readonly severity: Severity;
  /** The feed that rated it, `cvss-v3.1` and the like where it follows from a vector, or `none`. */
  readonly source: string;
  readonly cvss: readonly ScoredVector[];
}

/**
 * Rates a vulnerability by the records that apply to a package. The feed that judged the package is heard first, since it knows how the package is
 * built; then the newest CVSS version. What nobody rated counts as medium, so that it is neither lost nor shouts.
 */
export function ratingOf(records: readonly AdvisoryRecord[], facts: VulnerabilityFacts | undefined): Rating {
  const cvss = scored([...records.flatMap((record) => record.cvss ?? []), ...(facts?.cvss ?? [])]);
  if (records.some(({ malicious }) => malicious)) return { severity: "critical", source: "malicious-package", cvss };
  const rated = records.find(({ severity }) => severity !== undefined);
  if (rated?.severity !== undefined) return { severity: rated.severity, source: rated.source, cvss };
  const [best] = cvss;
  if (best === undefined) return { severity: "medium", source: "none", cvss };
  return {
    severity: severityOfScore(best.score, versionOf(best.vector)),
    source: `cvss-v${versionOf(best.vector)}`,
    cvss,
  };
}

function scored(vectors: NonNullable<VulnerabilityFacts["cvss"]>): ScoredVector[] {
  const seen = new Set<string>();
  const found: ScoredVector[] = [];
  for (const { vector, source } of vectors) {
    const key = `${vector} ${source}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const score = baseScore(vector);
    if (score !== undefined) found.push({ vector, score, source });
  }
  return found.sort((a, b) => Number(versionOf(b.vector)) - Number(versionOf(a.vector)));
}

/** The base score of a CVSS 2.0, 3.0, 3.1 or 4.0 vector (FIRST), 0 to 10; undefined where it is none or lacks a metric. */
export function baseScore(vector: string): number | undefined {
  try {
    const scores = calculator.fromVector(vector)?.calculateScores();
    const base = scores === undefined ? undefined : "base" in scores ? scores.base : scores.overall;
    return typeof base === "number" && Number.isFinite(base) ? base : undefined;
  } catch {
    // The library throws on vectors that it cannot read; such a vector says nothing.
    return undefined;
  }
}

function versionOf(vector: string): string {
  return /^CVSS:(\d\.\d)\//.exec(vector)?.[1] ?? "2.0";
}

/** The qualitative rating of a base score (CVSS v3.1 §5, v4.0 §6; for version 2 NVD's scale, which has no critical). */
export function severityOfScore(score: number, version: string): Severity {
  if (score >= 9 && version !== "2.0") return "critical";
  if (score >= 7) return "high";
  if (score >= 4) return "medium";
  return score > 0 ? "low" : "info";
}
