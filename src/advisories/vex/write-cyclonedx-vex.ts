import { compareText, prettyJson } from "../../core/canonical-json.ts";
import { uuid5 } from "../../core/digest.ts";
import { AppError } from "../../core/errors.ts";
import { parsePackageUrl } from "../../formats/package-url.ts";
import type { VexDocumentHead, WrittenStatement } from "./write-vex.ts";

/** States of CycloneDX (1.6, vulnerabilities[].analysis.state). */
const states = { affected: "exploitable", not_affected: "not_affected", fixed: "resolved" } as const;

/** Justifications of CycloneDX that say the same; what has none is told in the detail alone. */
const justifications: Readonly<Record<string, string>> = {
  component_not_present: "code_not_present",
  vulnerable_code_not_present: "code_not_present",
  vulnerable_code_not_in_execute_path: "code_not_reachable",
  inline_mitigations_already_exist: "protected_by_mitigating_control",
};

/** Decisions about one product as CycloneDX 1.6 with `analysis`. Statements there are about components of the described product, so that several products are a `USAGE` error. */
export function writeCyclonedxVex(statements: readonly WrittenStatement[], head: VexDocumentHead): string {
  const products = [...new Set(statements.flatMap((one) => one.products.map((product) => product["@id"])))];
  const [product] = products;
  if (product === undefined || products.length > 1)
    throw new AppError("USAGE", `CycloneDX describes one product, and the facts hold ${products.length}`, {
      hint: "write OpenVEX or CSAF, or assess one image",
    });
  const purls = [...new Set(statements.flatMap((one) => purlsOf(one)))].sort(compareText);
  const body = {
    metadata: {
      timestamp: head.timestamp,
      tools: { components: [{ type: "application", name: head.tool }] },
      authors: [{ name: head.author }],
      component: { type: "container", "bom-ref": product, ...named(product) },
    },
    components: purls.map((purl) => ({ type: "library", "bom-ref": purl, ...named(purl) })),
    vulnerabilities: statements.map(vulnerabilityOf),
  };
  return prettyJson({
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: `urn:uuid:${uuid5(JSON.stringify(body))}`,
    version: 1,
    ...body,
  });
}

function purlsOf({ products }: WrittenStatement): string[] {
  return products.flatMap(({ subcomponents = [] }) => subcomponents.map((part) => part["@id"]));
}

function named(reference: string): { name: string; version?: string; purl?: string } {
  try {
    const { namespace, name, version } = parsePackageUrl(reference, { anyCase: true });
    return {
      name: namespace === undefined ? name : `${namespace}/${name}`,
      ...(version !== undefined && { version }),
      purl: reference,
    };
  } catch {
    // A host goes by its subject.
    return { name: reference };
  }
}

function vulnerabilityOf(one: WrittenStatement): object {
  const { vulnerability, status, justification, impact_statement: impact, action_statement: action } = one;
  const label = justification === undefined ? undefined : justifications[justification];
  const detail = [label === undefined ? justification?.replaceAll("_", " ") : undefined, impact ?? action]
    .filter((text) => text !== undefined)
    .join(": ");
  return {
    id: vulnerability.name,
    ...(vulnerability.aliases !== undefined && {
      references: vulnerability.aliases.map((id) => ({ id, source: { name: id.split("-", 1)[0] } })),
    }),
    analysis: {
      state: states[status],
      ...(label !== undefined && { justification: label }),
      ...(detail !== "" && { detail }),
      lastUpdated: one.timestamp,
    },
    affects: purlsOf(one).map((ref) => ({ ref })),
  };
}
