import { canonicalJson } from "../core/canonical-json.ts";
import { defineReporter } from "../core/reporter.ts";
import { reportDocument } from "./json.ts";

/** One JSON object a line, each with its `type`: `assessment` first, then every `recommendation`, then every `finding`, then every vulnerability `set-aside`. The members are those of the JSON report; a finding has its check's `references` besides. */
export default defineReporter({
  id: "ndjson",
  summary: "one JSON object a line, for log pipelines",
  mediaType: "application/x-ndjson",
  defaultName: "report.ndjson",
  render: (input) => {
    const {
      findings,
      setAside = [],
      recommendations,
      countermeasures: _countermeasures,
      checks,
      ...assessment
    } = reportDocument(input);
    const references = new Map(checks.map((check) => [check.id, check.references]));
    const lines = [
      { type: "assessment", ...assessment },
      ...recommendations.map((recommendation) => ({ type: "recommendation", ...recommendation })),
      ...findings.map((finding) => ({ type: "finding", ...finding, references: references.get(finding.check) })),
      ...setAside.map((item) => ({ type: "set-aside", ...item })),
    ];
    return lines.map((line) => `${canonicalJson(line)}\n`).join("");
  },
});
