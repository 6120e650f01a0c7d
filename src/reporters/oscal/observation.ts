import type { RecommendationResult } from "../../core/assessment.ts";
import { compareText } from "../../core/canonical-json.ts";
import type { Finding } from "../../core/finding.ts";
import { counted, valueText } from "../parts/visible-text.ts";
import { endOfDay, line, moment, type OscalObject, property, prose, some, uuidOf } from "./document.ts";
import { statementId } from "./guide.ts";
import { type CheckedSubject, type OscalRun, taskUuid, toolUuid } from "./run.ts";

/** For how long what was observed counts as fresh: a day, after which the platform may have changed and is to be assessed again. */
const freshFor = 86_400_000;

/** The tool as the origin of something, in the task of the plan where `inTask`. */
export function toolOrigin(inTask: boolean): OscalObject {
  return {
    actors: [{ type: "tool", "actor-uuid": toolUuid }],
    ...(inTask ? { "related-tasks": [{ "task-uuid": taskUuid }] } : {}),
  };
}

/** One check on one subject as an observation. `inTask` refers to the assessment plan, which a plan of action does not import. */
export function checkObservation(item: CheckedSubject, run: OscalRun, inTask = true): OscalObject {
  const { input } = run;
  const first = item.findings[0]!;
  const collected = run.input.assessment.snapshot.now.getTime();
  const known = first.recommendations.filter((id) => run.recommendations.some((result) => result.id === id));
  return {
    uuid: item.uuid,
    title: line(`${first.title}: ${first.subjectName}`),
    description: prose(...describe(item.findings)),
    props: [
      property("check", item.check),
      property("verdict", first.status),
      property("severity", first.severity),
      ...known.map((id) => property("statement-id", statementId(id))),
      ...(input.checks.get(item.check)?.references ?? []).map((reference) => property("reference", reference)),
      ...(input.baselineName === undefined
        ? []
        : [
            property(
              "new",
              item.findings.some((finding) => finding.isNew),
            ),
          ]),
    ],
    methods: ["TEST"],
    types: ["control-objective"],
    origins: [toolOrigin(inTask)],
    subjects: [{ "subject-uuid": item.subjectUuid, type: "inventory-item", title: line(first.subjectName) }],
    "relevant-evidence": item.evidence && [
      {
        href: item.evidence.name,
        description: prose(`What was found and expected, as JSON. The name holds its SHA-256.`),
        props: [{ ...property("media-type", "application/json") }],
      },
    ],
    collected: moment(collected),
    expires: moment(collected + freshFor),
    ...(first.remedy === undefined ? {} : { remarks: prose(`What would make it known: ${first.remedy}`) }),
  };
}

function describe(findings: readonly Finding[]): string[] {
  const first = findings[0]!;
  if (first.status === "unknown") return [`Could not be judged: ${first.reason ?? "no reason given"}`];
  if (first.status === "not-applicable") return [`Does not apply: ${first.reason ?? "no reason given"}`];
  const lines = findings.flatMap((finding) =>
    finding.evidence.map(
      (item) =>
        `${finding.key === "" ? "" : `${finding.key}: `}${valueText(item.found)} at ${item.at}${item.expected === undefined ? "" : `, expected ${valueText(item.expected)}`}`,
    ),
  );
  const shown = lines.slice(0, 20);
  const verdict = first.status === "pass" ? "Passed." : `Failed: ${counted(findings.length, "finding")}.`;
  return [
    verdict,
    ...shown,
    ...(lines.length > shown.length ? [`${lines.length - shown.length} more in the evidence.`] : []),
  ];
}

/** The UUID of the observation that says what is known about a recommendation that no check passed or failed. */
export function statusObservationUuid(result: RecommendationResult): string {
  return uuidOf("recommendation-observation", result.id, result.status);
}

/** What is known about a recommendation that no check passed or failed: a person's statement, that it does not apply, or that it could not be judged. */
export function statusObservation(result: RecommendationResult, run: OscalRun): OscalObject {
  const collected = run.input.assessment.snapshot.now.getTime();
  const { declaration } = result;
  const words = {
    declared: "declared",
    "not-applicable": "does not apply",
    unknown: "could not be judged",
    satisfied: "is satisfied",
    "not-satisfied": "is not satisfied",
  } as const;
  const remedies = [...result.remedies].sort(compareText);
  const link = declaration?.link;
  return {
    uuid: statusObservationUuid(result),
    title: line(`${result.id} ${words[result.status]}`),
    description: prose(result.reason),
    props: [
      property("recommendation", result.id),
      property("statement-id", statementId(result.id)),
      property("status", result.status),
    ],
    methods: [result.status === "declared" ? "INTERVIEW" : result.status === "unknown" ? "UNKNOWN" : "TEST"],
    types: ["control-objective"],
    origins: [toolOrigin(true)],
    "relevant-evidence": link === undefined ? undefined : [{ description: prose(`What the owner refers to: ${link}`) }],
    collected: moment(collected),
    ...(result.status === "declared" && declaration
      ? { expires: endOfDay(declaration.expires) }
      : { expires: moment(collected + freshFor) }),
    ...(remedies.length === 0
      ? {}
      : { remarks: prose(...remedies.map((remedy) => `What would make it known: ${remedy}`)) }),
  };
}

/** The subjects of a run as inventory items, limited to those with the given identifiers where a set is given. */
export function inventoryItems(run: OscalRun, only?: ReadonlySet<string>): readonly OscalObject[] | undefined {
  return some(
    run.subjects
      .filter((item) => only === undefined || only.has(item.uuid))
      .map((item) => ({
        uuid: item.uuid,
        description: prose(item.name),
        props: [{ name: "asset-id", value: line(item.subject) }, property("area", item.kind)],
      })),
  );
}

/** Plimsoll as the asset that an assessment is done with. */
export function assessmentAssets(run: OscalRun): OscalObject {
  return {
    components: [
      {
        uuid: toolUuid,
        type: "software",
        title: "Plimsoll",
        description: prose("Measures a container platform against NIST SP 800-190 and NISTIR 8176 with evidence."),
        props: [{ name: "version", value: line(run.input.version) }],
        status: { state: "operational" },
      },
    ],
    "assessment-platforms": [
      { uuid: uuidOf("platform", "plimsoll"), title: "Plimsoll", "uses-components": [{ "component-uuid": toolUuid }] },
    ],
  };
}
