import type { Area } from "../core/clause.ts";
import { defineReporter, type ReportInput } from "../core/reporter.ts";
import { openGroups } from "./parts/finding-group.ts";
import { listed } from "./parts/group-text.ts";
import { imageSections } from "./parts/image-sections.ts";
import { rebuildOrder, rebuildStepText } from "./parts/rebuild-order.ts";
import { coverageSentence, type ScorecardRow, scorecard } from "./parts/scorecard.ts";
import { setAsideOf, setAsideText } from "./parts/set-aside.ts";
import { TerminalPage } from "./parts/terminal-page.ts";
import { partialUnknowns, unknownGroups } from "./parts/unknown-group.ts";
import { counted, visible } from "./parts/visible-text.ts";

/** How the terminal report is laid out. */
export interface TerminalOptions {
  /** Writes colours (ANSI SGR); they only repeat what the words say. */
  readonly colour: boolean;
  /** Columns of the terminal. Narrower than 60 is laid out as 60. */
  readonly width: number;
  /** The files and folders that were written, the fullest first: named for what is left out. */
  readonly reportFiles?: readonly string[] | undefined;
}

const shownGroups = 20;
const shownUnknowns = 12;
const shownSteps = 30;

/** The report as text for a terminal: scorecard, what to fix first, what could not be judged, decisions, coverage and the gate. */
export function renderTerminal(input: ReportInput, options: TerminalOptions): string {
  const page = new TerminalPage(options);
  header(page, input);
  const image = imageSections(input);
  if (image) {
    page.imageHead(image.facts);
    for (const section of image.sections)
      page.groups(section.title, section.groups, shownGroups, { hint: section.hint });
  } else {
    scorecardTable(page, scorecard(input));
    const { targets } = input.assessment.snapshot.content;
    page.groups("Fix first", openGroups(input.assessment.findings), shownGroups, { targets });
  }
  rebuilds(page, input);
  unknowns(page, input, image ? "image" : undefined);
  partial(page, input);
  if (image)
    scorecardTable(
      page,
      scorecard(input).filter((row) => row.name.startsWith("4.1 ")),
    );
  decisions(page, input);
  const setAside = setAsideOf(input.assessment.snapshot);
  if (!image && setAside.length > 0) page.paragraph(`Set aside: ${setAsideText(setAside)}. They do not count.`);
  page.line(`Coverage: ${coverageSentence(input.assessment.coverage)}.`);
  gate(page, input);
  return page.text();
}

/** Text for a terminal, here without colour at 100 columns. */
export default defineReporter({
  id: "terminal",
  summary: "scorecard, what to fix first and what could not be judged, as text",
  mediaType: "text/plain",
  defaultName: "report.txt",
  render: (input) => renderTerminal(input, { colour: false, width: 100 }),
});

function header(page: TerminalPage, input: ReportInput): void {
  const { advisories, created } = input.assessment.snapshot.content;
  const parts = [
    `Plimsoll ${input.version}`,
    "SP 800-190",
    `facts of ${created.slice(0, 16).replace("T", " ")} UTC`,
    advisories ? `advisories ${advisories.date.slice(0, 10)}` : "no advisories",
    input.policyName === undefined ? "built-in policy" : `policy ${input.policyName}`,
    ...(input.baselineName === undefined ? [] : [`baseline ${input.baselineName}`]),
  ];
  page.line(page.colours.bold(parts.map(visible).join(" · ")));
  page.blank();
}

function scorecardTable(page: TerminalPage, rows: readonly ScorecardRow[]): void {
  const cells = rows.map(({ name, coverage, assessedPercent }) => [
    visible(name),
    ...[coverage.satisfied, coverage.notSatisfied, coverage.declared, coverage.notApplicable, coverage.unknown].map(
      String,
    ),
    assessedPercent === undefined ? "-" : `${assessedPercent} %`,
  ]);
  page.table(
    ["SP 800-190", "satisfied", "not satisfied", "declared", "n/a", "unknown", "assessed"],
    cells,
    rows.at(-1)?.name === "All",
  );
  page.blank();
}

