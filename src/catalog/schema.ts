import { z } from "zod";
import { type Area, areas, type Clause } from "../core/clause.ts";

/** How a recommendation can be decided: by observation, by observation together with a person's statement, or by the statement alone. */
export type Class = "machine" | "machine-and-declaration" | "declaration";
/** A place where a rule can stop what a recommendation forbids. */
export type EnforcementPoint = "build" | "registry" | "admission" | "runtime" | "host";
/** Who made a mapping: NIST in the publication, or Plimsoll. */
export type Source = "nist" | "plimsoll";
/** How sure a mapping of ours is. */
export type Confidence = "high" | "medium" | "low";

/** The publication that a catalogue restates; `published` is an ISO 8601 date, to the month where the day is not known. */
export interface GuideDocument {
  readonly id: string;
  readonly publication: string;
  readonly title: string;
  readonly published: string;
  readonly doi: string;
  readonly status: "guidance";
  readonly note: string;
}

/** One of the six areas with the number and title of its part of SP 800-190 section 4. */
export interface AreaEntry {
  readonly id: Area;
  readonly section: string;
  readonly title: string;
}

/** A risk of SP 800-190 section 3 and the countermeasure section that answers it. */
export interface Risk {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly countermeasure: string;
}

/** One atomic recommendation (SP 800-190) or requirement (NISTIR 8176), in our own words. */
export interface Recommendation {
  readonly id: Clause;
  readonly text: string;
  readonly class: Class;
  /** Where it can be enforced; absent where there is no natural point. */
  readonly enforcement?: readonly EnforcementPoint[] | undefined;
  /** What a person has to state; present exactly when `class` is not `machine`. */
  readonly declare?: string | undefined;
}

/** A requirement of NISTIR 8176. */
export interface Requirement extends Recommendation {
  /** What the publication says differently, or what has changed since. */
  readonly note?: string | undefined;
  /** Recommendations of SP 800-190 that plainly correspond. */
  readonly relates?: readonly Clause[] | undefined;
}

/** A countermeasure section of SP 800-190 section 4; only 4.6 answers no numbered risk. */
export interface Countermeasure {
  readonly id: string;
  /** The section's title, as the guide prints it. */
  readonly title: string;
  readonly area: Area;
  readonly risk?: string | undefined;
  readonly summary: string;
  readonly recommendations: readonly Recommendation[];
}

/** A threat scenario of SP 800-190 section 5: the attacker's steps and the defences, each with the countermeasures that carry it out. */
export interface Scenario {
  readonly id: string;
  readonly title: string;
  readonly attack: readonly string[];
  readonly defences: readonly { readonly text: string; readonly countermeasures: readonly string[] }[];
}

/** One of the six recommendations of the executive summary, with the sections that elaborate it. */
export interface Headline {
  readonly id: string;
  readonly text: string;
  readonly sections: readonly string[];
}

/** A phase of the life cycle in SP 800-190 section 6. */
export interface LifecyclePhase {
  readonly id: string;
  readonly title: string;
  readonly points: readonly string[];
}

/** SP 800-190 as data. */
export interface Guide {
  readonly document: GuideDocument;
  readonly areas: readonly AreaEntry[];
  readonly risks: readonly Risk[];
  readonly countermeasures: readonly Countermeasure[];
  readonly scenarios: readonly Scenario[];
  readonly headlines: readonly Headline[];
  readonly lifecycle: readonly LifecyclePhase[];
}

/** A section of NISTIR 8176 and its requirements. */
export interface RequirementSection {
  readonly id: string;
  readonly title: string;
  readonly area: Area;
  readonly requirements: readonly Requirement[];
}

/** NISTIR 8176 as data. */
export interface Supplement {
  readonly document: GuideDocument;
  readonly sections: readonly RequirementSection[];
}

