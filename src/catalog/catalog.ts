import { byClause } from "../core/clause.ts";
import type {
  AreaEntry,
  Catalog,
  Countermeasure,
  Recommendation,
  Requirement,
  RequirementSection,
  Risk,
} from "./schema.ts";

export { areaOf, byClause, sectionOf } from "../core/clause.ts";
export type * from "./schema.ts";

interface Index {
  readonly areas: ReadonlyMap<string, AreaEntry>;
  readonly risks: ReadonlyMap<string, Risk>;
  readonly countermeasures: ReadonlyMap<string, Countermeasure>;
  readonly recommendations: ReadonlyMap<string, Recommendation>;
  readonly sections: ReadonlyMap<string, RequirementSection>;
  readonly requirements: ReadonlyMap<string, Requirement>;
}

const indexes = new WeakMap<Catalog, Index>();

/** The area with the given name, with its section and title; undefined for anything but the six names. */
export function areaEntry(catalog: Catalog, id: string): AreaEntry | undefined {
  return indexOf(catalog).areas.get(id);
}

/** The risk with the given section number, such as `3.4.3`. */
export function risk(catalog: Catalog, id: string): Risk | undefined {
  return indexOf(catalog).risks.get(id);
}

/** The countermeasure with the given section number, such as `4.4.3` or `4.6`. */
export function countermeasure(catalog: Catalog, id: string): Countermeasure | undefined {
  return indexOf(catalog).countermeasures.get(id);
}

/** The recommendation of SP 800-190 with the given id, such as `4.4.3-f`. */
export function recommendation(catalog: Catalog, id: string): Recommendation | undefined {
  return indexOf(catalog).recommendations.get(id);
}

/** The section of NISTIR 8176 with the given id, such as `8176-5.4`. */
export function requirementSection(catalog: Catalog, id: string): RequirementSection | undefined {
  return indexOf(catalog).sections.get(id);
}

/** The requirement of NISTIR 8176 with the given id, such as `8176-5.4-b`. */
export function requirement(catalog: Catalog, id: string): Requirement | undefined {
  return indexOf(catalog).requirements.get(id);
}

/** The recommendation or requirement with the given id, of whichever publication. */
export function clause(catalog: Catalog, id: string): Requirement | undefined {
  return recommendation(catalog, id) ?? requirement(catalog, id);
}

/** The recommendations of one countermeasure section in the guide's order; none for a section that does not exist. */
export function recommendationsOf(catalog: Catalog, countermeasureId: string): readonly Recommendation[] {
  return countermeasure(catalog, countermeasureId)?.recommendations ?? [];
}

/** All 147 recommendations of SP 800-190 in the guide's order. */
export function allRecommendations(catalog: Catalog): readonly Recommendation[] {
  return [...indexOf(catalog).recommendations.values()];
}

/** All requirements of NISTIR 8176, chapter by chapter. */
export function allRequirements(catalog: Catalog): readonly Requirement[] {
  return [...indexOf(catalog).requirements.values()];
}

/** SP 800-53 Revision 5 controls for a countermeasure section, by Plimsoll's own mapping; none for a section that does not exist. */
export function controlsOf(catalog: Catalog, countermeasureId: string): readonly string[] {
  return catalog.crosswalks["sp800-53-rev5"].countermeasures[countermeasureId] ?? [];
}

/** A copy of the ids, sorted as the guides number them. */
export function sortClauses<T extends string>(ids: Iterable<T>): T[] {
  return [...ids].sort(byClause);
}

function indexOf(catalog: Catalog): Index {
  const known = indexes.get(catalog);
  if (known !== undefined) return known;
  const index = createIndex(catalog);
  indexes.set(catalog, index);
  return index;
}

function createIndex({ guide, supplement }: Catalog): Index {
  return {
    areas: byId(guide.areas),
    risks: byId(guide.risks),
    countermeasures: byId(guide.countermeasures),
    recommendations: byId(guide.countermeasures.flatMap((entry) => entry.recommendations)),
    sections: byId(supplement.sections),
    requirements: byId(supplement.sections.flatMap((entry) => entry.requirements)),
  };
}

function byId<T extends { readonly id: string }>(entries: readonly T[]): ReadonlyMap<string, T> {
  return new Map(entries.map((entry) => [entry.id, entry]));
}
