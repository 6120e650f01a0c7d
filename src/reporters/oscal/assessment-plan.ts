import { compareText } from "../../core/canonical-json.ts";
import { sectionOf } from "../../core/clause.ts";
import type { ReportInput } from "../../core/reporter.ts";
import { line, metadata, moment, type OscalObject, property, prose, some, uuidOf } from "./document.ts";
import { assessmentAssets } from "./observation.ts";
import { type OscalRun, taskUuid } from "./run.ts";
import { assessedSections, reviewedControls } from "./selection.ts";

/** The plan that the run followed: every check an activity, one task that carries them out on all subjects. */
export function assessmentPlanDocument(run: OscalRun): OscalObject {
  const { input } = run;
  const sections = new Set(assessedSections(input));
  const planned = run.recommendations.map((result) => result.id).filter((id) => sections.has(sectionOf(id)));
  const activities = activitiesOf(run);
  return {
    "assessment-plan": {
      uuid: uuidOf("assessment-plan", input.assessment.snapshot.digest),
      metadata: metadata("Plan of an assessment with Plimsoll", input),
      "import-ssp": { href: "ssp.json", remarks: prose("A placeholder: see its remarks.") },
      "local-definitions": activities.length === 0 ? undefined : { activities },
      "reviewed-controls": reviewedControls(
        planned,
        run.recommendations.map((result) => result.id),
      ),
      "assessment-subjects": [{ type: "inventory-item", "include-all": {} }],
      "assessment-assets": assessmentAssets(run),
      tasks: [taskOf(input, activities)],
    },
  };
}

function activitiesOf(run: OscalRun): OscalObject[] {
  const known = new Set(run.recommendations.map((result) => result.id));
  return [...run.input.checks]
    .sort(([a], [b]) => compareText(a, b))
    .map(([id, check]) => {
      const clauses = check.clauses.filter((clause) => known.has(clause));
      return {
        uuid: uuidOf("activity", id),
        title: line(check.title),
        description: prose(check.why),
        props: [{ name: "method", value: "TEST" }, property("check", id)],
        ...(clauses.length === 0 ? {} : { "related-controls": reviewedControls(clauses, []) }),
      };
    });
}

function taskOf(input: ReportInput, activities: readonly OscalObject[]): OscalObject {
  return {
    uuid: taskUuid,
    type: "action",
    title: "Assess the platform",
    timing: { "on-date": { date: moment(input.assessment.snapshot.content.created) } },
    "associated-activities": some(
      activities.map((activity) => ({
        "activity-uuid": activity["uuid"],
        subjects: [{ type: "inventory-item", "include-all": {} }],
      })),
    ),
  };
}
