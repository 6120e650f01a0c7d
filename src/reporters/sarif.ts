import { canonicalJson, compareText, prettyJson } from "../core/canonical-json.ts";
import { byClause } from "../core/clause.ts";
import { sha256, uuid5 } from "../core/digest.ts";
import type { Finding } from "../core/finding.ts";
import { defineReporter, type ReportInput } from "../core/reporter.ts";
import type { Severity } from "../core/severity.ts";
import { resultLocation } from "./parts/sarif-location.ts";
import { type SetAside, setAsideCounts, setAsideOf, setAsideWhy } from "./parts/set-aside.ts";
import { valueText, visible } from "./parts/visible-text.ts";

/**
 * SARIF 2.1.0 for code scanning. Failures are results, waived ones with a suppression; what could not be judged is a result of kind `open`; a vulnerability
 * that was set aside is `informational` with a suppression; passes and what does not apply are counted in the run's properties only.
 */
export default defineReporter({
  id: "sarif",
  summary: "SARIF 2.1.0 for code scanning",
  mediaType: "application/sarif+json",
  defaultName: "results.sarif",
  render: (input) =>
    prettyJson({
      $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
      version: "2.1.0",
      runs: [run(input)],
    }),
});

const taxonomyName = "SP 800-190";
const taxonomyGuid = uuid5("sarif/taxonomy/sp800-190");

/** The level that code hosts show. */
const levels: Readonly<Record<Severity, string>> = {
  critical: "error",
  high: "error",
  medium: "warning",
  low: "note",
  info: "note",
};

/** The score that GitHub reads a severity from: above 9 critical, from 7 high, from 4 medium, above 0 low. */
const scores: Readonly<Record<Severity, string>> = {
  critical: "9.5",
  high: "8.0",
  medium: "5.5",
  low: "2.5",
  info: "0.0",
};

function run(input: ReportInput): Record<string, unknown> {
  const { findings, snapshot, coverage } = input.assessment;
  const setAside = setAsideOf(snapshot);
  const named = [...findings, ...setAside].map(({ check }) => check);
  const ruleIds = [...new Set([...input.checks.keys(), ...named])].sort(compareText);
  const told = findings.filter((finding) => finding.status === "fail" || finding.status === "unknown");
  return {
    automationDetails: { id: runId(input), guid: uuid5(`sarif/run/${snapshot.digest}`) },
    columnKind: "utf16CodeUnits",
    invocations: [{ executionSuccessful: input.gate.exitCode !== 3, startTimeUtc: snapshot.content.created }],
    originalUriBaseIds: { "%SRCROOT%": { description: { text: "The folder that Plimsoll was started in." } } },
    properties: {
      snapshot: snapshot.digest,
      advisories: snapshot.content.advisories,
      gate: input.gate,
      coverage,
      passed: findings.filter((finding) => finding.status === "pass").length,
      notApplicable: findings.filter((finding) => finding.status === "not-applicable").length,
      setAside: Object.fromEntries(setAsideCounts(setAside)),
    },
    results: [
      ...told.map((finding) => result(finding, ruleIds.indexOf(finding.check), input)),
      ...setAside.map((item) => setAsideResult(item, ruleIds.indexOf(item.check), input)),
    ],
    taxonomies: [taxonomy(input)],
    tool: {
      driver: {
        name: "Plimsoll",
        version: input.version,
        semanticVersion: input.version,
        shortDescription: { text: "Measures a container platform against NIST SP 800-190 with evidence." },
        rules: ruleIds.map((id) => rule(id, input)),
        supportedTaxonomies: [{ name: taxonomyName, index: 0, guid: taxonomyGuid }],
      },
    },
  };
}

/** The category of the run: equal for runs over the same targets, so that a new upload replaces the old one. */
function runId(input: ReportInput): string {
  const { targets } = input.assessment.snapshot.content;
  const only = targets[0];
  if (targets.length === 1 && only) return `plimsoll/${visible(only.identity)}/`;
  return `plimsoll/${uuid5(`sarif/targets/${canonicalJson(targets.map((target) => target.identity).sort(compareText))}`)}/`;
}

