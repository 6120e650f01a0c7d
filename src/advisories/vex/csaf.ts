import { corrupt, limitExceeded } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { listOf, member, textOf, textsOf } from "../feeds/feed.ts";
import type { VexStatement } from "../record.ts";

/** Product states of CSAF 2.0 (§3.2.3.9) in VEX terms; the later ones are about versions, not about being affected. */
const statuses: readonly (readonly [string, VexStatement["status"]])[] = [
  ["known_not_affected", "not_affected"],
  ["fixed", "fixed"],
  ["first_fixed", "fixed"],
  ["known_affected", "affected"],
  ["under_investigation", "under_investigation"],
];

interface Product {
  /** Package URLs of the product, or of the part that is installed on another. */
  readonly products: readonly string[];
  readonly subcomponents: readonly string[];
}

/** The statements of a CSAF VEX document (CSAF 2.0, profile VEX). Products without a package URL cannot be told and are left out. */
export function csafStatements(document: unknown, name: string): VexStatement[] {
  const head = member(document, "document");
  const tracking = member(head, "tracking");
  const about = {
    document: textOf(member(tracking, "id")) ?? name,
    ...optional("author", textOf(member(member(head, "publisher"), "name"))),
    ...optional("date", textOf(member(tracking, "current_release_date"))),
  };
  const products = productsIn(member(document, "product_tree"), name);
  return listOf(member(document, "vulnerabilities")).flatMap((entry) => {
    const vulnerability =
      textOf(member(entry, "cve")) ?? listOf(member(entry, "ids")).flatMap((id) => textOf(member(id, "text")) ?? [])[0];
    if (vulnerability === undefined) throw corrupt(name, "has a vulnerability without cve or ids");
    return statuses.flatMap(([key, status]) =>
      textsOf(member(member(entry, "product_status"), key)).flatMap((id) =>
        statementsOf(id, status, vulnerability, entry, products, about),
      ),
    );
  });
}

function statementsOf(
  id: string,
  status: VexStatement["status"],
  vulnerability: string,
  entry: unknown,
  products: ReadonlyMap<string, Product>,
  about: Pick<VexStatement, "document" | "author" | "date">,
): VexStatement[] {
  const product = products.get(id);
  if (product === undefined || product.products.length === 0) return [];
  return [
    {
      vulnerability,
      aliases: listOf(member(entry, "ids")).flatMap((other) => textOf(member(other, "text")) ?? []),
      ...product,
      status,
      ...optional("justification", labelFor(id, member(entry, "flags"), "label")),
      ...optional(
        "impact",
        labelFor(
          id,
          listOf(member(entry, "threats")).filter((threat) => member(threat, "category") === "impact"),
          "details",
        ),
      ),
      ...optional("action", labelFor(id, member(entry, "remediations"), "details")),
      ...about,
    },
  ];
}

/** What a list says about a product; an entry that names no products is about all of them. */
function labelFor(id: string, entries: unknown, field: string): string | undefined {
  const found = listOf(entries).find((entry) => {
    const ids = textsOf(member(entry, "product_ids"));
    return ids.length === 0 || ids.includes(id);
  });
  return textOf(member(found, field));
}

function productsIn(tree: unknown, name: string): ReadonlyMap<string, Product> {
  const found = new Map<string, Product>();
  const waiting = [...listOf(member(tree, "branches")), ...listOf(member(tree, "full_product_names"))].map((node) => ({
    node,
    depth: 0,
  }));
  for (const { node, depth } of waiting) {
    if (depth > limits.depth) throw limitExceeded(name, `${limits.depth} levels of branches`);
    addProduct(found, member(node, "product") ?? node);
    waiting.push(...listOf(member(node, "branches")).map((inner) => ({ node: inner, depth: depth + 1 })));
  }
  for (const relation of listOf(member(tree, "relationships"))) {
    const id = textOf(member(member(relation, "full_product_name"), "product_id"));
    const part = found.get(textOf(member(relation, "product_reference")) ?? "");
    const whole = found.get(textOf(member(relation, "relates_to_product_reference")) ?? "");
    if (id === undefined || part === undefined) continue;
    // A platform that is known by a CPE alone is the distribution itself, which its packages' URLs name already.
    found.set(
      id,
      whole === undefined || whole.products.length === 0
        ? part
        : { products: whole.products, subcomponents: part.products },
    );
  }
  return found;
}

function addProduct(found: Map<string, Product>, product: unknown): void {
  const id = textOf(member(product, "product_id"));
  if (id === undefined) return;
  const helper = member(product, "product_identification_helper");
  const purls = [...textsOf(member(helper, "purl")), ...textsOf(member(helper, "purls"))];
  found.set(id, { products: purls.filter((purl) => purl.startsWith("pkg:")), subcomponents: [] });
}

function optional<K extends string>(name: K, value: string | undefined): { [key in K]?: string } {
  return (value === undefined ? {} : { [name]: value }) as { [key in K]?: string };
}
