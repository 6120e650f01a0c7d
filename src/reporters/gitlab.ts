import { prettyJson } from "../core/canonical-json.ts";
import { uuid5 } from "../core/digest.ts";
import type { Finding } from "../core/finding.ts";
import { defineReporter, type ReportInput } from "../core/reporter.ts";
import type { Severity } from "../core/severity.ts";
import { Missing } from "../core/snapshot.ts";
import { imageIdentity } from "../facts/image/identity.ts";
import { imageOsRelease } from "../facts/image/os-release.ts";
import { vulnerabilityOf } from "./parts/finding-group.ts";
import { markdownText } from "./parts/markdown-text.ts";
import { setAsideOf, setAsideText } from "./parts/set-aside.ts";
import { valueText, visible } from "./parts/visible-text.ts";

/** The report format of GitLab that is followed; servers accept it from 16.0 on. */
const schemaVersion = "15.0.7";

/** GitLab's container scanning report: the open vulnerabilities of images, and how many were set aside as a message of the scan. GitLab has no place for anything else in it. */
export default defineReporter({
  id: "gitlab",
  summary: "GitLab container scanning report: the vulnerabilities of images",
  mediaType: "application/json",
  defaultName: "gl-container-scanning-report.json",
  render: (input) => prettyJson(report(input)),
});

const severities: Readonly<Record<Severity, string>> = {
  critical: "Critical",
  high: "High",
  medium: "Medium",
  low: "Low",
  info: "Info",
};

function report(input: ReportInput): Record<string, unknown> {
  const tool = { id: "plimsoll", name: "Plimsoll", vendor: { name: "Plimsoll" }, version: input.version };
  const moment = input.assessment.snapshot.content.created.slice(0, 19);
  const open = input.assessment.findings.filter(
    (finding) => finding.status === "fail" && finding.area === "image" && finding.waiver === undefined,
  );
  const setAside = setAsideOf(input.assessment.snapshot).filter(({ check }) => check.startsWith("image/"));
  return {
    version: schemaVersion,
    scan: {
      analyzer: tool,
      scanner: tool,
      type: "container_scanning",
      start_time: moment,
      end_time: moment,
      status: input.gate.exitCode === 3 ? "failure" : "success",
      ...(setAside.length === 0
        ? {}
        : { messages: [{ level: "info", value: `Set aside, not counted: ${setAsideText(setAside)}` }] }),
    },
    vulnerabilities: open.flatMap((finding) => {
      const vulnerability = vulnerabilityOf(finding);
      return vulnerability ? [entry(finding, vulnerability, input)] : [];
    }),
  };
}

function entry(
  finding: Finding,
  { package: name, id }: { readonly package: string; readonly id: string },
  input: ReportInput,
): Record<string, unknown> {
  const end = name.lastIndexOf("@");
  const item = finding.evidence[0];
  return {
    id: uuid5(`gitlab/${finding.fingerprint}/${finding.subject}`),
    name: visible(id).slice(0, 255),
    description: markdownText(`${finding.title}: ${valueText(item?.found ?? name)}. ${finding.why}`),
    severity: severities[finding.severity],
    solution: visible(finding.fix).slice(0, 7000),
    identifiers: [{ type: id.startsWith("CVE-") ? "cve" : "plimsoll", name: visible(id), value: visible(id) }],
    location: {
      dependency: { package: { name: visible(name.slice(0, end)) }, version: visible(name.slice(end + 1)) },
      operating_system: operatingSystem(finding, input),
      image: visible(imageName(finding, input)),
    },
  };
}

function imageName(finding: Finding, input: ReportInput): string {
  const identity = input.assessment.snapshot.find(imageIdentity, finding.subject);
  return identity instanceof Missing ? finding.subjectName : identity.name;
}

/** The distribution and its version; GitLab wants some text even where nothing shows it. */
function operatingSystem(finding: Finding, input: ReportInput): string {
  const release = input.assessment.snapshot.find(imageOsRelease, finding.subject);
  if (release instanceof Missing) return "unknown";
  return visible([release.id, release.versionId].filter((part) => part !== undefined).join(":")) || "unknown";
}
