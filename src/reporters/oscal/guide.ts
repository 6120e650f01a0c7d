import { sectionOf } from "../../core/clause.ts";

/** A guide as OSCAL's catalog model wants it: groups of controls with statements. */
export interface OscalGuide {
  /** What identifiers begin with: `sp800-190`. */
  readonly prefix: GuidePrefix;
  readonly title: string;
  readonly source: { readonly text: string; readonly href: string };
  readonly remarks: string;
  readonly groups: readonly OscalGroup[];
}
/** A chapter of a guide: an area. */
export interface OscalGroup {
  readonly number: string;
  readonly title: string;
  readonly controls: readonly OscalControl[];
}
/** A countermeasure or a section of requirements. */
export interface OscalControl {
  /** Section number: `4.4.3`. */
  readonly number: string;
  readonly title: string;
  readonly summary: string;
  readonly risk?: { readonly number: string; readonly title: string; readonly text: string } | undefined;
  readonly statements: readonly OscalStatement[];
}
/** A recommendation or requirement. */
export interface OscalStatement {
  /** Clause id: `4.4.3-f`, `8176-5.4-b`. */
  readonly id: string;
  readonly text: string;
  readonly class: string;
  readonly enforcement?: readonly string[] | undefined;
  /** What a person has to state. */
  readonly declare?: string | undefined;
  /** What the publication says differently, or what has changed since. */
  readonly note?: string | undefined;
}

/** The two guides, as their identifiers begin. */
export type GuidePrefix = "sp800-190" | "nistir8176";

const prefix190: GuidePrefix = "sp800-190";
const prefix8176: GuidePrefix = "nistir8176";

/** The id of the control that a clause belongs to: `sp800-190-4.4.3`, `nistir8176-5.4`. */
export function controlId(clause: string): string {
  return controlOfSection(sectionOf(clause));
}

/** The id of the control of a section: `4.4.3`, `8176-5.4`. */
export function controlOfSection(section: string): string {
  return section.startsWith("8176-") ? `${prefix8176}-${section.slice(5)}` : `${prefix190}-${section}`;
}

/** The id of the statement that is a clause: `sp800-190-4.4.3_smt.f`. */
export function statementId(clause: string): string {
  return `${controlId(clause)}_smt.${letterOf(clause)}`;
}

/** The id of the assessment objective of a clause: `sp800-190-4.4.3_obj.f`. */
export function objectiveId(clause: string): string {
  return `${controlId(clause)}_obj.${letterOf(clause)}`;
}

/** The letter of a clause within its section: `f`, `c2`; `all` for a requirement that is its section. */
export function letterOf(clause: string): string {
  return sectionOf(clause) === clause ? "all" : clause.slice(clause.lastIndexOf("-") + 1);
}

/** True for a requirement of NISTIR 8176. */
export function is8176(clause: string): boolean {
  return clause.startsWith("8176-");
}
