import type { Assessment, Coverage } from "../../core/assessment.ts";
import { canonicalJson } from "../../core/canonical-json.ts";
import type { Evidence } from "../../core/check.ts";
import type { Finding, Waiver } from "../../core/finding.ts";
import type { ReportInput } from "../../core/reporter.ts";
import { severities } from "../../core/severity.ts";
import type { Observation } from "../../core/snapshot.ts";
import { type SetAside, setAsideOf, setAsideWord } from "../parts/set-aside.ts";
import { detailName, detailText } from "./detail-text.ts";
import { imagesOf } from "./images.ts";
import type {
  PageData,
  PageEvidence,
  PageEvidenceMore,
  PageFinding,
  PageFindingMore,
  PageObservation,
  PageRecommendation,
  PageRule,
  PageSetAside,
  PageStatuses,
} from "./page-data.ts";
import { TextPool } from "./text-pool.ts";

/** The statuses of findings in the order that the rows of the page number them; `web/src/model.ts` has the same list. */
export const pageStatuses: PageStatuses = ["fail", "unknown", "not-applicable", "pass"];

/** Characters of a found or expected value that the page shows; the whole value stands in the JSON report. */
const shownValueLength = 2_000;
/** The same for what passed, which is there to be counted and looked up. */
const shownPassLength = 300;

/** Details that the finding says already, and what is there for programs: the JSON report has them. */
const saidElsewhere: ReadonlySet<string> = new Set([
  "kind",
  "priority",
  "reasons",
  "id",
  "package",
  "version",
  "fixedVersion",
  "purl",
]);

const nothing: Coverage = {
  total: 0,
  satisfied: 0,
  notSatisfied: 0,
  notApplicable: 0,
  declared: 0,
  unknown: 0,
  assessed: 0,
};

/** Everything that the report page shows, with repeated texts stored once. */
export function buildPageData(input: ReportInput): PageData {
  const { assessment, guide } = input;
  const { content } = assessment.snapshot;
  const rows = new FindingRows(assessment.waivers, input.checks);
  const findings = assessment.findings.map((finding) => rows.rowOf(finding));
  const setAside = setAsideOf(assessment.snapshot).map((item) => setAsideRow(item, rows.pool));
  const observations = content.observations.map((observation) => observationRow(observation, rows.pool));
  return {
    schema: "plimsoll.report-page/1",
    version: input.version,
    created: content.created,
    digest: assessment.snapshot.digest,
    policy: input.policyName,
    baseline: input.baselineName,
    advisories: content.advisories,
    gate: input.gate,
    targets: content.targets,
    guide: guide.title,
    coverage: assessment.coverage,
    areas: guide.areas.map((area) => ({ ...area, coverage: assessment.coverageByArea[area.id] ?? nothing })),
    countermeasures: guide.countermeasures.map(({ id, area, title, summary }) => ({
      id,
      area,
      title,
      summary,
      coverage: assessment.coverageByCountermeasure[id] ?? nothing,
    })),
    recommendations: recommendationsOf(input),
    checkTitles: Object.fromEntries([...input.checks].map(([id, check]) => [id, check.title])),
    texts: rows.pool.texts,
    rules: rows.rules,
    findings,
    waivers: rows.waivers,
    declarations: assessment.declarations,
    unused: assessment.unusedDecisions,
    setAside,
    images: imagesOf(assessment.snapshot),
    observations,
  };
}

function recommendationsOf({ assessment, guide }: ReportInput): PageRecommendation[] {
  const texts = new Map(guide.recommendations.map((recommendation) => [recommendation.id, recommendation]));
  return assessment.recommendations.map((result) => ({
    id: result.id,
    countermeasure: result.countermeasure,
    area: result.area,
    text: texts.get(result.id)?.text ?? "",
    class: texts.get(result.id)?.class ?? "machine",
    status: result.status,
    reason: result.reason,
    remedies: result.remedies,
    checks: result.checks,
    ...declarationIndex(assessment, result.declaration),
  }));
}

function declarationIndex(
  assessment: Assessment,
  declaration: Assessment["declarations"][number] | undefined,
): { declaration?: number } {
  const index = declaration ? assessment.declarations.indexOf(declaration) : -1;
  return index < 0 ? {} : { declaration: index };
}

/** Turns findings into rows and collects what they share. */
class FindingRows {
  readonly pool = new TextPool();
  readonly rules: PageRule[] = [];
  readonly waivers: Waiver[];
  readonly #ruleIndexes = new Map<string, number>();

  readonly #checks: ReportInput["checks"];

  constructor(waivers: readonly Waiver[], checks: ReportInput["checks"]) {
    this.waivers = [...waivers];
    this.#checks = checks;
  }

