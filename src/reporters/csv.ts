import type { Finding } from "../core/finding.ts";
import { defineReporter } from "../core/reporter.ts";
import { locationOf, locationText } from "./parts/place.ts";
import { valueText, visible } from "./parts/visible-text.ts";

const columns: readonly (readonly [title: string, value: (finding: Finding) => string])[] = [
  ["id", (finding) => finding.id],
  ["status", (finding) => (finding.waiver ? "waived" : finding.status)],
  ["severity", (finding) => finding.severity],
  ["area", (finding) => finding.area],
  ["recommendations", (finding) => finding.recommendations.join(" ")],
  ["check", (finding) => finding.check],
  ["title", (finding) => finding.title],
  ["subject", (finding) => finding.subject],
  ["subject_name", (finding) => finding.subjectName],
  ["key", (finding) => finding.key],
  ["at", (finding) => finding.evidence[0]?.at ?? ""],
  [
    "location",
    (finding) => {
      const location = locationOf(finding);
      return location ? locationText(location) : "";
    },
  ],
  ["layer", (finding) => String(finding.evidence[0]?.layer ?? "")],
  ["found", (finding) => (finding.evidence[0] ? valueText(finding.evidence[0].found, 1000) : "")],
  [
    "expected",
    (finding) => (finding.evidence[0]?.expected === undefined ? "" : valueText(finding.evidence[0].expected, 1000)),
  ],
  ["reason", (finding) => finding.reason ?? ""],
  ["remedy", (finding) => finding.remedy ?? ""],
  ["fix", (finding) => finding.fix],
  ["new", (finding) => (finding.isNew === undefined ? "" : finding.isNew ? "yes" : "no")],
  ["waiver_reason", (finding) => finding.waiver?.reason ?? ""],
  ["waiver_expires", (finding) => finding.waiver?.expires ?? ""],
  ["fingerprint", (finding) => finding.fingerprint],
];

/** One row a finding (RFC 4180, CRLF, UTF-8). */
export default defineReporter({
  id: "csv",
  summary: "one row a finding, for spreadsheets",
  mediaType: "text/csv",
  defaultName: "findings.csv",
  render: ({ assessment, checks }) => {
    const rows = [
      [...columns.map(([title]) => title), "references"],
      ...assessment.findings.map((finding) => [
        ...columns.map(([, value]) => value(finding)),
        (checks.get(finding.check)?.references ?? []).join("; "),
      ]),
    ];
    return rows.map((row) => `${row.map(field).join(",")}\r\n`).join("");
  },
});

/** A field that no spreadsheet takes for a formula: an apostrophe goes before what one could begin with. */
function field(text: string): string {
  const safe = visible(text);
  const guarded = /^\s*[=+\-@|%]/.test(safe.normalize("NFKC")) ? `'${safe}` : safe;
  return /[",]|^\s|\s$/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}
