import { compareText, prettyJson } from "../../core/canonical-json.ts";
import { sha256 } from "../../core/digest.ts";
import type { VexDocumentHead, WrittenStatement } from "./write-vex.ts";

const groups = { affected: "known_affected", not_affected: "known_not_affected", fixed: "fixed" } as const;

/** A package within a product, or a product, with the short name that the document knows it by. */
interface Product {
  readonly id: string;
  readonly name: string;
}

/** Decisions as a CSAF document (OASIS CSAF 2.0, profile VEX): packages are components of products, and each vulnerability names both together. */
export function writeCsafVex(statements: readonly WrittenStatement[], head: VexDocumentHead): string {
  const names = new Map<string, Product>();
  const productOf = (name: string) => {
    const known = names.get(name) ?? { id: `CSAFPID-${sha256(name).slice(0, 16)}`, name };
    names.set(name, known);
    return known;
  };
  const pairs = new Map<string, readonly [part: Product, whole: Product]>();
  const idsOf = ({ products }: WrittenStatement) =>
    products.flatMap(({ "@id": whole, subcomponents = [] }) =>
      subcomponents.map(({ "@id": part }) => {
        const id = `CSAFPID-${sha256(`${part} in ${whole}`).slice(0, 16)}`;
        pairs.set(id, [productOf(part), productOf(whole)]);
        return id;
      }),
    );
  const vulnerabilities = [...byVulnerability(statements)].map(([name, group]) => ({
    ...identified(name, group),
    notes: [{ category: "description", text: `Decisions about ${name}` }],
    ...decisionsOf(group, idsOf),
  }));
  const tree = {
    full_product_names: [...names.values()].sort((a, b) => compareText(a.name, b.name)).map(fullName),
    relationships: [...pairs]
      .sort(([a], [b]) => compareText(a, b))
      .map(([id, [part, whole]]) => ({
        category: "default_component_of",
        product_reference: part.id,
        relates_to_product_reference: whole.id,
        full_product_name: { name: `${part.name} in ${whole.name}`, product_id: id },
      })),
  };
  const body = { product_tree: tree, vulnerabilities };
  return prettyJson({ document: documentHead(head, sha256(JSON.stringify([head, body]))), ...body });
}

function documentHead({ author, timestamp, tool }: VexDocumentHead, digest: string): object {
  return {
    category: "csaf_vex",
    csaf_version: "2.0",
    title: `Decisions about vulnerabilities by ${author}`,
    publisher: {
      category: "user",
      name: author,
      namespace: /^https?:\/\//.test(author) ? author : `urn:plimsoll:author:${encodeURIComponent(author)}`,
    },
    tracking: {
      id: `plimsoll-vex-${digest.slice(0, 32)}`,
      status: "final",
      version: "1",
      initial_release_date: timestamp,
      current_release_date: timestamp,
      revision_history: [{ number: "1", date: timestamp, summary: "First version" }],
      generator: { engine: { name: tool } },
    },
  };
}

function fullName({ id, name }: Product): object {
  return {
    name,
    product_id: id,
    ...(name.startsWith("pkg:") && { product_identification_helper: { purl: name } }),
  };
}

function byVulnerability(statements: readonly WrittenStatement[]): Map<string, WrittenStatement[]> {
  const found = new Map<string, WrittenStatement[]>();
  for (const one of statements) {
    const { name } = one.vulnerability;
    found.set(name, [...(found.get(name) ?? []), one]);
  }
  return found;
}

function identified(name: string, group: readonly WrittenStatement[]): object {
  const names = new Set([name, ...group.flatMap(({ vulnerability }) => vulnerability.aliases ?? [])]);
  const isCve = /^CVE-\d{4}-\d{4,}$/.test(name);
  const ids = [...names].filter((one) => !isCve || one !== name).sort(compareText);
  return {
    ...(isCve && { cve: name }),
    ...(ids.length > 0 && { ids: ids.map((text) => ({ system_name: text.split("-", 1)[0], text })) }),
  };
}

function decisionsOf(group: readonly WrittenStatement[], idsOf: (one: WrittenStatement) => string[]): object {
  const statuses: Record<string, string[]> = {};
  const flags: object[] = [];
  const threats: object[] = [];
  const remediations: object[] = [];
  for (const one of group) {
    const ids = idsOf(one);
    const status = groups[one.status];
    statuses[status] = [...new Set([...(statuses[status] ?? []), ...ids])].sort(compareText);
    if (one.justification !== undefined) flags.push({ label: one.justification, product_ids: ids });
    if (one.impact_statement !== undefined)
      threats.push({ category: "impact", details: one.impact_statement, product_ids: ids });
    if (one.action_statement !== undefined)
      remediations.push({ category: "no_fix_planned", details: one.action_statement, product_ids: ids });
  }
  return {
    product_status: statuses,
    ...(flags.length > 0 && { flags }),
    ...(threats.length > 0 && { threats }),
    ...(remediations.length > 0 && { remediations }),
  };
}