/** How the sections of SP 800-190 relate to SP 800-53 and the Cybersecurity Framework; each part says who made it. */
export interface Crosswalks {
  /** SP 800-53 Revision 5 controls for each countermeasure. */
  readonly "sp800-53-rev5": {
    readonly source: Source;
    readonly catalog: string;
    readonly countermeasures: Readonly<Record<string, readonly string[]>>;
  };
  /** Appendix B, table 2. */
  readonly "sp800-53-rev4-important": {
    readonly source: Source;
    readonly catalog: string;
    readonly table: string;
    readonly controls: readonly { readonly control: string; readonly related: readonly string[] }[];
  };
  /** Appendix B, table 3; sections may also lie in chapter 2 of the guide. */
  readonly "sp800-53-rev4-supported": {
    readonly source: Source;
    readonly catalog: string;
    readonly table: string;
    readonly controls: readonly {
      readonly control: string;
      readonly reason: string;
      readonly sections: readonly string[];
    }[];
  };
  /** Revision 4 controls that Revision 5 withdrew or renamed. */
  readonly "sp800-53-rev4-to-rev5": {
    readonly source: Source;
    readonly withdrawn: readonly {
      readonly control: string;
      readonly rev5: readonly string[];
      readonly confidence: Confidence;
      readonly note: string;
    }[];
    readonly renamed: readonly { readonly control: string; readonly title: string }[];
  };
  /** Subcategories of Cybersecurity Framework 1.0 that appendix B names. */
  readonly csf: {
    readonly source: Source;
    readonly catalog: string;
    readonly important: readonly string[];
    readonly supported: readonly { readonly subcategory: string; readonly sections: readonly string[] }[];
  };
  /** Subcategories of Cybersecurity Framework 2.0 that took the place of those in `csf`. */
  readonly "csf-1-to-2": {
    readonly source: Source;
    readonly catalog: string;
    readonly subcategories: readonly {
      readonly from: string;
      readonly to: readonly string[];
      readonly confidence: Confidence;
    }[];
  };
  /** SP 800-53 families on the publication's page. */
  readonly "control-families": {
    readonly source: Source;
    readonly catalog: string;
    readonly families: readonly string[];
  };
}

/** Everything that Plimsoll knows of the guides it measures against. */
export interface Catalog {
  readonly guide: Guide;
  readonly supplement: Supplement;
  readonly crosswalks: Crosswalks;
}

/** Printable ASCII that neither starts nor ends with a space: an invisible character would break searching and diffing. */
const text = z.string().regex(/^[!-~]([ -~]*[!-~])?$/, "must be printable ASCII without space at its ends");
const sentence = text.regex(/^[A-Z][^.]*(\.[^.\s][^.]*)*\.$/, "must be one sentence");
const section = z.string().regex(/^[2-6](\.\d+){0,2}$/, "must be a section of SP 800-190");
const risk = z.string().regex(/^3\.[1-5]\.\d$/, "must be a section of chapter 3");
const countermeasure = z.string().regex(/^4\.([1-5]\.\d|6)$/, "must be a countermeasure section");
const clause = z.custom<Clause>(
  (value) => typeof value === "string" && /^4\.([1-5]\.\d|6)-[a-z]\d?$/.test(value),
  "must be a recommendation such as 4.4.3-f",
);
const requirementId = z.custom<Clause>(
  (value) => typeof value === "string" && /^8176-\d(\.\d){0,2}(-(T2|pre|[a-z]\d?))?$/.test(value),
  "must be a requirement such as 8176-5.4-b",
);
const control4 = z.string().regex(/^[A-Z]{2}-\d{1,2}$/, "must be a control such as AC-2");
const control5 = z.string().regex(/^[A-Z]{2}-\d{1,2}(\(\d{1,2}\))?$/, "must be a control such as AC-6(5)");
const csf1 = z.string().regex(/^[A-Z]{2}\.[A-Z]{2}-\d{1,2}$/, "must be a CSF 1.0 subcategory such as PR.AC-1");
const csf2 = z.string().regex(/^[A-Z]{2}\.[A-Z]{2}-\d{2}$/, "must be a CSF 2.0 subcategory such as PR.AA-01");
const area = z.enum(areas);
const confidence = z.enum(["high", "medium", "low"]);
const source = z.enum(["nist", "plimsoll"]);

const document = z.strictObject({
  id: text,
  publication: text,
  title: text,
  published: z.string().regex(/^\d{4}-\d{2}(-\d{2})?$/),
  doi: text,
  status: z.literal("guidance"),
  note: text,
});

