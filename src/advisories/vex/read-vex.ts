import { corrupt, limitExceeded } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { listOf, member, readJson, textOf } from "../feeds/feed.ts";
import { openVexStatements } from "../feeds/vex-hub.ts";
import type { VexStatement } from "../record.ts";
import { csafStatements } from "./csaf.ts";

/** The statements of a VEX document: OpenVEX, CycloneDX with `analysis`, or CSAF of category `csaf_vex`. Anything else is `CORRUPT_INPUT`. */
export function readVex(text: string, name: string): VexStatement[] {
  if (text.length > limits.document) throw limitExceeded(name, `${limits.document} bytes of a document`);
  const file = { path: name, text };
  const document = readJson(file);
  if (textOf(member(document, "@context"))?.includes("openvex")) return openVexStatements(document, file);
  if (member(document, "bomFormat") === "CycloneDX") return cyclonedxStatements(document, name);
  if (member(member(document, "document"), "csaf_version") !== undefined) return csafStatements(document, name);
  throw corrupt(name, "is no VEX document: neither OpenVEX, nor CycloneDX, nor CSAF");
}

/** States of CycloneDX (1.6, vulnerabilities[].analysis.state) in VEX terms. */
const states: Readonly<Record<string, VexStatement["status"]>> = {
  resolved: "fixed",
  resolved_with_pedigree: "fixed",
  exploitable: "affected",
  in_triage: "under_investigation",
  false_positive: "not_affected",
  not_affected: "not_affected",
};

function cyclonedxStatements(document: unknown, name: string): VexStatement[] {
  const purls = purlsByReference(document);
  const main = textOf(member(member(member(document, "metadata"), "component"), "purl"));
  const serial = textOf(member(document, "serialNumber")) ?? name;
  const date = textOf(member(member(document, "metadata"), "timestamp"));
  return listOf(member(document, "vulnerabilities")).flatMap((entry): VexStatement[] => {
    const analysis = member(entry, "analysis");
    const vulnerability = textOf(member(entry, "id"));
    const status = states[textOf(member(analysis, "state")) ?? ""];
    if (vulnerability === undefined || status === undefined) return [];
    const affected = listOf(member(entry, "affects")).flatMap((affects) =>
      purlOf(textOf(member(affects, "ref")), purls),
    );
    const changed = textOf(member(analysis, "lastUpdated")) ?? date;
    return [
      {
        vulnerability,
        aliases: listOf(member(entry, "references")).flatMap((reference) => textOf(member(reference, "id")) ?? []),
        // What is about the described product itself concerns all of it; otherwise each component speaks for itself.
        products: affected.length > 0 ? affected : main === undefined ? [] : [main],
        subcomponents: [],
        status,
        ...optional("justification", textOf(member(analysis, "justification"))),
        ...optional("impact", textOf(member(analysis, "detail"))),
        document: serial,
        ...optional("date", changed),
      },
    ];
  });
}

function purlsByReference(document: unknown): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const waiting: { component: unknown; depth: number }[] = [
    member(member(document, "metadata"), "component"),
    ...listOf(member(document, "components")),
  ].map((component) => ({ component, depth: 0 }));
  for (const { component, depth } of waiting) {
    if (depth > limits.depth) throw limitExceeded("CycloneDX components", `${limits.depth} levels`);
    const [reference, purl] = [textOf(member(component, "bom-ref")), textOf(member(component, "purl"))];
    if (reference !== undefined && purl !== undefined) found.set(reference, purl);
    waiting.push(...listOf(member(component, "components")).map((inner) => ({ component: inner, depth: depth + 1 })));
  }
  return found;
}

/** A reference is a `bom-ref` of this document, a package URL, or a BOM-Link `urn:cdx:serial/version#bom-ref` to another. */
function purlOf(reference: string | undefined, purls: ReadonlyMap<string, string>): string[] {
  if (reference === undefined) return [];
  const local = reference.startsWith("urn:cdx:") ? decoded(reference.slice(reference.indexOf("#") + 1)) : reference;
  const purl = purls.get(local) ?? (local.startsWith("pkg:") ? local : undefined);
  return purl === undefined ? [] : [purl];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not encoded after all.
    return text;
  }
}

function optional<K extends string>(name: K, value: string | undefined): { [key in K]?: string } {
  return (value === undefined ? {} : { [name]: value }) as { [key in K]?: string };
}