function rebuilds(page: TerminalPage, input: ReportInput): void {
  const steps = rebuildOrder(input.assessment.snapshot);
  if (steps.length < 2) return;
  const due = steps.filter(({ needsRebuild }) => needsRebuild).length;
  page.heading(`Rebuild order, base before derived: ${due === 0 ? "nothing to rebuild" : counted(due, "image")}`);
  for (const step of steps.slice(0, shownSteps)) page.entry(String(step.step), visible(rebuildStepText(step)));
  page.more(steps.length - shownSteps, "image", "images");
  page.blank();
}

function unknowns(page: TerminalPage, input: ReportInput, only: Area | undefined): void {
  const unknown = input.assessment.recommendations.filter((result) => result.status === "unknown");
  const told = unknown.filter((result) => only === undefined || result.area === only);
  const groups = unknownGroups(told);
  if (unknown.length === 0) return;
  page.heading(`Could not be judged: ${counted(unknown.length, "recommendation")}`);
  for (const group of groups.slice(0, shownUnknowns)) {
    page.entry(String(group.recommendations.length), `${visible(group.reason)} (${listed(group.recommendations, 4)})`);
    for (const remedy of group.remedies.slice(0, 2)) page.entry("", `to know it: ${visible(remedy)}`);
  }
  page.more(groups.length - shownUnknowns, "reason", "reasons");
  if (unknown.length > told.length)
    page.entry(String(unknown.length - told.length), "are about other areas, which an image alone tells nothing about");
  page.blank();
}

function partial(page: TerminalPage, input: ReportInput): void {
  const groups = partialUnknowns(input.assessment.findings, input.assessment.recommendations);
  if (groups.length === 0) return;
  page.heading("Judged on part of the evidence");
  for (const group of groups.slice(0, shownUnknowns)) {
    page.entry("", `${visible(group.reason)} (${listed(group.recommendations, 4)})`);
    for (const remedy of group.remedies.slice(0, 1)) page.entry("", `to know it: ${visible(remedy)}`);
  }
  page.more(groups.length - shownUnknowns, "reason", "reasons");
  page.blank();
}

function decisions(page: TerminalPage, input: ReportInput): void {
  if (input.hidden)
    page.paragraph(
      `Not shown: ${counted(input.hidden, "finding")} that you left out. The gate counted ${input.hidden === 1 ? "it" : "them"}.`,
    );
  const { findings, unusedDecisions } = input.assessment;
  const waived = findings.filter((finding) => finding.waiver !== undefined);
  const failed = findings.filter((finding) => finding.status === "fail");
  if (waived.length > 0)
    page.paragraph(
      `Accepted: ${counted(waived.length, "finding")} under a waiver, the first to expire on ${waived.map((finding) => finding.waiver!.expires).sort()[0]}.`,
    );
  if (input.baselineName !== undefined)
    page.paragraph(
      `New since ${visible(input.baselineName)}: ${failed.filter((finding) => finding.isNew).length} of ${counted(failed.length, "failure")}.`,
    );
  for (const decision of unusedDecisions) {
    const state = decision.state === "expired" ? `expired on ${decision.expires}` : "matches nothing";
    page.paragraph(
      `${decision.kind === "waiver" ? "Waiver" : "Declaration"} ${state}: ${visible(decision.description)}`,
    );
  }
}

function gate(page: TerminalPage, input: ReportInput): void {
  const { allowed, exitCode, reasons } = input.gate;
  const word = allowed
    ? page.colours.green("passed")
    : page.colours.red(exitCode === 3 ? "could not assess" : "failed");
  page.line(
    `Gate: ${word}${reasons.length === 0 ? "" : ` (${reasons.map(visible).join("; ")})`}. Exit code ${exitCode}.`,
  );
  const files = page.options.reportFiles ?? [];
  if (files.length > 0) page.paragraph(`Reports: ${files.map(visible).join(" · ")}`);
}
