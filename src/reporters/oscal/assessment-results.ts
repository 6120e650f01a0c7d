import type { RecommendationResult } from "../../core/assessment.ts";
import { line, metadata, moment, type OscalObject, property, prose, some, uuidOf } from "./document.ts";
import { statementId } from "./guide.ts";
import {
  assessmentAssets,
  checkObservation,
  inventoryItems,
  statusObservation,
  statusObservationUuid,
  toolOrigin,
} from "./observation.ts";
import { approvers, riskObject } from "./risk.ts";
import type { CheckedSubject, OscalRun } from "./run.ts";
import { reviewedControls } from "./selection.ts";

/** The run: an observation for each check on each subject, a finding for each recommendation that evidence or a statement gave a status, a risk for failures. */
export function assessmentResultsDocument(run: OscalRun): OscalObject {
  const { input } = run;
  const { snapshot } = input.assessment;
  const waivers = run.risks.map((risk) => risk.waiver);
  return {
    "assessment-results": {
      uuid: uuidOf("assessment-results", snapshot.digest),
      metadata: metadata("Results of an assessment with Plimsoll", input, approvers(waivers)),
      "import-ap": { href: "assessment-plan.json" },
      results: [resultOf(run)],
    },
  };
}

function resultOf(run: OscalRun): OscalObject {
  const { input } = run;
  const { snapshot, coverage } = input.assessment;
  const { created, advisories } = snapshot.content;
  return {
    uuid: uuidOf("result", snapshot.digest),
    title: "Assessment against NIST SP 800-190",
    description: prose(
      `${coverage.assessed} of ${coverage.total} recommendations assessed, ${coverage.unknown} unknown. Gate ${input.gate.allowed ? "passed" : "not passed"}.`,
      "Recommendations that could not be judged or do not apply have no finding: an observation gives the reason.",
    ),
    start: moment(created),
    end: moment(created),
    props: [
      property("snapshot", snapshot.digest),
      property("gate", input.gate.allowed ? "passed" : "failed"),
      ...(advisories ? [property("advisories", advisories.id), property("advisories-date", advisories.date)] : []),
      ...(["total", "assessed", "satisfied", "notSatisfied", "declared", "notApplicable", "unknown"] as const).map(
        (name) => property(`coverage-${kebab(name)}`, coverage[name]),
      ),
    ],
    "local-definitions": { "inventory-items": inventoryItems(run), "assessment-assets": assessmentAssets(run) },
    "reviewed-controls": reviewedControls(
      run.reviewed,
      run.recommendations.map((result) => result.id),
      prose("Statements that could not be judged or do not apply are left out."),
    ),
    observations: some([
      ...run.observations.map((item) => checkObservation(item, run)),
      ...run.recommendations.filter(hasStatusObservation).map((result) => statusObservation(result, run)),
    ]),
    risks: some(run.risks.map((risk) => riskObject(risk, run))),
    findings: some(
      run.recommendations
        .filter((result) => run.reviewed.includes(result.id))
        .map((result) => findingObject(result, run)),
    ),
  };
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function hasStatusObservation(result: RecommendationResult): boolean {
  return result.status === "unknown" || result.status === "not-applicable" || result.status === "declared";
}

/** The state is OSCAL's closed pair; what it cannot say is in `reason` (`pass`, `fail`, `other` for a statement) and in properties. */
export function findingObject(
  result: RecommendationResult,
  run: OscalRun,
  only?: { readonly observations: ReadonlySet<string>; readonly risks: ReadonlySet<string> },
): OscalObject {
  const concerns = (item: CheckedSubject) => item.findings[0]!.recommendations.includes(result.id);
  const observations = run.observations
    .filter((item) => concerns(item) && (only === undefined || only.observations.has(item.uuid)))
    .map((item) => item.uuid);
  if (result.status === "declared" && only === undefined) observations.push(statusObservationUuid(result));
  const risks = run.risks
    .filter((risk) => concerns(risk.observation) && (only === undefined || only.risks.has(risk.uuid)))
    .map((risk) => risk.uuid);
  const { counts } = result;
  return {
    uuid: uuidOf("finding", result.id),
    title: line(`${result.id} ${result.status}`),
    description: prose(result.reason),
    props: [
      property("recommendation", result.id),
      property("status", result.status),
      ...(counts.waived > 0 ? [property("waived", counts.waived === counts.fail ? "all" : "some")] : []),
      ...(counts.unknown > 0 ? [property("partial-evidence", true)] : []),
    ],
    origins: [toolOrigin(only === undefined)],
    target: { type: "statement-id", "target-id": statementId(result.id), status: statusOf(result) },
    "related-observations": some(observations.map((uuid) => ({ "observation-uuid": uuid }))),
    "related-risks": some(risks.map((uuid) => ({ "risk-uuid": uuid }))),
  };
}

function statusOf({ status }: RecommendationResult): OscalObject {
  if (status === "satisfied") return { state: "satisfied", reason: "pass" };
  if (status === "declared")
    return { state: "satisfied", reason: "other", remarks: prose("Declared by a person; no machine can see it.") };
  return { state: "not-satisfied", reason: "fail" };
}
