import type { Finding } from "../core/finding.ts";
import { defineReporter } from "../core/reporter.ts";
import { openGroups } from "./parts/finding-group.ts";
import { fixText, subjectText, whatText } from "./parts/group-text.ts";
import { locationOf } from "./parts/place.ts";
import { visible } from "./parts/visible-text.ts";

/** Annotations that a workflow keeps of one kind in one step; more are dropped by GitHub without a word. */
const shownGroups = 10;

/** Workflow commands that GitHub Actions shows as annotations beside the code. */
export default defineReporter({
  id: "github",
  summary: "annotations for GitHub Actions",
  mediaType: "text/plain",
  defaultName: "annotations.txt",
  render: ({ assessment, gate }) => {
    const groups = openGroups(assessment.findings);
    const lines = groups.slice(0, shownGroups).map((group) => {
      const { first } = group;
      const properties = {
        ...placeOf(first),
        title: `${group.severity}: ${first.title} (${first.recommendations.join(", ")})`,
      };
      return command(
        kindOf(group.severity),
        properties,
        `${subjectText(group, assessment.snapshot.content.targets)}: ${whatText(group)}. ${fixText(group)} (${first.id})`,
      );
    });
    const rest =
      groups.length > shownGroups
        ? [command("notice", { title: "Plimsoll" }, `${groups.length - shownGroups} more in the full report`)]
        : [];
    const verdict = command(
      "notice",
      { title: "Plimsoll" },
      `gate ${gate.allowed ? "passed" : "failed"}${gate.reasons.length === 0 ? "" : `: ${gate.reasons.map(visible).join("; ")}`}; ${assessment.coverage.unknown} of ${assessment.coverage.total} recommendations unknown`,
    );
    return [...lines, ...rest, verdict].map((line) => `${line}\n`).join("");
  },
});

function kindOf(severity: string): string {
  if (severity === "critical" || severity === "high") return "error";
  return severity === "medium" ? "warning" : "notice";
}

function placeOf(finding: Finding): Record<string, string> {
  const location = locationOf(finding);
  if (location === undefined) return {};
  return {
    file: location.file,
    ...(location.line === undefined ? {} : { line: String(location.line) }),
    ...(location.column === undefined ? {} : { col: String(location.column) }),
  };
}

function command(kind: string, properties: Readonly<Record<string, string>>, message: string): string {
  const list = Object.entries(properties).map(
    ([name, value]) => `${name}=${escaped(visible(value)).replaceAll(":", "%3A").replaceAll(",", "%2C")}`,
  );
  return `::${kind} ${list.join(",")}::${escaped(message)}`;
}

function escaped(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}
