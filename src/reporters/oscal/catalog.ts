import { compareText } from "../../core/canonical-json.ts";
import type { ReportInput } from "../../core/reporter.ts";
import { line, metadata, nameSpace, type OscalObject, property, prose, some, uuidOf } from "./document.ts";
import {
  controlOfSection,
  type GuidePrefix,
  letterOf,
  type OscalControl,
  type OscalGuide,
  type OscalStatement,
  objectiveId,
  statementId,
} from "./guide.ts";
import { parametersOf } from "./parameters.ts";

/** The name of the file of a guide's catalog. */
export function catalogFile(guide: GuidePrefix): string {
  return guide === "sp800-190" ? "catalog.json" : "catalog-nistir-8176.json";
}

/** A guide as an OSCAL catalog: a group for each area, a control for each countermeasure, a statement item and an assessment objective for each recommendation. */
export function catalogDocument(guide: OscalGuide, input: ReportInput): OscalObject {
  const resource = uuidOf("catalog-source", guide.prefix);
  return {
    catalog: {
      uuid: uuidOf("catalog", guide.prefix, input.version),
      metadata: metadata(guide.title, input, {
        links: [{ href: `#${resource}`, rel: "source" }],
        remarks: prose(guide.remarks),
      }),
      groups: some(
        guide.groups
          .filter((group) => group.controls.length > 0)
          .map((group) => ({
            id: `${guide.prefix}-area-${group.number}`,
            class: "area",
            title: line(group.title),
            props: [{ name: "label", value: group.number }],
            controls: group.controls.map((control) => controlObject(control, guide, input)),
          })),
      ),
      "back-matter": {
        resources: [
          {
            uuid: resource,
            title: line(guide.title),
            citation: { text: line(guide.source.text) },
            rlinks: [{ href: guide.source.href }],
          },
        ],
      },
    },
  };
}

function controlObject(control: OscalControl, guide: OscalGuide, input: ReportInput): OscalObject {
  const id = controlOfSection(guide.prefix === "sp800-190" ? control.number : `8176-${control.number}`);
  return {
    id,
    class: "countermeasure",
    title: line(control.title),
    params: some(parametersOf(control.number)),
    props: [
      { name: "label", value: control.number },
      { name: "sort-id", value: sortId(id) },
    ],
    parts: [
      {
        id: `${id}_smt`,
        name: "statement",
        prose: prose(control.summary),
        parts: some(control.statements.map(statementPart)),
      },
      ...riskPart(id, control),
      {
        id: `${id}_obj`,
        name: "assessment-objective",
        prose: prose("Determine whether:"),
        parts: some(control.statements.map(objectivePart)),
      },
      ...methodParts(id, control, input),
    ],
  };
}

/** Identifiers whose text order is the guide's: every number in two digits. */
function sortId(id: string): string {
  return id.replace(/(?<=[-.])\d(?=\.|$)/g, "0$&");
}

function statementPart(statement: OscalStatement): OscalObject {
  return {
    id: statementId(statement.id),
    name: "item",
    props: [
      { name: "label", value: letterOf(statement.id) },
      property("recommendation", statement.id),
      property("class", statement.class),
      ...(statement.enforcement ?? []).map((point) => property("enforcement", point)),
    ],
    prose: prose(statement.text, ...(statement.note === undefined ? [] : [`Note: ${statement.note}`])),
  };
}

function objectivePart(statement: OscalStatement): OscalObject {
  return {
    id: objectiveId(statement.id),
    name: "assessment-objective",
    props: [{ name: "label", value: letterOf(statement.id) }],
    prose: prose(statement.text),
    links: [{ href: `#${statementId(statement.id)}`, rel: "assessment-for" }],
  };
}

function riskPart(id: string, { risk }: OscalControl): OscalObject[] {
  if (risk === undefined) return [];
  return [
    {
      id: `${id}_risk`,
      name: "risk",
      ns: nameSpace,
      title: line(`${risk.number} ${risk.title}`),
      prose: prose(risk.text),
    },
  ];
}

/** A TEST method that names the checks, and an INTERVIEW method for what a person has to state. */
function methodParts(id: string, control: OscalControl, input: ReportInput): OscalObject[] {
  const clauses = new Set(control.statements.map((statement) => statement.id));
  const checks = [...input.checks]
    .filter(([, check]) => check.clauses.some((clause) => clauses.has(clause)))
    .sort(([a], [b]) => compareText(a, b));
  const asked = control.statements.filter((statement) => statement.class !== "machine");
  const tests = checks.map(([check, { title }]) => `${check}: ${title}`);
  const statements = asked.map((statement) => `${statement.id}: ${statement.declare ?? statement.text}`);
  return [...methodPart(`${id}_test`, "TEST", tests), ...methodPart(`${id}_interview`, "INTERVIEW", statements)];
}

function methodPart(id: string, method: string, objects: readonly string[]): OscalObject[] {
  if (objects.length === 0) return [];
  return [
    {
      id,
      name: "assessment-method",
      props: [{ name: "method", value: method }],
      parts: [{ id: `${id}.objects`, name: "assessment-objects", prose: prose(...objects) }],
    },
  ];
}
