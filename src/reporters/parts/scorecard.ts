import type { Coverage } from "../../core/assessment.ts";
import type { ReportInput } from "../../core/reporter.ts";

/** One row of the scorecard: an area, or all of them. */
export interface ScorecardRow {
  /** `4.1 Image`, `All`. */
  readonly name: string;
  readonly coverage: Coverage;
  /** Share of recommendations that could be assessed, in whole percent, rounded down so that 100 means all; undefined where there are none. */
  readonly assessedPercent: number | undefined;
}

/** The scorecard: a row for each area that has recommendations, in the guide's order, then all. */
export function scorecard(input: ReportInput): ScorecardRow[] {
  const { coverage, coverageByArea } = input.assessment;
  const rows = input.guide.areas.flatMap((area) => {
    const own = coverageByArea[area.id];
    return own === undefined ? [] : [row(`${area.number} ${areaTitle(area.title)}`, own)];
  });
  return [...rows, row("All", coverage)];
}

/** The title of an area without the word that all of them end on. */
export function areaTitle(title: string): string {
  return title.replace(/ Countermeasures$/i, "");
}

function row(name: string, coverage: Coverage): ScorecardRow {
  return {
    name,
    coverage,
    assessedPercent: coverage.total === 0 ? undefined : Math.floor((100 * coverage.assessed) / coverage.total),
  };
}

/** One sentence that says how much was assessed and why the rest was not. */
export function coverageSentence(coverage: Coverage): string {
  return `${coverage.assessed} of ${coverage.total} recommendations assessed, ${coverage.unknown} unknown`;
}
