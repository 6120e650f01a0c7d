import { compareText } from "./canonical-json.ts";
import type { JudgedCheck } from "./check.ts";
import type { Area } from "./clause.ts";
import type { Declaration, Finding, Waiver } from "./finding.ts";
import { isExpired } from "./finding.ts";
import { covers, type Judgement, judge } from "./judge.ts";
import type { Snapshot } from "./snapshot.ts";

/** How far one recommendation of the guide is met. */
export type RecommendationStatus = "satisfied" | "not-satisfied" | "not-applicable" | "declared" | "unknown";

/** What the engine must know of a recommendation. */
export interface GuideRecommendation {
  readonly id: string;
  /** Section of its countermeasure: `4.4.3`. */
  readonly countermeasure: string;
  readonly area: Area;
  /** Who can tell: a machine, a machine and a person, or a person only. */
  readonly class: "machine" | "machine-and-declaration" | "declaration";
}

/** One recommendation with its status and why it has it. */
export interface RecommendationResult {
  readonly id: string;
  readonly countermeasure: string;
  readonly area: Area;
  readonly status: RecommendationStatus;
  readonly reason: string;
  /** What would make an unknown known; empty otherwise. */
  readonly remedies: readonly string[];
  /** Verdicts on it by kind; `waived` failures are counted in `fail` too. */
  readonly counts: {
    readonly pass: number;
    readonly fail: number;
    readonly waived: number;
    readonly notApplicable: number;
    readonly unknown: number;
  };
  /** Ids of the checks that give evidence for it, whether they ran or not. */
  readonly checks: readonly string[];
  readonly declaration?: Declaration | undefined;
}

/** How many recommendations have each status, and how many could be assessed at all (`total - unknown`). */
export interface Coverage {
  readonly total: number;
  readonly satisfied: number;
  readonly notSatisfied: number;
  readonly notApplicable: number;
  readonly declared: number;
  readonly unknown: number;
  readonly assessed: number;
}

/** A decision of the organisation that did not take effect, and why. */
export interface UnusedDecision {
  readonly kind: "waiver" | "declaration";
  readonly state: "expired" | "unused";
  readonly description: string;
  readonly expires: string;
}

/** Everything that reports are made of. */
export interface Assessment {
  readonly snapshot: Snapshot;
  readonly findings: readonly Finding[];
  readonly recommendations: readonly RecommendationResult[];
  readonly coverage: Coverage;
  readonly coverageByArea: Readonly<Record<Area, Coverage>>;
  readonly coverageByCountermeasure: Readonly<Record<string, Coverage>>;
  readonly waivers: readonly Waiver[];
  readonly declarations: readonly Declaration[];
  readonly unusedDecisions: readonly UnusedDecision[];
}

/** What an assessment is made with besides the snapshot. */
export interface AssessmentInput extends Judgement {
  readonly checks: Judgement["checks"];
  readonly declarations: readonly Declaration[];
}

/** Judges a snapshot and derives the status of every recommendation of the guide. Pure: same input, same assessment. */
export function assess(
  guide: readonly GuideRecommendation[],
  checks: ReadonlyMap<string, JudgedCheck>,
  snapshot: Snapshot,
  input: AssessmentInput,
): Assessment {
  const findings = judge(checks, snapshot, input);
  const current = input.declarations.filter((declaration) => !isExpired(declaration, snapshot.now));
  const byRecommendation = findingsByRecommendation(findings);
  const checksFor = checksByRecommendation(checks);
  const recommendations = guide.map((recommendation) =>
    resultOf(
      recommendation,
      byRecommendation.get(recommendation.id) ?? [],
      checksFor.get(recommendation.id) ?? [],
      checks,
      current,
    ),
  );
  return {
    snapshot,
    findings,
    recommendations,
    coverage: coverageOf(recommendations),
    coverageByArea: coverageBy(recommendations, (result) => result.area) as Record<Area, Coverage>,
    coverageByCountermeasure: coverageBy(recommendations, (result) => result.countermeasure),
    waivers: input.waivers,
    declarations: input.declarations,
    unusedDecisions: unusedDecisions(input, findings, recommendations, snapshot.now),
  };
}

function findingsByRecommendation(findings: readonly Finding[]): Map<string, Finding[]> {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    for (const id of finding.recommendations) {
      const group = groups.get(id);
      if (group) group.push(finding);
      else groups.set(id, [finding]);
    }
  }
  return groups;
}

/** The ids of the checks that give evidence for each recommendation, sorted. */
export function checksByRecommendation(checks: ReadonlyMap<string, JudgedCheck>): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [id, check] of checks)
    for (const clause of check.clauses) groups.set(clause, [...(groups.get(clause) ?? []), id].sort(compareText));
  return groups;
}

