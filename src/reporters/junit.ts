import { areas } from "../core/clause.ts";
import type { Finding } from "../core/finding.ts";
import { defineReporter, type ReportInput } from "../core/reporter.ts";
import { locationOf, placeText } from "./parts/place.ts";
import { counted, valueText, visible } from "./parts/visible-text.ts";

/** JUnit XML: a suite for each area, a case for each check on each subject. Unknown, inapplicable and accepted are `skipped` with the reason. */
export default defineReporter({
  id: "junit",
  summary: "JUnit XML for test reports in CI",
  mediaType: "application/xml",
  defaultName: "junit.xml",
  render,
});

interface Case {
  readonly check: string;
  readonly findings: readonly Finding[];
  readonly outcome: "passed" | "failed" | "skipped";
}

function render(input: ReportInput): string {
  const cases = casesOf(input.assessment.findings);
  const stamp = input.assessment.snapshot.content.created.slice(0, 19);
  const suites = areas.flatMap((area) => {
    const own = cases.filter((item) => item.findings[0]!.area === area);
    return own.length === 0 ? [] : [suite(area, own, stamp)];
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="Plimsoll SP 800-190" ${totals(cases)}>\n${suites.join("")}</testsuites>\n`;
}

function casesOf(findings: readonly Finding[]): Case[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = JSON.stringify([finding.check, finding.subject]);
    const group = groups.get(key);
    if (group) group.push(finding);
    else groups.set(key, [finding]);
  }
  return [...groups.values()].map((group) => ({ check: group[0]!.check, findings: group, outcome: outcomeOf(group) }));
}

function outcomeOf(findings: readonly Finding[]): Case["outcome"] {
  if (findings.some((finding) => finding.status === "fail" && !finding.waiver)) return "failed";
  return findings[0]!.status === "pass" ? "passed" : "skipped";
}

function totals(cases: readonly Case[]): string {
  const count = (outcome: Case["outcome"]) => cases.filter((item) => item.outcome === outcome).length;
  return `tests="${cases.length}" failures="${count("failed")}" errors="0" skipped="${count("skipped")}" time="0"`;
}

function suite(name: string, cases: readonly Case[], stamp: string): string {
  return `  <testsuite name="${name}" ${totals(cases)} timestamp="${stamp}">\n${cases.map(testCase).join("")}  </testsuite>\n`;
}

function testCase(item: Case): string {
  const first = item.findings[0]!;
  const file = locationOf(first);
  const place =
    file === undefined ? "" : ` file="${xml(file.file)}"${file.line === undefined ? "" : ` line="${file.line}"`}`;
  const open = `    <testcase classname="${xml(item.check)}" name="${xml(`${first.subjectName}: ${first.title}`)}" time="0"${place}`;
  const body = bodyOf(item);
  return body === "" ? `${open}/>\n` : `${open}>\n${body}    </testcase>\n`;
}

function bodyOf({ findings, outcome }: Case): string {
  const first = findings[0]!;
  if (outcome === "passed") return "";
  if (outcome === "skipped") return `      <skipped message="${xml(skipReason(findings))}"/>\n`;
  const open = findings.filter((finding) => !finding.waiver);
  const message = `${first.title}${open.length > 1 ? ` (${counted(open.length, "finding")})` : ""} [${first.recommendations.join(", ")}]`;
  return `      <failure type="${first.severity}" message="${xml(message)}">${open.map((finding) => xml(failureText(finding))).join("\n")}</failure>\n`;
}

function skipReason(findings: readonly Finding[]): string {
  const first = findings[0]!;
  if (first.waiver) return `accepted until ${first.waiver.expires}: ${first.waiver.reason}`;
  if (first.status === "unknown")
    return `unknown: ${first.reason ?? ""}${first.remedy === undefined ? "" : `. To know it: ${first.remedy}`}`;
  return `not applicable: ${first.reason ?? ""}`;
}

function failureText(finding: Finding): string {
  const item = finding.evidence[0];
  const seen =
    item === undefined
      ? ""
      : ` at ${placeText(item)}: found ${valueText(item.found)}${item.expected === undefined ? "" : `, expected ${valueText(item.expected)}`}`;
  return `${finding.severity} ${finding.id}${finding.key === "" ? "" : ` ${visible(finding.key)}`}${seen}. ${finding.fix}`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/** Text for an attribute or element: what XML 1.0 §2.2 does not allow is shown as an escape first, then markup is replaced. */
function xml(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => entities[character]!);
}
