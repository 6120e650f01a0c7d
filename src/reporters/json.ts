import { compareText, prettyJson } from "../core/canonical-json.ts";
import { defineReporter, type ReportInput } from "../core/reporter.ts";
import { rebuildOrder as orderOfRebuilding } from "./parts/rebuild-order.ts";
import { setAsideOf } from "./parts/set-aside.ts";
import type { Report } from "./report-schema.ts";

/** Everything that an assessment says, as one JSON document (`docs/formats/report.schema.json`). */
export default defineReporter({
  id: "json",
  summary: "everything, as JSON with a published schema",
  mediaType: "application/json",
  defaultName: "report.json",
  render: (input) => prettyJson(reportDocument(input)),
});

/** The JSON report as data. */
export function reportDocument(input: ReportInput): Report {
  const { assessment, gate, guide } = input;
  const { snapshot } = assessment;
  const { content } = snapshot;
  return {
    schemaVersion: "1.0",
    tool: { name: "Plimsoll", version: input.version },
    created: content.created,
    snapshot: { digest: snapshot.digest, tool: content.tool, observations: content.observations.length },
    advisories: content.advisories,
    policy: input.policyName,
    baseline: input.baselineName,
    guide: guide.title,
    targets: [...content.targets],
    gate: { ...gate, reasons: [...gate.reasons] },
    coverage: {
      total: assessment.coverage,
      byArea: assessment.coverageByArea,
      byCountermeasure: assessment.coverageByCountermeasure,
    },
    hidden: input.hidden,
    ...rebuilds(input),
    findings: assessment.findings as Report["findings"],
    setAside: setAsideMembers(input),
    recommendations: recommendationsOf(input),
    countermeasures: guide.countermeasures.map((item) => ({
      ...item,
      coverage: assessment.coverageByCountermeasure[item.id],
    })),
    checks: [...input.checks]
      .map(([id, { title, severity, clauses, why, fix, references = [] }]) => ({
        id,
        title,
        severity,
        recommendations: [...clauses],
        why,
        fix,
        ...(references.length === 0 ? {} : { references: [...references] }),
      }))
      .sort((a, b) => compareText(a.id, b.id)),
    waivers: [...assessment.waivers],
    declarations: assessment.declarations as Report["declarations"],
    unusedDecisions: [...assessment.unusedDecisions],
  };
}

function rebuilds({ assessment }: ReportInput): Pick<Report, "rebuildOrder"> {
  const rebuildOrder = orderOfRebuilding(assessment.snapshot);
  return rebuildOrder.length === 0 ? {} : { rebuildOrder };
}

function setAsideMembers({ assessment }: ReportInput): NonNullable<Report["setAside"]> {
  return setAsideOf(assessment.snapshot).map(({ identity: _identity, aliases, ...item }) => ({
    ...item,
    aliases: [...aliases],
  }));
}

function recommendationsOf(input: ReportInput): Report["recommendations"] {
  const texts = new Map(input.guide.recommendations.map((item) => [item.id, item]));
  return input.assessment.recommendations.map((result) => {
    const guide = texts.get(result.id);
    return { ...result, text: guide?.text, class: guide?.class } as Report["recommendations"][number];
  });
}
