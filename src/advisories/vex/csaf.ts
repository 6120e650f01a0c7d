import { corrupt } from "../../core/errors.ts";
import { ByProduct, productGroups } from "../csaf/by-product.ts";
import { type CsafProduct, ProductTree } from "../csaf/product-tree.ts";
import { productStatuses } from "../csaf/statuses.ts";
import { listOf, member, textOf } from "../feeds/feed.ts";
import type { VexStatement } from "../record.ts";

/** The statements of a CSAF VEX document (CSAF 2.0, profile VEX). Products without a package URL cannot be told and are left out. */
export function csafStatements(document: unknown, name: string): VexStatement[] {
  const head = member(document, "document");
  const tracking = member(head, "tracking");
  const about = {
    document: textOf(member(tracking, "id")) ?? name,
    ...optional("author", textOf(member(member(head, "publisher"), "name"))),
    ...optional("date", textOf(member(tracking, "current_release_date"))),
  };
  const tree = new ProductTree(document, name);
  const groups = productGroups(document);
  return listOf(member(document, "vulnerabilities")).flatMap((entry) => {
    const ids = listOf(member(entry, "ids")).flatMap((id) => textOf(member(id, "text")) ?? []);
    const vulnerability = textOf(member(entry, "cve")) ?? ids[0];
    if (vulnerability === undefined) throw corrupt(name, "has a vulnerability without cve or ids");
    const reasons = {
      flags: new ByProduct(member(entry, "flags"), groups),
      threats: new ByProduct(member(entry, "threats"), groups),
      remediations: new ByProduct(member(entry, "remediations"), groups),
    };
    return [...productStatuses(entry)].flatMap(([id, status]): VexStatement[] => {
      const product = vexProduct(tree.product(id));
      if (product.products.length === 0) return [];
      return [{ vulnerability, aliases: ids, ...product, status, ...reasonsOf(id, reasons), ...about }];
    });
  });
}

interface Reasons {
  readonly flags: ByProduct;
  readonly threats: ByProduct;
  readonly remediations: ByProduct;
}

function reasonsOf(
  id: string,
  { flags, threats, remediations }: Reasons,
): Pick<VexStatement, "justification" | "impact" | "action"> {
  const impact = threats.about(id).find((threat) => member(threat, "category") === "impact");
  return {
    ...optional("justification", textOf(member(flags.about(id)[0], "label"))),
    ...optional("impact", textOf(member(impact, "details"))),
    ...optional("action", textOf(member(remediations.about(id)[0], "details"))),
  };
}

const nothing: Pick<VexStatement, "products" | "subcomponents"> = { products: [], subcomponents: [] };

function vexProduct(product: CsafProduct | undefined): Pick<VexStatement, "products" | "subcomponents"> {
  if (product === undefined) return nothing;
  // The module of an rpm is no product; the package's own URL names it.
  if (product.installed === undefined)
    return { products: product.purls.filter((purl) => !purl.startsWith("pkg:rpmmod/")), subcomponents: [] };
  const part = vexProduct(product.installed.part);
  const whole = vexProduct(product.installed.whole);
  // A platform that is known by a CPE alone is the distribution itself, which its packages' URLs name already.
  return whole.products.length === 0 ? part : { products: whole.products, subcomponents: part.products };
}

function optional<K extends string>(name: K, value: string | undefined): { [key in K]?: string } {
  return (value === undefined ? {} : { [name]: value }) as { [key in K]?: string };
}
