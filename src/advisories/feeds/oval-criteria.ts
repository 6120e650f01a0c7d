import type { XmlElement } from "../../formats/xml.ts";

/** Where something holds, as the criteria of an OVAL definition say by their comments. */
export interface OvalConditions {
  /** Products in the publisher's words, one of which must be installed; undefined where none is named. */
  readonly products?: readonly string[] | undefined;
  /** The machine's architectures, one of which it must have. */
  readonly architectures?: readonly string[] | undefined;
  /** rpm module and stream that must be enabled: `nodejs:12`. */
  readonly module?: string | undefined;
  /** Build flavour that the tested packages are of. */
  readonly flavour?: string | undefined;
}

/** Tests of packages that must hold at once, under conditions. */
export interface OvalStatement {
  readonly conditions: OvalConditions;
  /** Ids of tests. Several may be about one package (a version between two bounds). */
  readonly tests: readonly string[];
}

type Meaning =
  | { readonly kind: "product" | "architecture" | "module" | "flavour"; readonly value: string }
  | { readonly kind: "test"; readonly value: string }
  | { readonly kind: "aside" };

/** Comments that say a condition (Oracle and SUSE). All others belong to tests of packages, whose content tells what they mean. */
const phrases: readonly (readonly [RegExp, Exclude<Meaning["kind"], "test">])[] = [
  [/^Oracle Linux arch is (\S+)$/, "architecture"],
  [/^Module (\S+) is enabled$/, "module"],
  [/ is (ksplice)-based$/, "flavour"],
  [/ is (fips) patched$/, "flavour"],
  [/ is signed with /, "aside"],
  [/ is (?:not installed|running|not running)$/, "aside"],
  // A package stands there as `name-version-release`, a product has blanks in its name.
  [/^(\S+ .*\S) is installed$/, "product"],
];

/**
 * What the criteria of a definition say of packages (OVAL Language Specification 5.10.1 §4.3.4, CriteriaType): conditions hold for everything beside and below
 * them in an AND; each branch of an OR stands for itself. What is negated says nothing that can be used.
 */
export function statementsOf(criteria: XmlElement | undefined): OvalStatement[] {
  const statements: OvalStatement[] = [];
  if (criteria) walk(nodeOf(criteria), {}, statements);
  return statements;
}

/** One node of the criteria. */
interface Node {
  readonly isOr: boolean;
  readonly meanings: readonly Meaning[];
  readonly nodes: readonly Node[];
  /** There are conditions alone in it and below it. */
  readonly isPure: boolean;
}

function nodeOf(element: XmlElement): Node {
  const parts = isNegated(element) ? [] : element.children.filter((child) => !isNegated(child));
  const meanings = parts.filter(({ name }) => name === "criterion").map(meaningOf);
  const nodes = parts.filter(({ name }) => name === "criteria").map(nodeOf);
  return {
    isOr: element.attributes.get("operator") === "OR",
    meanings,
    nodes,
    isPure: meanings.every(({ kind }) => kind !== "test") && nodes.every(({ isPure }) => isPure),
  };
}

function walk({ isOr, meanings, nodes }: Node, outer: OvalConditions, statements: OvalStatement[]): void {
  const tests = meanings.flatMap((meaning) => (meaning.kind === "test" ? [meaning.value] : []));
  if (isOr) {
    for (const test of tests) statements.push({ conditions: outer, tests: [test] });
    for (const child of nodes) walk(child, outer, statements);
    return;
  }
  const conditions = narrowed(outer, [...meanings, ...nodes.filter(({ isPure }) => isPure).flatMap(allMeanings)]);
  if (tests.length > 0) statements.push({ conditions, tests });
  for (const child of nodes) if (!child.isPure) walk(child, conditions, statements);
}

function isNegated({ attributes }: XmlElement): boolean {
  const value = attributes.get("negate");
  return value === "true" || value === "1";
}

function meaningOf(criterion: XmlElement): Meaning {
  const comment = criterion.attributes.get("comment")?.trim() ?? "";
  for (const [pattern, kind] of phrases) {
    const value = pattern.exec(comment);
    if (value) return kind === "aside" ? { kind } : { kind, value: value[1]! };
  }
  return { kind: "test", value: criterion.attributes.get("test_ref") ?? "" };
}

function allMeanings({ meanings, nodes }: Node): Meaning[] {
  return [...meanings, ...nodes.flatMap(allMeanings)];
}

function narrowed(outer: OvalConditions, meanings: readonly Meaning[]): OvalConditions {
  const named = (wanted: Meaning["kind"]) =>
    meanings.flatMap((meaning) => (meaning.kind === wanted && "value" in meaning ? [meaning.value] : []));
  const [products, architectures] = [named("product"), named("architecture")];
  const module = named("module")[0] ?? outer.module;
  const flavour = named("flavour")[0] ?? outer.flavour;
  const inner = {
    products: products.length > 0 ? products : outer.products,
    architectures: architectures.length > 0 ? architectures : outer.architectures,
  };
  return {
    ...(inner.products && { products: inner.products }),
    ...(inner.architectures && { architectures: inner.architectures }),
    ...(module !== undefined && { module }),
    ...(flavour !== undefined && { flavour }),
  };
}
