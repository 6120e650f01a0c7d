import { compareText } from "../../core/canonical-json.ts";
import { byClause } from "../../core/clause.ts";
import type { ReportInput } from "../../core/reporter.ts";
import { catalogFile } from "./catalog.ts";
import { line, metadata, type OscalObject, property, prose, some, uuidOf } from "./document.ts";
import { controlId, is8176, statementId } from "./guide.ts";

/** Plimsoll as a validation component: each check a rule (`Rule_Id`, `Check_Id`), each recommendation that it gives evidence for a statement. `known` are the clauses that the catalogs hold. */
export function componentDefinitionDocument(input: ReportInput, known: ReadonlySet<string>): OscalObject {
  const checks = [...input.checks].sort(([a], [b]) => compareText(a, b));
  const clauses = [...new Set(checks.flatMap(([, check]) => check.clauses))]
    .filter((clause) => known.has(clause))
    .sort(byClause);
  const implementations = [
    implementation(
      catalogFile("sp800-190"),
      clauses.filter((clause) => !is8176(clause)),
      checks,
    ),
    implementation(catalogFile("nistir8176"), clauses.filter(is8176), checks),
  ].flat();
  return {
    "component-definition": {
      uuid: uuidOf("component-definition", input.version),
      metadata: metadata("Plimsoll as a validation component", input),
      components: [
        {
          uuid: uuidOf("component", "plimsoll"),
          type: "validation",
          title: "Plimsoll",
          description: prose("Measures a container platform against NIST SP 800-190 and NISTIR 8176 with evidence."),
          props: some(checks.flatMap(([id, check], index) => ruleProperties(id, check, index))),
          "control-implementations": some(implementations),
        },
      ],
    },
  };
}

type Check = ReportInput["checks"] extends ReadonlyMap<string, infer C> ? C : never;

/** The properties of one rule; `remarks` holds them together, as the tools of the OSCAL Compass project read them. */
function ruleProperties(id: string, check: Check, index: number): OscalObject[] {
  const remarks = `rule_set_${String(index).padStart(3, "0")}`;
  const values = {
    Rule_Id: id,
    Rule_Description: check.title,
    Check_Id: id,
    Check_Description: check.why,
    Severity: check.severity,
  };
  return Object.entries(values).map(([name, value]) => ({ ...property(name, value), remarks }));
}

function implementation(
  source: string,
  clauses: readonly string[],
  checks: readonly (readonly [string, Check])[],
): OscalObject[] {
  if (clauses.length === 0) return [];
  const controls = [...new Set(clauses.map(controlId))];
  return [
    {
      uuid: uuidOf("control-implementation", source),
      source,
      description: prose("What the checks of Plimsoll give evidence for."),
      "implemented-requirements": controls.map((control) => ({
        uuid: uuidOf("implemented-requirement", control),
        "control-id": control,
        description: prose("Validated by the rules of its statements."),
        statements: clauses
          .filter((clause) => controlId(clause) === control)
          .map((clause) => statementOf(clause, checks)),
      })),
    },
  ];
}

function statementOf(clause: string, checks: readonly (readonly [string, Check])[]): OscalObject {
  const own = checks.filter(([, check]) => check.clauses.includes(clause));
  return {
    "statement-id": statementId(clause),
    uuid: uuidOf("statement", clause),
    description: prose(own.map(([, check]) => line(check.title)).join("; ")),
    props: own.map(([id]) => property("Rule_Id", id)),
  };
}
