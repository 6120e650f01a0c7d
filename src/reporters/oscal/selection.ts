import type { RecommendationResult } from "../../core/assessment.ts";
import { byClause, sectionOf } from "../../core/clause.ts";
import type { ReportInput } from "../../core/reporter.ts";
import type { OscalObject } from "./document.ts";
import { controlId, controlOfSection, is8176, statementId } from "./guide.ts";

/** The sections (`4.4.3`, `8176-5.4`) of the areas in which anything could be assessed; of every area when nothing could. */
export function assessedSections(input: ReportInput): string[] {
  const { recommendations } = input.assessment;
  const areas = new Set(recommendations.filter((result) => result.status !== "unknown").map((result) => result.area));
  const selected = recommendations.filter((result) => areas.size === 0 || areas.has(result.area));
  return [...new Set(selected.map((result) => sectionOf(result.id)))].sort(byClause);
}

/** The ids of the controls of sections, of one guide. */
export function controlsOf(sections: readonly string[], guide: "sp800-190" | "nistir8176"): string[] {
  return sections.filter((section) => is8176(section) === (guide === "nistir8176")).map(controlOfSection);
}

/** The `reviewed-controls` for clauses: the controls with the statements. Nothing is expressed as everything without any, as OSCAL has no empty selection. */
export function reviewedControls(clauses: readonly string[], all: readonly string[], remarks?: string): OscalObject {
  const selection =
    clauses.length > 0
      ? { "include-controls": selections(clauses) }
      : { "include-all": {}, "exclude-controls": selections(all) };
  return { "control-selections": [selection], ...(remarks === undefined ? {} : { remarks }) };
}

function selections(clauses: readonly string[]): OscalObject[] {
  const byControl = new Map<string, string[]>();
  for (const clause of [...clauses].sort(byClause))
    byControl.set(controlId(clause), [...(byControl.get(controlId(clause)) ?? []), statementId(clause)]);
  return [...byControl].map(([control, statements]) => ({ "control-id": control, "statement-ids": statements }));
}

/** True for a recommendation that evidence or a statement gave a status. */
export function isReviewed(result: RecommendationResult): boolean {
  return result.status === "satisfied" || result.status === "not-satisfied" || result.status === "declared";
}
