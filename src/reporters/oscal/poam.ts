import { findingObject } from "./assessment-results.ts";
import { line, metadata, type OscalObject, property, prose, some, uuidOf } from "./document.ts";
import { assessmentAssets, checkObservation, inventoryItems } from "./observation.ts";
import { approvers, riskObject, riskTitle } from "./risk.ts";
import type { OscalRun, RunRisk } from "./run.ts";

/** What is left to do: an item for each open failure and each waiver, with its expiry. A run without failures has one item that says so, as OSCAL requires one. */
export function poamDocument(run: OscalRun): OscalObject {
  const { input } = run;
  const observed = new Set(run.risks.map((risk) => risk.observation.uuid));
  const risks = new Set(run.risks.map((risk) => risk.uuid));
  const subjects = new Set(run.risks.map((risk) => risk.observation.subjectUuid));
  const failed = run.recommendations.filter((result) => result.status === "not-satisfied");
  return {
    "plan-of-action-and-milestones": {
      uuid: uuidOf("poam", input.assessment.snapshot.digest),
      metadata: metadata("Open failures and accepted risks", input, approvers(run.risks.map((risk) => risk.waiver))),
      "import-ssp": { href: "ssp.json" },
      "local-definitions": {
        "inventory-items": inventoryItems(run, subjects),
        "assessment-assets": assessmentAssets(run),
      },
      observations: some(
        run.observations.filter((item) => observed.has(item.uuid)).map((item) => checkObservation(item, run, false)),
      ),
      risks: some(run.risks.map((risk) => riskObject(risk, run, false))),
      findings: some(failed.map((result) => findingObject(result, run, { observations: observed, risks }))),
      "poam-items": run.risks.length === 0 ? [nothingToDo()] : run.risks.map((risk) => itemOf(risk, run)),
    },
  };
}

function itemOf(risk: RunRisk, run: OscalRun): OscalObject {
  const first = risk.findings[0]!;
  const findings = run.recommendations.filter(
    (result) => result.status === "not-satisfied" && first.recommendations.includes(result.id),
  );
  return {
    uuid: uuidOf("poam-item", risk.uuid),
    title: line(riskTitle(risk)),
    description: prose(risk.waiver ? `Accepted until ${risk.waiver.expires}: ${risk.waiver.reason}` : first.fix),
    props: [
      property("check", first.check),
      property("severity", first.severity),
      ...(risk.waiver
        ? [property("waiver-expires", risk.waiver.expires), property("waiver-approver", risk.waiver.approver)]
        : []),
    ],
    "related-findings": some(findings.map((result) => ({ "finding-uuid": uuidOf("finding", result.id) }))),
    "related-observations": [{ "observation-uuid": risk.observation.uuid }],
    "related-risks": [{ "risk-uuid": risk.uuid }],
  };
}

function nothingToDo(): OscalObject {
  return {
    uuid: uuidOf("poam-item", "none"),
    title: "Nothing to do",
    description: prose("No check failed."),
    props: [property("empty", true)],
  };
}
