import type { RecommendationResult } from "../../core/assessment.ts";
import { compareText } from "../../core/canonical-json.ts";
import { byClause } from "../../core/clause.ts";
import type { Finding } from "../../core/finding.ts";

/** Recommendations that could not be judged for one reason. */
export interface UnknownGroup {
  readonly reason: string;
  readonly remedies: readonly string[];
  /** Recommendation ids in the guide's order. */
  readonly recommendations: readonly string[];
}

/** The recommendations that could not be judged, put together by reason, the most frequent first. Statements that are missing make one group, with one remedy. */
export function unknownGroups(results: readonly RecommendationResult[]): UnknownGroup[] {
  const groups = new Map<string, { remedies: Set<string>; recommendations: string[] }>();
  for (const result of results) {
    if (result.status !== "unknown") continue;
    const group = groups.get(result.reason) ?? { remedies: new Set<string>(), recommendations: [] };
    groups.set(result.reason, group);
    group.recommendations.push(result.id);
    for (const remedy of result.remedies) group.remedies.add(remedy);
  }
  return sortedGroups(groups);
}

function sortedGroups(
  groups: ReadonlyMap<string, { readonly remedies: ReadonlySet<string>; readonly recommendations: readonly string[] }>,
): UnknownGroup[] {
  return [...groups]
    .map(([reason, group]) => ({ reason, ...merged(group) }))
    .sort((a, b) => b.recommendations.length - a.recommendations.length || compareText(a.reason, b.reason));
}

function merged(group: {
  readonly remedies: ReadonlySet<string>;
  readonly recommendations: readonly string[];
}): Pick<UnknownGroup, "remedies" | "recommendations"> {
  const recommendations = [...group.recommendations].sort(byClause);
  // A remedy that names one recommendation is the same advice for each of the group: one line for all says it once.
  const named = recommendations.length > 3 ? [...recommendations.slice(0, 3), "…"] : recommendations;
  const templates = new Set<string>();
  for (const remedy of group.remedies) {
    templates.add(recommendations.reduce((text, id) => text.replace(`[${id}]`, `[${named.join(", ")}]`), remedy));
  }
  return { remedies: [...templates].sort(compareText), recommendations };
}

/** Checks that could not be judged on some subject although their recommendations have a status: it rests on part of the evidence. Put together by reason, the most frequent first. */
export function partialUnknowns(
  findings: readonly Finding[],
  results: readonly RecommendationResult[],
): UnknownGroup[] {
  const unknown = new Set(results.filter((result) => result.status === "unknown").map((result) => result.id));
  const groups = new Map<string, { remedies: Set<string>; recommendations: string[] }>();
  for (const finding of findings) {
    if (finding.status !== "unknown" || finding.recommendations.some((id) => unknown.has(id))) continue;
    const reason = finding.reason ?? "no reason given";
    const group = groups.get(reason) ?? { remedies: new Set<string>(), recommendations: [] };
    groups.set(reason, group);
    group.recommendations.push(...finding.recommendations.filter((id) => !group.recommendations.includes(id)));
    if (finding.remedy !== undefined) group.remedies.add(finding.remedy);
  }
  return sortedGroups(groups);
}
