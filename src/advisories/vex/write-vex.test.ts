import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Finding } from "../../core/finding.ts";
import { readVex } from "./read-vex.ts";
import { anyDecisions, decided, decidedIn, finding, head } from "./vex.fixture.ts";
import { type SetAside, vexDecisions, writeOpenVex } from "./write-vex.ts";

const written = (
  findings: readonly Finding[],
  setAside?: readonly SetAside[],
  productOf?: (subject: string) => string,
) => writeOpenVex(vexDecisions(findings, head, setAside, productOf), head);

describe("writing OpenVEX", () => {
  it("states an accepted risk as affected with the decision as the action", () => {
    const document = JSON.parse(written([finding, { ...finding, waiver: undefined }]));
    expect(document.statements).toEqual([
      {
        vulnerability: { name: "CVE-2024-1", aliases: ["GHSA-a"] },
        timestamp: "2026-01-01T00:00:00Z",
        products: [{ "@id": "image/sha256:1", subcomponents: [{ "@id": "pkg:npm/a@1" }] }],
        status: "affected",
        action_statement: "Accepted until 2026-03-01 by A. Person: behind a proxy",
      },
    ]);
  });
  it("states a judgement where the reason begins with a justification of OpenVEX", () => {
    const reason = "vulnerable_code_not_in_execute_path: the parser is never called";
    const judged = { ...finding, waiver: { ...finding.waiver!, reason } } as Finding;
    expect(JSON.parse(written([judged])).statements).toMatchObject([
      {
        status: "not_affected",
        justification: "vulnerable_code_not_in_execute_path",
        impact_statement: "the parser is never called (judged by A. Person, until 2026-03-01)",
      },
    ]);
    const other = { ...finding, waiver: { ...finding.waiver!, reason: "not_so: x" } } as Finding;
    expect(JSON.parse(written([other])).statements).toMatchObject([{ status: "affected" }]);
  });
  it("hands on what statements took back, but not what was set aside otherwise", () => {
    const match = { id: "CVE-2024-2", aliases: [], purl: "pkg:npm/b@1" };
    const one = { subject: "image/x", match, source: "doc by Z" };
    const text = written(
      [],
      [
        { ...one, status: "not_affected", reason: "not affected: vulnerable code not present; built without it" },
        { ...one, status: "fixed", reason: "fixed" },
        { ...one, status: "unimportant", reason: "unimportant" },
      ],
      (subject) => `pkg:oci/${subject}`,
    );
    expect(readVex(text, "own.json")).toMatchObject([
      { status: "fixed", products: ["pkg:oci/image/x"] },
      {
        status: "not_affected",
        justification: "vulnerable_code_not_present",
        impact: "not affected: vulnerable code not present; built without it (doc by Z)",
      },
    ]);
  });
  it("can be read again and is the same every time", () => {
    const text = written([finding]);
    expect(written([finding])).toBe(text);
    expect(readVex(text, "own.json")).toMatchObject([{ vulnerability: "CVE-2024-1", status: "affected" }]);
  });
});

it("says the same when it is read again, whatever the texts of the decisions", () => {
  fc.assert(
    fc.property(anyDecisions, (decisions) => {
      expect(decidedIn(writeOpenVex(decisions, head))).toEqual(decided(decisions));
    }),
  );
});
