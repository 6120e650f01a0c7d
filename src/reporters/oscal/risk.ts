import { compareText } from "../../core/canonical-json.ts";
import type { Waiver } from "../../core/finding.ts";
import { vulnerabilityOf } from "../parts/finding-group.ts";
import { listed } from "../parts/group-text.ts";
import { counted } from "../parts/visible-text.ts";
import { endOfDay, line, moment, nameSpace, type OscalObject, property, prose, uuidOf } from "./document.ts";
import { toolOrigin } from "./observation.ts";
import type { OscalRun, RunRisk } from "./run.ts";

const listedVulnerabilities = 100;

/** Failures of one check on one subject as a risk: `open`, or `deviation-approved` with the waiver in its log and its expiry as the deadline. */
export function riskObject(risk: RunRisk, run: OscalRun, inTask = true): OscalObject {
  const first = risk.findings[0]!;
  return {
    uuid: risk.uuid,
    title: line(riskTitle(risk)),
    description: prose(...descriptionOf(risk)),
    statement: prose(first.why),
    props: [
      property("check", first.check),
      property("waived", risk.waiver !== undefined),
      ...risk.findings.slice(0, listedVulnerabilities).map((finding) => property("fingerprint", finding.fingerprint)),
    ],
    status: risk.waiver === undefined ? "open" : "deviation-approved",
    origins: [toolOrigin(inTask)],
    characterizations: [{ origin: toolOrigin(inTask), facets: facetsOf(risk) }],
    ...(risk.waiver === undefined ? {} : { deadline: endOfDay(risk.waiver.expires) }),
    remediations: [
      {
        uuid: uuidOf("remediation", risk.uuid),
        lifecycle: "recommendation",
        title: "Fix",
        description: prose(...fixesOf(risk)),
      },
    ],
    "risk-log": { entries: logEntries(risk, run) },
    "related-observations": [{ "observation-uuid": risk.observation.uuid }],
  };
}

/** What a risk is called: the check and the subject. */
export function riskTitle(risk: RunRisk): string {
  const first = risk.findings[0]!;
  return `${first.title}: ${first.subjectName}${risk.waiver === undefined ? "" : " (accepted)"}`;
}

function descriptionOf(risk: RunRisk): string[] {
  const keys = risk.findings.map((finding) => finding.key).filter((key) => key !== "");
  const accepted = risk.waiver
    ? [`Accepted by ${risk.waiver.approver} until ${risk.waiver.expires}: ${risk.waiver.reason}`]
    : [];
  return [
    `${counted(risk.findings.length, "finding")}${keys.length === 0 ? "" : `: ${listed(keys, 20)}`}.`,
    ...accepted,
  ];
}

function fixesOf(risk: RunRisk): string[] {
  return [...new Set(risk.findings.map((finding) => finding.fix))].slice(0, 20);
}

function facetsOf(risk: RunRisk): OscalObject[] {
  const ids = new Set(
    risk.findings.map((finding) => vulnerabilityOf(finding)?.id).filter((id) => id?.startsWith("CVE-")),
  );
  return [
    { name: "severity", system: nameSpace, value: risk.findings[0]!.severity },
    ...[...ids]
      .slice(0, listedVulnerabilities)
      .map((id) => ({ name: "cve-id", system: "http://cve.mitre.org", value: line(id!) })),
  ];
}

function logEntries(risk: RunRisk, run: OscalRun): OscalObject[] {
  const start = moment(run.input.assessment.snapshot.content.created);
  const found = { uuid: uuidOf("risk-log", risk.uuid, "found"), title: "Found", start, "status-change": "open" };
  if (risk.waiver === undefined) return [found];
  return [
    found,
    {
      uuid: uuidOf("risk-log", risk.uuid, "accepted"),
      title: "Accepted",
      description: prose(`${risk.waiver.reason} Expires on ${risk.waiver.expires}.`),
      start,
      "logged-by": [{ "party-uuid": partyUuid(risk.waiver.approver), "role-id": "approver" }],
      "status-change": "deviation-approved",
    },
  ];
}

/** The UUID of whoever approved a waiver. */
export function partyUuid(approver: string): string {
  return uuidOf("party", approver);
}

/** The roles and parties that waivers name, for a document's metadata. A waiver says a name only, be it a team's or a person's. */
export function approvers(waivers: readonly (Waiver | undefined)[]): OscalObject {
  const names = [...new Set(waivers.flatMap((waiver) => (waiver ? [waiver.approver] : [])))].sort(compareText);
  if (names.length === 0) return {};
  return {
    roles: [{ id: "approver", title: "Approver of deviations" }],
    parties: names.map((name) => ({ uuid: partyUuid(name), type: "organization", name: line(name) })),
  };
}
