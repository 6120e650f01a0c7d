import { controlsOf } from "../../catalog/catalog.ts";
import { catalog } from "../../catalog/load.ts";
import type { ReportInput } from "../../core/reporter.ts";
import { catalogFile } from "./catalog.ts";
import { metadata, type OscalObject, prose, uuidOf } from "./document.ts";
import { controlOfSection, statementId } from "./guide.ts";

/** NIST's own OSCAL catalog of SP 800-53 Revision 5. */
const catalog53 =
  "https://raw.githubusercontent.com/usnistgov/oscal-content/main/nist.gov/SP800-53/rev5/json/NIST_SP-800-53_rev5_catalog.json";

/** Which controls of SP 800-53 Revision 5 the countermeasures belong to, and which requirements of NISTIR 8176 correspond to recommendations. Undefined where the catalogs share nothing with either. `known` are the clauses that they hold. */
export function mappingDocument(input: ReportInput, known: ReadonlySet<string>): OscalObject | undefined {
  const mappings = [
    mapping("sp800-190-to-sp800-53", catalogFile("sp800-190"), catalog53, controlMaps(input)),
    mapping("nistir8176-to-sp800-190", catalogFile("nistir8176"), catalogFile("sp800-190"), requirementMaps(known)),
  ].flat();
  if (mappings.length === 0) return undefined;
  return {
    "mapping-collection": {
      uuid: uuidOf("mapping-collection", input.version),
      metadata: metadata("NIST SP 800-190 and NISTIR 8176 mapped to other catalogs", input),
      provenance: {
        method: "human",
        "matching-rationale": "semantic",
        status: "draft",
        "mapping-description": prose("The mapping is Plimsoll's, not NIST's."),
      },
      mappings,
    },
  };
}

function mapping(name: string, source: string, target: string, maps: readonly OscalObject[]): OscalObject[] {
  if (maps.length === 0) return [];
  return [
    {
      uuid: uuidOf("mapping", name),
      "source-resource": { type: "catalog", href: source },
      "target-resource": { type: "catalog", href: target },
      maps,
    },
  ];
}

function controlMaps(input: ReportInput): OscalObject[] {
  return input.guide.countermeasures.flatMap(({ id }) => {
    const targets = controlsOf(catalog, id).map((control) => ({ type: "control", "id-ref": oscalControl(control) }));
    return targets.length === 0 ? [] : [map(id, { type: "control", "id-ref": controlOfSection(id) }, targets)];
  });
}

function requirementMaps(known: ReadonlySet<string>): OscalObject[] {
  return catalog.supplement.sections
    .flatMap((section) => section.requirements)
    .flatMap(({ id, relates = [] }) => {
      const related = relates.filter((clause) => known.has(clause));
      const targets = related.map((clause) => ({ type: "statement", "id-ref": statementId(clause) }));
      return targets.length === 0 ? [] : [map(id, { type: "statement", "id-ref": statementId(id) }, targets)];
    });
}

function map(name: string, source: OscalObject, targets: readonly OscalObject[]): OscalObject {
  return { uuid: uuidOf("map", name), relationship: "intersects-with", sources: [source], targets };
}

/** `IA-5(7)` as NIST's OSCAL catalog names it: `ia-5.7`. */
function oscalControl(control: string): string {
  return control.toLowerCase().replace(/\((\d+)\)/, ".$1");
}
