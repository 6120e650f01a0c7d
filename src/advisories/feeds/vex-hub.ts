import { corrupt } from "../../core/errors.ts";
import type { VexStatement } from "../record.ts";
import { type Feed, type FeedFile, listOf, member, readJson, textOf, textsOf } from "./feed.ts";

/** OpenVEX documents of a VEX hub (openvex.dev/ns): which vulnerabilities a product has although, or does not have because. */
export const vexHub: Feed = {
  id: "vex-hub",
  title: "VEX hub",
  names: ["vexhub_aqua", "vexhub", "vex-hub", "vex"],
  ecosystems: [],
  eager: true,
  mirror: { kind: "files", urls: ["https://github.com/aquasecurity/vexhub/archive/refs/heads/main.tar.gz"] },
  wants: (path) => /(openvex|\.vex)[^/]*\.json$/.test(path),
  recognises: ({ text }) => text.includes("https://openvex.dev/ns") && text.includes('"statements"'),
  read: (file) => ({ statements: openVexStatements(readJson(file), file) }),
};

const statuses = ["not_affected", "affected", "fixed", "under_investigation"] as const;

/** The statements of one OpenVEX document. What is no such document, or has a status that OpenVEX does not know, is `CORRUPT_INPUT`. */
export function openVexStatements(document: unknown, file: FeedFile): VexStatement[] {
  if (!textOf(member(document, "@context"))?.startsWith("https://openvex.dev/ns"))
    throw corrupt(file.path, "is no OpenVEX document");
  const id = textOf(member(document, "@id")) ?? file.path;
  const author = textOf(member(document, "author"));
  return listOf(member(document, "statements")).map((statement) => {
    const vulnerability = member(statement, "vulnerability");
    const name = textOf(vulnerability) ?? textOf(member(vulnerability, "name")) ?? textOf(member(vulnerability, "@id"));
    const status = statuses.find((known) => known === member(statement, "status"));
    if (name === undefined || status === undefined)
      throw corrupt(file.path, "has a statement without vulnerability or status");
    const date =
      textOf(member(statement, "last_updated")) ??
      textOf(member(statement, "timestamp")) ??
      textOf(member(document, "last_updated")) ??
      textOf(member(document, "timestamp"));
    const products = listOf(member(statement, "products"));
    return {
      vulnerability: name,
      aliases: textsOf(member(vulnerability, "aliases")),
      products: products.flatMap(purlsOf),
      subcomponents: [
        ...new Set(products.flatMap((product) => listOf(member(product, "subcomponents")).flatMap(purlsOf))),
      ],
      status,
      ...optional("justification", textOf(member(statement, "justification"))),
      ...optional("impact", textOf(member(statement, "impact_statement"))),
      ...optional("action", textOf(member(statement, "action_statement"))),
      document: id,
      ...optional("author", author),
      ...optional("date", date),
    };
  });
}

function optional<K extends string>(name: K, value: string | undefined): { [key in K]?: string } {
  return (value === undefined ? {} : { [name]: value }) as { [key in K]?: string };
}

/** A component is named by its id or by an identifier; only package URLs can be looked up. */
function purlsOf(component: unknown): string[] {
  const ids = [
    textOf(component),
    textOf(member(component, "@id")),
    textOf(member(member(component, "identifiers"), "purl")),
  ];
  return [...new Set(ids.filter((id): id is string => id?.startsWith("pkg:") === true))];
}