function rule(id: string, input: ReportInput): Record<string, unknown> {
  const check = input.checks.get(id);
  if (check === undefined) return { id };
  const clauses = [...check.clauses].sort(byClause);
  const { references = [] } = check;
  return {
    id,
    name: id
      .split(/[/-]/)
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
      .join(""),
    shortDescription: { text: visible(check.title) },
    fullDescription: { text: visible(check.why) },
    help: {
      text: [
        visible(check.why),
        visible(check.fix),
        `NIST SP 800-190: ${clauses.join(", ")}`,
        ...(references.length === 0 ? [] : [`Elsewhere: ${references.join(", ")}`]),
      ].join("\n\n"),
    },
    defaultConfiguration: { level: levels[check.severity] },
    properties: {
      precision: "high",
      "security-severity": scores[check.severity],
      tags: ["security", ...clauses.map((clause) => `SP 800-190 ${clause}`), ...references],
    },
    relationships: clauses
      .filter((clause) => input.guide.recommendations.some((item) => item.id === clause))
      .map((clause) => ({
        target: { id: clause, guid: taxonGuid(clause), toolComponent: { name: taxonomyName, guid: taxonomyGuid } },
        kinds: ["relevant"],
      })),
  };
}

function result(finding: Finding, ruleIndex: number, input: ReportInput): Record<string, unknown> {
  const isFailure = finding.status === "fail";
  return {
    ruleId: finding.check,
    ruleIndex,
    kind: isFailure ? "fail" : "open",
    level: isFailure ? levels[finding.severity] : "none",
    message: { text: isFailure ? failureText(finding) : unknownText(finding) },
    guid: uuid5(`sarif/result/${finding.fingerprint}/${finding.subject}/${input.assessment.snapshot.digest}`),
    locations: [resultLocation(finding, input.assessment.snapshot.content.targets)],
    partialFingerprints: { "plimsoll/v1": finding.fingerprint },
    ...(finding.isNew === undefined ? {} : { baselineState: finding.isNew ? "new" : "unchanged" }),
    ...(finding.waiver === undefined
      ? {}
      : {
          suppressions: [
            {
              kind: "external",
              status: "accepted",
              justification: `${visible(finding.waiver.reason)} (${visible(finding.waiver.approver)}, until ${finding.waiver.expires})`,
            },
          ],
        }),
    properties: {
      id: finding.id,
      key: finding.key,
      severity: finding.severity,
      "security-severity": isFailure ? scores[finding.severity] : undefined,
      subject: finding.subject,
      recommendations: finding.recommendations,
      fix: finding.fix,
    },
  };
}

/** Code hosts make no alert of it: its level is `none`, and the suppression says who set it aside and why. */
function setAsideResult(item: SetAside, ruleIndex: number, { assessment }: ReportInput): Record<string, unknown> {
  const key = `${item.package}@${item.version} ${item.id}`;
  const { digest, content } = assessment.snapshot;
  const why = setAsideWhy(item);
  return {
    ruleId: item.check,
    ruleIndex,
    kind: "informational",
    level: "none",
    message: { text: visible(`Set aside: ${key} in ${item.subjectName}: ${why}`) },
    guid: uuid5(`sarif/set-aside/${item.subject}/${item.purl}/${key}/${why}/${digest}`),
    locations: [resultLocation({ ...item, evidence: [] }, content.targets)],
    partialFingerprints: { "plimsoll/v1": sha256(`${item.check}\n${item.identity}\n${key}`) },
    suppressions: [{ kind: "external", status: "accepted", justification: visible(why) }],
    properties: { key, severity: item.severity, subject: item.subject, status: item.status, source: item.source },
  };
}

function failureText(finding: Finding): string {
  const item = finding.evidence[0];
  const seen =
    item === undefined
      ? ""
      : `: found ${valueText(item.found)}${item.expected === undefined ? "" : `, expected ${valueText(item.expected)}`} (${visible(item.at)})`;
  const key = finding.key === "" ? "" : ` ${visible(finding.key)}`;
  return `${visible(finding.title)}:${key} in ${visible(finding.subjectName)}${seen}. ${visible(finding.fix)}`;
}

function unknownText(finding: Finding): string {
  const remedy = finding.remedy === undefined ? "" : ` To know it: ${visible(finding.remedy)}`;
  return `Could not be judged: ${visible(finding.title)} in ${visible(finding.subjectName)}: ${visible(finding.reason ?? "no reason given")}.${remedy}`;
}

function taxonomy(input: ReportInput): Record<string, unknown> {
  return {
    name: taxonomyName,
    guid: taxonomyGuid,
    organization: "NIST",
    fullName: `NIST SP 800-190 ${visible(input.guide.title)}`,
    shortDescription: {
      text: "The recommendations of the guide. Section numbers are NIST's; the letters and the wording are Plimsoll's.",
    },
    releaseDateUtc: "2017-09-25",
    isComprehensive: true,
    contents: ["localizedData", "nonLocalizedData"],
    taxa: input.guide.recommendations.map((item) => ({
      id: item.id,
      guid: taxonGuid(item.id),
      shortDescription: { text: visible(item.text) },
    })),
  };
}

function taxonGuid(clause: string): string {
  return uuid5(`sarif/taxon/${clause}`);
}
