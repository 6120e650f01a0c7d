import { corrupt, limitExceeded } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { listOf, member, textOf, textsOf } from "../feeds/feed.ts";

/** A product of a CSAF document (CSAF 2.0 §3.2.2), or one product as a part of another. */
export interface CsafProduct {
  readonly id: string;
  readonly name: string;
  readonly purls: readonly string[];
  readonly cpe: string | undefined;
  /** Set where it is a relationship: what is installed, and on what. Either may be a relationship again. */
  readonly installed?: { readonly part: CsafProduct; readonly whole: CsafProduct | undefined } | undefined;
}

interface Relationship {
  readonly product: CsafProduct;
  readonly part: string;
  readonly whole: string;
}

/** The products of a CSAF document by their ids. Relationships are followed when they are asked for, since a document has thousands of them. */
export class ProductTree {
  readonly #file: string;
  readonly #products = new Map<string, CsafProduct>();
  readonly #relationships = new Map<string, Relationship>();

  /** Reads `product_tree`; too many levels of branches are `LIMIT_EXCEEDED`. Errors name the file. */
  constructor(document: unknown, file: string) {
    this.#file = file;
    const tree = member(document, "product_tree");
    const waiting = [...listOf(member(tree, "branches")), ...listOf(member(tree, "full_product_names"))].map(
      (node) => ({ node, depth: 0 }),
    );
    for (const { node, depth } of waiting) {
      if (depth > limits.depth) throw limitExceeded(file, `${limits.depth} levels of branches`);
      const product = productOf(member(node, "product") ?? node);
      if (product !== undefined) this.#products.set(product.id, product);
      for (const inner of listOf(member(node, "branches"))) waiting.push({ node: inner, depth: depth + 1 });
    }
    for (const relation of listOf(member(tree, "relationships"))) this.#addRelationship(relation);
  }

  /** The product of an id; one that the tree only implies (`PLATFORM:COMPONENT`) is put together. Undefined where nothing is known of it. */
  product(id: string): CsafProduct | undefined {
    return this.#resolved(id, 0) ?? this.#implied(id);
  }

  #addRelationship(relation: unknown): void {
    const product = productOf(member(relation, "full_product_name"));
    const part = textOf(member(relation, "product_reference"));
    const whole = textOf(member(relation, "relates_to_product_reference"));
    if (product === undefined || part === undefined || whole === undefined) return;
    this.#relationships.set(product.id, { product, part, whole });
  }

  #resolved(id: string, depth: number): CsafProduct | undefined {
    if (depth > relationshipDepth) throw corrupt(this.#file, `has relationships without an end: ${id.slice(0, 80)}`);
    const relationship = this.#relationships.get(id);
    if (relationship === undefined) return this.#products.get(id);
    const part = this.#resolved(relationship.part, depth + 1);
    if (part === undefined) return undefined;
    return {
      ...relationship.product,
      installed: { part, whole: this.#resolved(relationship.whole, depth + 1) },
    };
  }

  /** Some publishers leave relationships out and let the id say it. The platform is the longest known beginning. */
  #implied(id: string): CsafProduct | undefined {
    let tries = 0;
    for (let colon = id.lastIndexOf(":"); colon > 0; colon = id.lastIndexOf(":", colon - 1)) {
      if (++tries > impliedColons) return undefined;
      const whole = this.#resolved(id.slice(0, colon), 0);
      if (whole === undefined) continue;
      const partId = id.slice(colon + 1);
      const part = this.#resolved(partId, 0) ?? { id: partId, name: partId, purls: [], cpe: undefined };
      return { id, name: id, purls: [], cpe: undefined, installed: { part, whole } };
    }
    return undefined;
  }
}

/** A package in a module in a product takes two; nobody needs many more. */
const relationshipDepth = 8;

/** Colons in an id that may part the platform from the component; a module with version and context has five. */
const impliedColons = 12;

function productOf(value: unknown): CsafProduct | undefined {
  const id = textOf(member(value, "product_id"));
  if (id === undefined) return undefined;
  const helper = member(value, "product_identification_helper");
  const purls = [...textsOf(member(helper, "purl")), ...textsOf(member(helper, "purls"))];
  return {
    id,
    name: textOf(member(value, "name")) ?? id,
    purls: purls.filter((purl) => purl.startsWith("pkg:")),
    cpe: textOf(member(helper, "cpe")),
  };
}
