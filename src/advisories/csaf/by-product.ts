import { listOf, member, textsOf } from "../feeds/feed.ts";

/** Product ids by the id of their group (CSAF 2.0 §3.2.2.2). */
export type ProductGroups = ReadonlyMap<string, readonly string[]>;

/** The groups of a document's product tree. */
export function productGroups(document: unknown): ProductGroups {
  const groups = listOf(member(member(document, "product_tree"), "product_groups"));
  return new Map(groups.map((group) => [String(member(group, "group_id")), textsOf(member(group, "product_ids"))]));
}

/** A list of a vulnerability (flags, remediations, scores, threats) by the products that its entries are about, in the document's order. */
export class ByProduct {
  readonly #entries = new Map<string, unknown[]>();
  readonly #general: unknown[] = [];

  /** `key` is the member that names the products: `product_ids`, or `products` in scores. */
  constructor(entries: unknown, groups: ProductGroups, key: "product_ids" | "products" = "product_ids") {
    for (const entry of listOf(entries)) {
      const ids = [
        ...textsOf(member(entry, key)),
        ...textsOf(member(entry, "group_ids")).flatMap((group) => groups.get(group) ?? []),
      ];
      // An entry that names no products is about all of them; one whose list is empty is about none.
      if (member(entry, key) === undefined && member(entry, "group_ids") === undefined) this.#general.push(entry);
      for (const id of new Set(ids)) {
        const known = this.#entries.get(id);
        if (known === undefined) this.#entries.set(id, [entry]);
        else known.push(entry);
      }
    }
  }

  /** The entries about a product, those about all products last. */
  about(id: string): readonly unknown[] {
    const own = this.#entries.get(id);
    return own === undefined ? this.#general : [...own, ...this.#general];
  }
}
