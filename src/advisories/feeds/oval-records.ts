import type { AdvisoryRecord } from "../record.ts";
import type { FeedContent } from "./feed.ts";
import type { OvalConditions, OvalStatement } from "./oval-criteria.ts";
import type { OvalDefinition, OvalDocument, OvalVerdict } from "./oval-document.ts";

/** Where a product of a definition is. */
export interface OvalPlace {
  readonly ecosystem: string;
  /** It is the release under longer support, which is bought apart. */
  readonly extended?: boolean | undefined;
}

/** How a publisher's definitions become records. */
export interface OvalPublisher {
  readonly source: string;
  /** The places that a product in the publisher's words is; none where it is no distribution's release. */
  placesOf(product: string, document: OvalDocument): readonly OvalPlace[];
  /** The ids and texts of all records of a definition; undefined where none shall be made. */
  headOf(
    definition: OvalDefinition,
  ): Pick<AdvisoryRecord, "id" | "aliases" | "related" | "severity" | "cvss" | "title" | "url"> | undefined;
  /** Corrects what the tests of a definition say. */
  refine?(verdict: OvalVerdict, definition: OvalDefinition): OvalVerdict;
}

/** What an OVAL document says: records, and the ratings of vulnerabilities that share a definition with others as facts. */
export function ovalContent(document: OvalDocument, publisher: OvalPublisher): FeedContent {
  const { timestamp } = document;
  const known = new Map<string, readonly OvalPlace[]>();
  const placesOf = (product: string) => {
    const places = known.get(product) ?? publisher.placesOf(product, document);
    known.set(product, places);
    return places;
  };
  return {
    records: document.definitions.flatMap((definition) => definitionRecords(definition, document, publisher, placesOf)),
    facts: document.definitions.flatMap(({ vulnerabilities }) =>
      vulnerabilities.length < 2
        ? []
        : vulnerabilities.flatMap(({ id, cvss }) =>
            cvss.length === 0 ? [] : [[id, { cvss: sourced(cvss, publisher.source) }] as const],
          ),
    ),
    ...(timestamp !== undefined && { date: timestamp }),
  };
}

/** Vectors whose source is the publisher's unless another is named. */
export function sourced(
  cvss: readonly { readonly vector: string; readonly source: string }[],
  source: string,
): { vector: string; source: string }[] {
  return cvss.map((entry) => ({ vector: entry.vector, source: entry.source || source }));
}

const extendedSupport = "extended-support";

type Draft = AdvisoryRecord & { readonly conditions?: { readonly architectures?: readonly string[] | undefined } };

function definitionRecords(
  definition: OvalDefinition,
  document: OvalDocument,
  publisher: OvalPublisher,
  placesOf: (product: string) => readonly OvalPlace[],
): AdvisoryRecord[] {
  const head = publisher.headOf(definition);
  if (head === undefined) return [];
  const drafts = new Map<string, Draft>();
  const placesBy = new Map<OvalConditions, Map<string, boolean>>();
  for (const statement of definition.statements) {
    const { conditions } = statement;
    const places = placesBy.get(conditions) ?? placesIn(conditions.products ?? definition.platforms, placesOf);
    placesBy.set(conditions, places);
    if (places.size === 0) continue;
    for (const found of document.verdicts(statement)) {
      const verdict = publisher.refine?.(found, definition) ?? found;
      for (const [ecosystem, extended] of places) {
        const draft: Draft = {
          ...head,
          source: publisher.source,
          ecosystem,
          package: verdict.package,
          ...stateOf(verdict),
          ...(extended && { status: extendedSupport }),
          ...(definition.modified !== undefined && { modified: definition.modified }),
          ...conditionsOf(statement, verdict),
        };
        add(drafts, draft);
      }
    }
  }
  return withoutContradiction([...drafts.values()]);
}

/** Ecosystems, and whether every product there is under longer support. */
function placesIn(
  products: readonly string[],
  placesOf: (product: string) => readonly OvalPlace[],
): Map<string, boolean> {
  const places = new Map<string, boolean>();
  for (const product of products)
    for (const { ecosystem, extended = false } of placesOf(product))
      places.set(ecosystem, extended && (places.get(ecosystem) ?? true));
  return places;
}

function stateOf(verdict: OvalVerdict): Pick<AdvisoryRecord, "ranges" | "versions" | "notAffected" | "state"> {
  const { ranges, versions } = verdict;
  if (ranges.length === 0 && !versions?.length) return { ranges: [], notAffected: true, state: "fixed" };
  const isFixed = ranges.some(({ fixed }) => fixed !== undefined);
  return { ranges, ...(versions && { versions }), state: isFixed ? "fixed" : "unfixed" };
}

/** Architectures of the packages that run on a machine of one. */
const packagesOn: Readonly<Record<string, readonly string[]>> = {
  x86_64: ["i386", "i586", "i686", "x86_64"],
  i386: ["i386", "i586", "i686"],
};

function conditionsOf({ conditions }: OvalStatement, verdict: OvalVerdict): Pick<AdvisoryRecord, "conditions"> {
  const architectures =
    verdict.architectures ?? conditions.architectures?.flatMap((machine) => packagesOn[machine] ?? [machine]);
  const bound = verdict.ranges.find(({ fixed }) => fixed !== undefined)?.fixed ?? "";
  const flavour =
    conditions.flavour ?? (/\.ksplice\d/.test(bound) ? "ksplice" : /_fips(\.|$)/.test(bound) ? "fips" : undefined);
  const found = {
    ...(conditions.module !== undefined && { module: conditions.module }),
    ...(architectures && { architectures: [...new Set(architectures)].sort() }),
    ...(flavour !== undefined && { flavour }),
  };
  return Object.keys(found).length > 0 ? { conditions: found } : {};
}

/** The same said of several architectures is one record. */
function add(drafts: Map<string, Draft>, draft: Draft): void {
  const { architectures, ...conditions } = draft.conditions ?? {};
  const { ecosystem, package: name, ranges, versions, status } = draft;
  const key = JSON.stringify([ecosystem, name, ranges, versions, status, conditions]);
  const known = drafts.get(key);
  if (known === undefined) {
    drafts.set(key, draft);
    return;
  }
  const earlier = known.conditions?.architectures;
  const joined = earlier && architectures && [...new Set([...earlier, ...architectures])].sort();
  const { conditions: _, ...rest } = known;
  const merged = { ...conditions, ...(joined && { architectures: joined }) };
  drafts.set(key, Object.keys(merged).length > 0 ? { ...rest, conditions: merged } : rest);
}

/**
 * Where a definition says of one package of one release both that it is affected and that it is not, two products differ, and the worse is taken; what
 * longer support brings is left out where everybody gets a fix.
 */
function withoutContradiction(drafts: readonly Draft[]): AdvisoryRecord[] {
  const place = ({ ecosystem, package: name }: Draft) => `${ecosystem} ${name}`;
  const affected = drafts.filter(({ notAffected }) => !notAffected);
  const isAffected = new Set(affected.map(place));
  const isFixed = new Set(
    affected.filter(({ state, status }) => state === "fixed" && status !== extendedSupport).map(place),
  );
  return drafts.filter((draft) =>
    draft.notAffected ? !isAffected.has(place(draft)) : draft.status !== extendedSupport || !isFixed.has(place(draft)),
  );
}
