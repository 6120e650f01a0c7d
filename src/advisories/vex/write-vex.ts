import { compareText, prettyJson } from "../../core/canonical-json.ts";
import { sha256 } from "../../core/digest.ts";
import type { Finding, Waiver } from "../../core/finding.ts";

/** What a written document says of itself. */
export interface VexDocumentHead {
  /** Who speaks. */
  readonly author: string;
  /** ISO 8601. */
  readonly timestamp: string;
  readonly tool: string;
}

/** A vulnerability that was set aside for a package, as reports keep it. */
export interface SetAside {
  readonly subject: string;
  readonly match: { readonly id: string; readonly aliases: readonly string[]; readonly purl: string };
  readonly status: string;
  readonly reason: string;
  readonly source: string;
}

/** One decision, as OpenVEX writes it. */
export interface WrittenStatement {
  readonly vulnerability: { readonly name: string; readonly aliases?: readonly string[] };
  readonly timestamp: string;
  readonly products: readonly {
    readonly "@id": string;
    readonly subcomponents?: readonly { readonly "@id": string }[];
  }[];
  readonly status: "affected" | "not_affected" | "fixed";
  readonly action_statement?: string;
  readonly justification?: string;
  readonly impact_statement?: string;
}

/** The justifications of OpenVEX 0.2.0 for `not_affected`. */
const justifications = [
  "component_not_present",
  "vulnerable_code_not_present",
  "vulnerable_code_not_in_execute_path",
  "vulnerable_code_cannot_be_controlled_by_adversary",
  "inline_mitigations_already_exist",
] as const;

/**
 * The decisions of an assessment, sorted. A waiver accepts a risk and does not say that it is none, so its status is
 * `affected` with what was decided as the action, unless its reason begins with a justification of OpenVEX and a colon. What a statement or the publisher of an
 * advisory set aside is `not_affected` or `fixed`, with who said so; what was set aside for another reason, and a finding without a waiver, is not stated.
 */
export function vexDecisions(
  findings: readonly Finding[],
  head: VexDocumentHead,
  setAside: readonly SetAside[] = [],
  productOf: (subject: string) => string = (subject) => subject,
): WrittenStatement[] {
  return [
    ...findings.flatMap((finding) => waived(finding, head, productOf)),
    ...setAside.flatMap((one) => takenBack(one, head, productOf)),
  ].sort((a, b) => compareText(JSON.stringify(a), JSON.stringify(b)));
}

/** Decisions as an OpenVEX document (openvex.dev/ns/v0.2.0). */
export function writeOpenVex(statements: readonly WrittenStatement[], head: VexDocumentHead): string {
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

function waived(
  { waiver, subject, evidence }: Finding,
  head: VexDocumentHead,
  productOf: (subject: string) => string,
): WrittenStatement[] {
  if (waiver === undefined) return [];
  return evidence.flatMap(({ details }): WrittenStatement[] => {
    const id = details?.["id"];
    const purl = details?.["purl"];
    if (details?.["kind"] !== "vulnerability" || typeof id !== "string" || typeof purl !== "string") return [];
    const aliases = Array.isArray(details["aliases"])
      ? details["aliases"].filter((alias) => typeof alias === "string")
      : [];
    return [{ ...about({ id, aliases, purl }, productOf(subject), head), ...decided(waiver) }];
  });
}

function about(
  { id, aliases, purl }: SetAside["match"],
  product: string,
  head: VexDocumentHead,
): Pick<WrittenStatement, "vulnerability" | "timestamp" | "products"> {
  return {
    vulnerability: { name: id, ...(aliases.length > 0 ? { aliases } : {}) },
    timestamp: head.timestamp,
    products: [{ "@id": product, subcomponents: [{ "@id": purl }] }],
  };
}

/** `vulnerable_code_not_in_execute_path: the parser is never called` is a judgement; any other reason accepts a risk. */
function decided({
  reason,
  expires,
  approver,
}: Waiver): Pick<WrittenStatement, "status" | "justification" | "impact_statement" | "action_statement"> {
  const [, label, why] = /^\s*([a-z_]+)\s*:\s*(.*)$/s.exec(reason) ?? [];
  const justification = justifications.find((one) => one === label);
  if (justification === undefined)
    return { status: "affected", action_statement: `Accepted until ${expires} by ${approver}: ${reason}` };
  const impact = `${why === "" ? "" : `${why} `}(judged by ${approver}, until ${expires})`;
  return { status: "not_affected", justification, impact_statement: impact };
}

function takenBack(one: SetAside, head: VexDocumentHead, productOf: (subject: string) => string): WrittenStatement[] {
  const common = about(one.match, productOf(one.subject), head);
  if (one.status === "fixed") return [{ ...common, status: "fixed" }];
  if (one.status !== "not_affected") return [];
  const justification = justifications.find((label) => one.reason.includes(label.replaceAll("_", " ")));
  return [
    {
      ...common,
      status: "not_affected",
      ...(justification !== undefined && { justification }),
      impact_statement: `${one.reason} (${one.source})`,
    },
  ];
}