  rowOf(finding: Finding): PageFinding {
    const row = [
      finding.id,
      this.#ruleOf(finding),
      this.pool.indexOf(finding.subject),
      this.pool.indexOf(finding.subjectName),
      this.pool.indexOf(finding.key),
      pageStatuses.indexOf(finding.status),
      severities.indexOf(finding.severity),
      this.pool.indexOf(finding.fix),
      finding.evidence.map((evidence) => this.#evidenceRow(evidence, finding)),
    ] as const;
    const more = this.#moreOf(finding);
    return Object.keys(more).length === 0 ? row : [...row, more];
  }

  #ruleOf({ check, title, area, recommendations, why }: Finding): number {
    const key = JSON.stringify([check, title, recommendations, why]);
    const known = this.#ruleIndexes.get(key);
    if (known !== undefined) return known;
    const { references = [] } = this.#checks.get(check) ?? {};
    const rule = { check, title, area, recommendations, why, ...(references.length === 0 ? {} : { references }) };
    const index = this.rules.push(rule) - 1;
    this.#ruleIndexes.set(key, index);
    return index;
  }

  #evidenceRow(evidence: Evidence, finding: Finding): PageEvidence {
    const passed = finding.status === "pass";
    const shown = (value: unknown) => this.pool.indexOf(valueText(value, passed ? shownPassLength : shownValueLength));
    const row = [
      this.pool.indexOf(evidence.at),
      shown(evidence.found),
      evidence.expected === undefined ? null : shown(evidence.expected),
    ] as const;
    const more = passed ? {} : this.#evidenceMore(evidence, finding);
    return Object.keys(more).length === 0 ? row : [...row, more];
  }

  #evidenceMore(evidence: Evidence, finding: Finding): PageEvidenceMore {
    const { location, layer, severity, fix, details } = evidence;
    return {
      ...(location && { file: location.file }),
      ...(location?.line !== undefined && { line: location.line }),
      ...(location?.column !== undefined && { column: location.column }),
      ...(layer !== undefined && { layer }),
      ...(severity !== undefined && severity !== finding.severity && { severity }),
      ...(fix !== undefined && fix !== finding.fix && { fix: this.pool.indexOf(fix) }),
      ...(details !== undefined && this.#details(details)),
    };
  }

  #details(details: NonNullable<Evidence["details"]>): Pick<PageEvidenceMore, "reasons" | "details"> {
    const reasons = Array.isArray(details["reasons"])
      ? details["reasons"].filter((reason) => typeof reason === "string")
      : [];
    const shown = Object.entries(details)
      .filter(([name]) => !saidElsewhere.has(name))
      .map(([name, value]) => [detailName(name), detailText(value)] as const)
      .filter(([, text]) => text !== "");
    return {
      ...(reasons.length > 0 && { reasons: reasons.map((reason) => this.pool.indexOf(reason)) }),
      ...(shown.length > 0 && { details: shown.flat().map((text) => this.pool.indexOf(text)) }),
    };
  }

  #moreOf(finding: Finding): PageFindingMore {
    return {
      ...(finding.reason !== undefined && { reason: this.pool.indexOf(finding.reason) }),
      ...(finding.remedy !== undefined && { remedy: this.pool.indexOf(finding.remedy) }),
      ...(finding.waiver !== undefined && { waiver: this.#waiverIndex(finding.waiver) }),
      ...(finding.isNew === true && { isNew: true as const }),
    };
  }

  #waiverIndex(waiver: Waiver): number {
    const index = this.waivers.indexOf(waiver);
    return index < 0 ? this.waivers.push(waiver) - 1 : index;
  }
}

function setAsideRow(item: SetAside, pool: TextPool): PageSetAside {
  return [
    pool.indexOf(item.subject),
    pool.indexOf(item.subjectName),
    pool.indexOf(item.id),
    pool.indexOf(`${item.package} ${item.version}`),
    severities.indexOf(item.severity),
    pool.indexOf(setAsideWord(item.status)),
    pool.indexOf(item.reason),
    pool.indexOf(item.source),
  ];
}

function observationRow(observation: Observation, pool: TextPool): PageObservation {
  const row = [
    pool.indexOf(observation.fact),
    pool.indexOf(observation.subject),
    pool.indexOf(observation.source),
  ] as const;
  if ("value" in observation) return row;
  const remedy = observation.remedy === undefined ? null : pool.indexOf(observation.remedy);
  return [...row, pool.indexOf(observation.unavailable), remedy];
}

function valueText(value: unknown, length: number): string {
  const text = typeof value === "string" ? value : canonicalJson(value);
  if (text.length <= length) return text;
  return `${text.slice(0, length)} … (${text.length - length} more characters)`;
}
