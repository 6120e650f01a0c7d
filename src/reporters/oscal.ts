import { prettyJson } from "../core/canonical-json.ts";
import { defineReporter, type ReportFile, type ReportInput } from "../core/reporter.ts";
import { assessmentPlanDocument } from "./oscal/assessment-plan.ts";
import { assessmentResultsDocument } from "./oscal/assessment-results.ts";
import { catalogDocument, catalogFile } from "./oscal/catalog.ts";
import { componentDefinitionDocument } from "./oscal/component-definition.ts";
import { clausesOf, guidesOf } from "./oscal/guides.ts";
import { mappingDocument } from "./oscal/mapping.ts";
import { poamDocument } from "./oscal/poam.ts";
import { profileDocument } from "./oscal/profile.ts";
import { type OscalRun, oscalRun } from "./oscal/run.ts";
import { systemSecurityPlanDocument } from "./oscal/system-security-plan.ts";

/** OSCAL 1.2.1: catalogs, profile, component definition, plan, results and plan of action, with the evidence that the results refer to. They refer to each other by relative names. */
export default defineReporter({
  id: "oscal",
  summary: "OSCAL 1.2.1 documents with digest-named evidence",
  mediaType: "application/json",
  defaultName: "assessment-results.json",
  render: (input) => prettyJson(assessmentResultsDocument(runOf(input))),
  renderAll,
});

function runOf(input: ReportInput): OscalRun {
  return oscalRun(input, clausesOf(guidesOf(input)));
}

function renderAll(input: ReportInput): readonly ReportFile[] {
  const run = runOf(input);
  const guides = guidesOf(input);
  const documents: (readonly [string, unknown])[] = [
    ...guides.map((guide) => [catalogFile(guide.prefix), catalogDocument(guide, input)] as const),
    ["profile.json", profileDocument(input)],
    ["component-definition.json", componentDefinitionDocument(input, clausesOf(guides))],
    ["ssp.json", systemSecurityPlanDocument(input)],
    ["assessment-plan.json", assessmentPlanDocument(run)],
    ["assessment-results.json", assessmentResultsDocument(run)],
    ["poam.json", poamDocument(run)],
  ];
  const mapping = mappingDocument(input, clausesOf(guides));
  if (mapping) documents.push(["mapping.json", mapping]);
  const files = new Map(documents.map(([name, document]) => [name, prettyJson(document)]));
  for (const { evidence } of run.observations) if (evidence) files.set(evidence.name, evidence.text);
  return [...files].map(([name, text]) => ({ name, text }));
}
