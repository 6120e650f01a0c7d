import { compareText, prettyJson } from "../../core/canonical-json.ts";
import { sha256 } from "../../core/digest.ts";
import type { Finding } from "../../core/finding.ts";

/** What a written document says of itself. */
export interface VexDocumentHead {
  /** Who speaks. */
  readonly author: string;
  /** ISO 8601. */
  readonly timestamp: string;
  readonly tool: string;
}

interface Statement {
  readonly vulnerability: { readonly name: string; readonly aliases?: readonly string[] };
  readonly timestamp: string;
  readonly products: readonly {
    readonly "@id": string;
    readonly subcomponents?: readonly { readonly "@id": string }[];
  }[];
  readonly status: string;
  readonly action_statement: string;
}

/**
 * The waived vulnerabilities of an assessment as an OpenVEX document (openvex.dev/ns/v0.2.0). A waiver accepts a risk and does not say that it is none, so
 * the status is `affected` with what was decided as the action; a finding without a waiver is not stated.
 */
export function writeOpenVex(findings: readonly Finding[], head: VexDocumentHead): string {
  const statements = findings
    .flatMap((finding) => statementsOf(finding, head))
    .sort((a, b) => compareText(JSON.stringify(a), JSON.stringify(b)));
  const body = {
    "@context": "https://openvex.dev/ns/v0.2.0",
    author: head.author,
    timestamp: head.timestamp,
    version: 1,
    tooling: head.tool,
    statements,
  };
  return prettyJson({ "@id": `urn:plimsoll:vex:${sha256(JSON.stringify(body))}`, ...body });
}

function statementsOf(finding: Finding, head: VexDocumentHead): Statement[] {
  const { waiver } = finding;
  if (waiver === undefined) return [];
  return finding.evidence.flatMap(({ details }): Statement[] => {
    const id = details?.["id"];
    const purl = details?.["purl"];
    if (details?.["kind"] !== "vulnerability" || typeof id !== "string" || typeof purl !== "string") return [];
    const aliases = Array.isArray(details["aliases"])
      ? details["aliases"].filter((alias) => typeof alias === "string")
      : [];
    return [
      {
        vulnerability: { name: id, ...(aliases.length > 0 ? { aliases } : {}) },
        timestamp: head.timestamp,
        products: [{ "@id": finding.subject, subcomponents: [{ "@id": purl }] }],
        status: "affected",
        action_statement: `Accepted until ${waiver.expires} by ${waiver.approver}: ${waiver.reason}`,
      },
    ];
  });
}
