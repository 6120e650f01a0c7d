import { defineReporter, type ReportInput } from "../core/reporter.ts";
import { openGroups } from "./parts/finding-group.ts";
import { fixText, listed, placesText, subjectText, whatText } from "./parts/group-text.ts";
import { markdownText as md } from "./parts/markdown-text.ts";
import { rebuildOrder, rebuildStepText } from "./parts/rebuild-order.ts";
import { coverageSentence, scorecard } from "./parts/scorecard.ts";
import { setAsideGroups, setAsideOf, setAsideText, setAsideWhy } from "./parts/set-aside.ts";
import { unknownGroups } from "./parts/unknown-group.ts";
import { counted } from "./parts/visible-text.ts";

const shownGroups = 25;
const shownUnknowns = 15;
const shownSteps = 30;
const shownSetAside = 15;

/** A summary in GitHub-flavoured Markdown for job summaries and merge requests. */
export default defineReporter({
  id: "markdown",
  summary: "a summary in Markdown for job summaries and comments",
  mediaType: "text/markdown",
  defaultName: "summary.md",
  render: (input) =>
    `${[...head(input), ...scorecardTable(input), ...fixFirst(input), ...rebuilds(input), ...setAside(input), ...unknowns(input), ...foot(input)].join("\n")}\n`,
});

function head(input: ReportInput): string[] {
  const { content, digest } = input.assessment.snapshot;
  const { allowed, exitCode, reasons } = input.gate;
  const word = allowed ? "passed" : exitCode === 3 ? "could not assess" : "failed";
  return [
    `## Plimsoll: gate ${word}`,
    "",
    ...(reasons.length === 0 ? [] : [...reasons.map((reason) => `- ${md(reason)}`), ""]),
    `${
      content.targets.length === 0
        ? "No target"
        : `Targets: ${content.targets
            .slice(0, 10)
            .map((target) => md(target.name))
            .join(", ")}${content.targets.length > 10 ? ` and ${content.targets.length - 10} more` : ""}`
    }. ${coverageSentence(input.assessment.coverage)}.`,
    "",
    `Facts of ${content.created}, ${content.advisories ? `advisories of ${md(content.advisories.date)}` : "no advisories"}, ${input.policyName === undefined ? "built-in policy" : `policy ${md(input.policyName)}`}, snapshot \`${digest.slice(0, 19)}\`.`,
    "",
  ];
}

function scorecardTable(input: ReportInput): string[] {
  const rows = scorecard(input).map(({ name, coverage, assessedPercent }) => {
    const cells = [
      coverage.satisfied,
      coverage.notSatisfied,
      coverage.declared,
      coverage.notApplicable,
      coverage.unknown,
      assessedPercent === undefined ? "-" : `${assessedPercent} %`,
    ];
    return `| ${md(name)} | ${cells.join(" | ")} |`;
  });
  return [
    "| SP 800-190 | satisfied | not satisfied | declared | n/a | unknown | assessed |",
    "| :-- | --: | --: | --: | --: | --: | --: |",
    ...rows,
    "",
  ];
}

function fixFirst(input: ReportInput): string[] {
  const groups = openGroups(input.assessment.findings);
  const waived = input.assessment.findings.filter((finding) => finding.waiver).length;
  const accepted = [
    ...(waived === 0 ? [] : [`${counted(waived, "finding")} accepted under a waiver.`, ""]),
    ...(input.hidden ? [`${counted(input.hidden, "finding")} not shown, but counted by the gate.`, ""] : []),
  ];
  if (groups.length === 0) return accepted;
  const rows = groups.slice(0, shownGroups).map((group) => {
    const id = `\`${group.first.id}\`${group.findings.some((finding) => finding.isNew) ? " new" : ""}`;
    return `| ${group.severity} | ${group.first.recommendations.join(", ")} | ${md(subjectText(group, input.assessment.snapshot.content.targets))} | ${md(whatText(group))} | ${md(placesText(group))} | ${md(fixText(group))} | ${id} |`;
  });
  const rest = groups.length > shownGroups ? [`${groups.length - shownGroups} more in the full report.`, ""] : [];
  return [
    "### Fix first",
    "",
    "| severity | recommendation | subject | what | where | fix | id |",
    "| :-- | :-- | :-- | :-- | :-- | :-- | :-- |",
    ...rows,
    "",
    ...rest,
    ...accepted,
  ];
}

function rebuilds(input: ReportInput): string[] {
  const steps = rebuildOrder(input.assessment.snapshot);
  if (steps.length < 2) return [];
  const lines = steps.slice(0, shownSteps).map((step) => `- ${step.step}: ${md(rebuildStepText(step))}`);
  const rest = steps.length > shownSteps ? [`- ${steps.length - shownSteps} more in the full report`] : [];
  return ["### Rebuild order, base before derived", "", ...lines, ...rest, ""];
}

/** What does not count, one line for what was set aside for one reason. */
function setAside(input: ReportInput): string[] {
  const items = setAsideOf(input.assessment.snapshot);
  if (items.length === 0) return [];
  const groups = setAsideGroups(items);
  const lines = groups.slice(0, shownSetAside).map((group) => {
    const { subjectName } = group[0]!;
    const names = listed([...new Set(group.map((item) => `${item.package} ${item.version}`))], 3);
    const ids = listed([...new Set(group.map(({ id }) => id))], 3);
    return `- ${md(names)} in ${md(subjectName)}: ${md(ids)}: ${md(setAsideWhy(group[0]!))}`;
  });
  const rest =
    groups.length > shownSetAside
      ? [`- ${counted(groups.length - shownSetAside, "more reason")} in the full report`]
      : [];
  return [`### Set aside, does not count: ${md(setAsideText(items))}`, "", ...lines, ...rest, ""];
}

function unknowns(input: ReportInput): string[] {
  const groups = unknownGroups(input.assessment.recommendations);
  if (groups.length === 0) return [];
  const lines = groups.slice(0, shownUnknowns).map((group) => {
    const remedy = group.remedies[0] === undefined ? "" : `. To know it: ${md(group.remedies[0])}`;
    return `- ${group.recommendations.length} (${md(listed(group.recommendations, 6))}): ${md(group.reason)}${remedy}`;
  });
  const rest =
    groups.length > shownUnknowns ? [`- ${groups.length - shownUnknowns} more reasons in the full report`] : [];
  return [
    `### Could not be judged: ${counted(input.assessment.coverage.unknown, "recommendation")}`,
    "",
    ...lines,
    ...rest,
    "",
  ];
}

function foot(input: ReportInput): string[] {
  return input.assessment.unusedDecisions.map(
    (decision) =>
      `- ${decision.kind} ${decision.state === "expired" ? `expired on ${decision.expires}` : "matches nothing"}: ${md(decision.description)}`,
  );
}
