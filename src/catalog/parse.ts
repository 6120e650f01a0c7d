import { parse } from "yaml";
import { z } from "zod";
import { areaOf, byClause, sectionOf } from "../core/clause.ts";
import { AppError, messageOf } from "../core/errors.ts";
import { type Catalog, crosswalksSchema, guideSchema, supplementSchema } from "./schema.ts";

/** The text of the three files of `catalog/`. */
export interface CatalogTexts {
  readonly guide: string;
  readonly supplement: string;
  readonly crosswalks: string;
}

/** The catalogue from the text of its files; `CONFIG_INVALID` when a file breaks its schema or the files contradict each other. */
export function parseCatalog(texts: CatalogTexts): Catalog {
  const catalog = {
    guide: parseFile("sp800-190.yaml", texts.guide, guideSchema),
    supplement: parseFile("nistir-8176.yaml", texts.supplement, supplementSchema),
    crosswalks: parseFile("crosswalks.yaml", texts.crosswalks, crosswalksSchema),
  };
  const problems = problemsOf(catalog);
  if (problems.length > 0) throw invalid("catalog", problems.join("\n"));
  return catalog;
}

function parseFile<T>(name: string, text: string, schema: z.ZodType<T>): T {
  const result = schema.safeParse(parseYaml(name, text));
  if (!result.success) throw invalid(`catalog/${name}`, z.prettifyError(result.error));
  return result.data;
}

function parseYaml(name: string, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw invalid(`catalog/${name}`, messageOf(error));
  }
}

function invalid(what: string, why: string): AppError {
  return new AppError("CONFIG_INVALID", `${what}: ${why}`, {
    hint: "correct the file in catalog/ and generate the catalogue again",
  });
}

/** What the schema cannot see: repeated ids, references that lead nowhere, clauses in the wrong section or order. Empty when all is well. */
export function problemsOf(catalog: Catalog): string[] {
  return [...repeated(catalog), ...misplaced(catalog), ...dangling(catalog)];
}

function repeated(catalog: Catalog): string[] {
  const seen = new Set<string>();
  return idsOf(catalog).flatMap((id) => {
    if (seen.has(id)) return [`${id} is there twice`];
    seen.add(id);
    return [];
  });
}

/** A section of NISTIR 8176 with a single requirement shares its id with it, so sections are not counted here. */
function idsOf({ guide, supplement }: Catalog): string[] {
  return [
    ...guide.areas,
    ...guide.risks,
    ...guide.countermeasures,
    ...guide.countermeasures.flatMap((entry) => entry.recommendations),
    ...guide.scenarios,
    ...guide.headlines,
    ...guide.lifecycle,
    ...supplement.sections.flatMap((entry) => entry.requirements),
  ].map((entry) => entry.id);
}

function misplaced({ guide, supplement }: Catalog): string[] {
  const sections = [
    ...guide.countermeasures.map(({ id, area, recommendations }) => ({ id, area, clauses: recommendations })),
    ...supplement.sections.map(({ id, area, requirements }) => ({ id, area, clauses: requirements })),
  ];
  return [
    ...outOfOrder(guide.risks),
    ...outOfOrder(guide.countermeasures),
    ...outOfOrder(supplement.sections),
    ...sections.flatMap(({ id, area, clauses }) => [
      ...(areaOf(id) === area ? [] : [`${id} lies in the area ${areaOf(id)}, not ${area}`]),
      ...clauses
        .filter((clause) => sectionOf(clause.id) !== id)
        .map((clause) => `${clause.id} does not belong to ${id}`),
      ...outOfOrder(clauses),
    ]),
  ];
}

function outOfOrder(entries: readonly { readonly id: string }[]): string[] {
  return entries.flatMap(({ id }, i) => {
    const before = entries[i - 1];
    return before !== undefined && byClause(before.id, id) > 0 ? [`${id} comes after ${before.id}`] : [];
  });
}

function dangling(catalog: Catalog): string[] {
  const { guide, supplement, crosswalks } = catalog;
  const countermeasures = new Map(guide.countermeasures.map((entry) => [entry.id, entry]));
  const risks = new Map(guide.risks.map((entry) => [entry.id, entry]));
  const clauses = new Set<string>(guide.countermeasures.flatMap((entry) => entry.recommendations.map(({ id }) => id)));
  const sections = new Set([
    ...countermeasures.keys(),
    ...guide.areas.map((entry) => entry.section),
    ...guide.lifecycle.map(({ id }) => id),
  ]);
  const inGuide = (section: string): boolean => section.startsWith("2") || sections.has(section);
  const steps = new Set(crosswalks["csf-1-to-2"].subcategories.map(({ from }) => from));
  return [
    ...guide.risks
      .filter((entry) => countermeasures.get(entry.countermeasure)?.risk !== entry.id)
      .map(({ id }) => `${id} has no countermeasure that answers it`),
    ...guide.countermeasures
      .filter(({ id, risk }) => risk !== undefined && risks.get(risk)?.countermeasure !== id)
      .map(({ id }) => `${id} answers a risk that names another countermeasure`),
    ...guide.scenarios.flatMap(({ id, defences }) =>
      missing(
        id,
        defences.flatMap((entry) => entry.countermeasures),
        (other) => countermeasures.has(other),
      ),
    ),
    ...guide.headlines.flatMap(({ id, sections: named }) => missing(id, named, inGuide)),
    ...supplement.sections.flatMap((entry) =>
      entry.requirements.flatMap(({ id, relates }) => missing(id, relates ?? [], (other) => clauses.has(other))),
    ),
    ...missing("sp800-53-rev5", Object.keys(crosswalks["sp800-53-rev5"].countermeasures), (other) =>
      countermeasures.has(other),
    ),
    ...crosswalks["sp800-53-rev4-supported"].controls.flatMap(({ control, sections: named }) =>
      missing(control, named, inGuide),
    ),
    ...crosswalks.csf.supported.flatMap(({ subcategory, sections: named }) => missing(subcategory, named, inGuide)),
    ...missing(
      "csf",
      [...crosswalks.csf.important, ...crosswalks.csf.supported.map((entry) => entry.subcategory)],
      (other) => steps.has(other),
    ),
  ];
}

function missing(from: string, ids: readonly string[], exists: (id: string) => boolean): string[] {
  return ids.filter((id) => !exists(id)).map((id) => `${from} names ${id}, which does not exist`);
}