const needsDeclare = "declare must be present exactly when class is not machine";
const recommendationShape = {
  text: sentence,
  class: z.enum(["machine", "machine-and-declaration", "declaration"]),
  enforcement: z
    .array(z.enum(["build", "registry", "admission", "runtime", "host"]))
    .nonempty()
    .optional(),
  declare: sentence.optional(),
};
const recommendation = z.strictObject({ id: clause, ...recommendationShape }).refine(declaresWhatItNeeds, needsDeclare);
const requirement = z
  .strictObject({
    id: requirementId,
    ...recommendationShape,
    note: text.optional(),
    relates: z.array(clause).nonempty().optional(),
  })
  .refine(declaresWhatItNeeds, needsDeclare);

function declaresWhatItNeeds(entry: { class: Class; declare?: string | undefined }): boolean {
  return (entry.class === "machine") === (entry.declare === undefined);
}

/** The shape of `catalog/sp800-190.yaml`. */
export const guideSchema: z.ZodType<Guide> = z.strictObject({
  document,
  areas: z.array(z.strictObject({ id: area, section: z.string().regex(/^4\.[1-6]$/), title: text })),
  risks: z.array(z.strictObject({ id: risk, title: text, countermeasure, text: sentence })),
  countermeasures: z.array(
    z.strictObject({
      id: countermeasure,
      title: text,
      area,
      risk: risk.optional(),
      summary: sentence,
      recommendations: z.array(recommendation).nonempty(),
    }),
  ),
  scenarios: z.array(
    z.strictObject({
      id: z.string().regex(/^5\.\d$/),
      title: text,
      attack: z.array(sentence).nonempty(),
      defences: z
        .array(z.strictObject({ text: sentence, countermeasures: z.array(countermeasure).nonempty() }))
        .nonempty(),
    }),
  ),
  headlines: z.array(z.strictObject({ id: text, text: sentence, sections: z.array(section).nonempty() })),
  lifecycle: z.array(
    z.strictObject({ id: z.string().regex(/^6\.\d$/), title: text, points: z.array(sentence).nonempty() }),
  ),
});

/** The shape of `catalog/nistir-8176.yaml`. */
export const supplementSchema: z.ZodType<Supplement> = z.strictObject({
  document,
  sections: z.array(
    z.strictObject({
      id: z.string().regex(/^8176-\d(\.\d){0,2}$/),
      title: text,
      area,
      requirements: z.array(requirement).nonempty(),
    }),
  ),
});

/** The shape of `catalog/crosswalks.yaml`. */
export const crosswalksSchema: z.ZodType<Crosswalks> = z.strictObject({
  "sp800-53-rev5": z.strictObject({
    source,
    catalog: text,
    countermeasures: z.record(countermeasure, z.array(control5).nonempty()),
  }),
  "sp800-53-rev4-important": z.strictObject({
    source,
    catalog: text,
    table: text,
    controls: z.array(z.strictObject({ control: control4, related: z.array(control4) })),
  }),
  "sp800-53-rev4-supported": z.strictObject({
    source,
    catalog: text,
    table: text,
    controls: z.array(z.strictObject({ control: control4, reason: sentence, sections: z.array(section).nonempty() })),
  }),
  "sp800-53-rev4-to-rev5": z.strictObject({
    source,
    withdrawn: z.array(
      z.strictObject({ control: control4, rev5: z.array(control5).nonempty(), confidence, note: sentence }),
    ),
    renamed: z.array(z.strictObject({ control: control4, title: text })),
  }),
  csf: z.strictObject({
    source,
    catalog: text,
    important: z.array(csf1),
    supported: z.array(z.strictObject({ subcategory: csf1, sections: z.array(section).nonempty() })),
  }),
  "csf-1-to-2": z.strictObject({
    source,
    catalog: text,
    subcategories: z.array(z.strictObject({ from: csf1, to: z.array(csf2).nonempty(), confidence })),
  }),
  "control-families": z.strictObject({ source, catalog: text, families: z.array(z.string().regex(/^[A-Z]{2}$/)) }),
});