function resultOf(
  guide: GuideRecommendation,
  findings: readonly Finding[],
  checkIds: readonly string[],
  checks: ReadonlyMap<string, JudgedCheck>,
  declarations: readonly Declaration[],
): RecommendationResult {
  const failed = findings.filter((finding) => finding.status === "fail");
  const counts = {
    pass: findings.filter((finding) => finding.status === "pass").length,
    fail: failed.length,
    waived: failed.filter((finding) => finding.waiver !== undefined).length,
    notApplicable: findings.filter((finding) => finding.status === "not-applicable").length,
    unknown: findings.filter((finding) => finding.status === "unknown").length,
  };
  const declaration = declarations.find((candidate) => candidate.recommendations.includes(guide.id));
  const base = {
    id: guide.id,
    countermeasure: guide.countermeasure,
    area: guide.area,
    counts,
    checks: checkIds,
    declaration,
  };
  const result = (
    status: RecommendationStatus,
    reason: string,
    remedies: readonly string[] = [],
  ): RecommendationResult => ({ ...base, status, reason, remedies });

  if (counts.fail > 0) return result("not-satisfied", failureReason(counts));
  if (counts.pass > 0) return result("satisfied", passReason(counts));
  if (declaration)
    return result("declared", `${declaration.owner} declares until ${declaration.expires}: ${declaration.text}`);
  if (counts.notApplicable > 0 && counts.unknown === 0)
    return result("not-applicable", unique(findings.map((finding) => finding.reason ?? "")).join("; "));
  if (counts.unknown > 0) {
    const unknowns = findings.filter((finding) => finding.status === "unknown");
    return result(
      "unknown",
      unique(unknowns.map((finding) => finding.reason ?? "")).join("; "),
      unique(unknowns.map((finding) => finding.remedy ?? "")),
    );
  }
  if (guide.class === "declaration")
    return result("unknown", "only people can tell, and nobody declared it", [declareRemedy(guide.id)]);
  if (checkIds.length === 0)
    return result("unknown", "no check gives evidence for it, and nobody declared it", [declareRemedy(guide.id)]);
  const facts = checkIds.flatMap((id) => Object.values(checks.get(id)?.needs ?? {}).slice(0, 1));
  return result(
    "unknown",
    `nothing collected: ${unique(facts.map((fact) => fact.summary)).join("; ")}`,
    unique(facts.map((fact) => fact.obtain)),
  );
}

function declareRemedy(id: string): string {
  return `declare it in the policy file (declarations: recommendations: [${id}])`;
}

function failureReason(counts: RecommendationResult["counts"]): string {
  const parts = [`${counts.fail} failed`];
  if (counts.waived > 0) parts.push(`${counts.waived} of them waived`);
  if (counts.pass > 0) parts.push(`${counts.pass} passed`);
  if (counts.unknown > 0) parts.push(`${counts.unknown} could not be judged`);
  return parts.join(", ");
}

function passReason(counts: RecommendationResult["counts"]): string {
  const partial = counts.unknown > 0 ? `; on partial evidence: ${counts.unknown} could not be judged` : "";
  return `${counts.pass} passed${partial}`;
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts.filter((text) => text !== ""))].sort(compareText);
}

function coverageOf(results: readonly RecommendationResult[]): Coverage {
  const count = (status: RecommendationStatus) => results.filter((result) => result.status === status).length;
  const unknown = count("unknown");
  return {
    total: results.length,
    satisfied: count("satisfied"),
    notSatisfied: count("not-satisfied"),
    notApplicable: count("not-applicable"),
    declared: count("declared"),
    unknown,
    assessed: results.length - unknown,
  };
}

function coverageBy(
  results: readonly RecommendationResult[],
  keyOf: (result: RecommendationResult) => string,
): Record<string, Coverage> {
  const groups = new Map<string, RecommendationResult[]>();
  for (const result of results) groups.set(keyOf(result), [...(groups.get(keyOf(result)) ?? []), result]);
  return Object.fromEntries([...groups].map(([key, group]) => [key, coverageOf(group)]));
}

function unusedDecisions(
  input: AssessmentInput,
  findings: readonly Finding[],
  recommendations: readonly RecommendationResult[],
  now: Date,
): UnusedDecision[] {
  const failed = findings.filter((finding) => finding.status === "fail");
  const unused: UnusedDecision[] = [];
  for (const waiver of input.waivers) {
    const description =
      [waiver.check, waiver.subject, waiver.key].filter((part) => part !== undefined).join(" · ") || "every finding";
    if (isExpired(waiver, now)) unused.push({ kind: "waiver", state: "expired", description, expires: waiver.expires });
    else if (!failed.some((finding) => covers(waiver, finding)))
      unused.push({ kind: "waiver", state: "unused", description, expires: waiver.expires });
  }
  for (const declaration of input.declarations) {
    const description = declaration.recommendations.join(", ");
    if (isExpired(declaration, now))
      unused.push({ kind: "declaration", state: "expired", description, expires: declaration.expires });
    else if (!recommendations.some((result) => result.declaration === declaration && result.status === "declared")) {
      unused.push({ kind: "declaration", state: "unused", description, expires: declaration.expires });
    }
  }
  return unused;
}
