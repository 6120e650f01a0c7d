import fc from "fast-check";
import type { Finding } from "../../core/finding.ts";
import { readVex } from "./read-vex.ts";
import { vexDecisions, type WrittenStatement } from "./write-vex.ts";

/** An OpenVEX document that says of a part of an image that it is not affected. */
export const openVex = {
  "@context": "https://openvex.dev/ns/v0.2.0",
  "@id": "https://vex.example/1",
  author: "Example Team",
  timestamp: "2025-01-01T00:00:00Z",
  statements: [
    {
      vulnerability: { name: "CVE-2024-1" },
      products: [{ "@id": "pkg:oci/app@sha256%3Aabc", subcomponents: [{ "@id": "pkg:npm/a@1" }] }],
      status: "not_affected",
      justification: "component_not_present",
    },
  ],
};

/** A finding that was waived. */
export const finding = {
  subject: "image/sha256:1",
  waiver: { reason: "behind a proxy", approver: "A. Person", expires: "2026-03-01" },
  evidence: [
    {
      at: "a",
      found: "a 1",
      details: { kind: "vulnerability", id: "CVE-2024-1", aliases: ["GHSA-a"], purl: "pkg:npm/a@1" },
    },
  ],
} as unknown as Finding;

/** What the written documents say of themselves. */
export const head = { author: "Example", timestamp: "2026-01-01T00:00:00Z", tool: "plimsoll 0" };

/** The one product that {@link several} is about. */
export const image = "pkg:oci/app@sha256%3A1";

/** A decision of each kind: an accepted risk, a judgement, and what is fixed. */
export const several = vexDecisions(
  [
    finding,
    {
      ...finding,
      waiver: { ...finding.waiver!, reason: "vulnerable_code_not_in_execute_path: never called" },
      evidence: [
        { ...finding.evidence[0]!, details: { kind: "vulnerability", id: "GHSA-b", purl: "pkg:npm/%40s/b@2" } },
      ],
    } as Finding,
  ],
  head,
  [
    {
      subject: "x",
      match: { id: "CVE-2024-3", aliases: [], purl: "pkg:npm/c@1" },
      status: "fixed",
      reason: "",
      source: "d",
    },
  ],
  () => image,
);

/** What a written document says, as it is read again. */
export const told = (text: string) =>
  readVex(text, "own.json")
    .map(({ vulnerability, status, justification }) => [vulnerability, status, justification])
    .sort();

/** One and more decisions about one product with any texts that findings may carry. */
export const anyDecisions = fc
  .array(
    fc.record({
      id: fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom("CVE-2024-1", "GHSA-a", "__proto__")),
      purl: fc.oneof(fc.webPath(), fc.string({ minLength: 1 })).map((path) => `pkg:npm/${encodeURIComponent(path)}@1`),
      reason: fc.oneof(
        fc.string({ minLength: 1 }),
        fc.string().map((why) => `vulnerable_code_not_present: ${why}`),
      ),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map((made) =>
    vexDecisions(
      made.map(
        ({ id, purl, reason }) =>
          ({
            ...finding,
            waiver: { ...finding.waiver!, reason },
            evidence: [{ at: "a", found: "a", details: { kind: "vulnerability", id, purl } }],
          }) as Finding,
      ),
      head,
      [],
      () => image,
    ),
  );

/** Which vulnerabilities decisions are about and how they were decided; what is said twice is said once. */
export const decided = (decisions: readonly WrittenStatement[]) =>
  new Set(decisions.map(({ vulnerability, status }) => `${status} ${vulnerability.name}`));

/** The same of a written document, as it is read again. */
export const decidedIn = (text: string) => new Set(told(text).map(([id, status]) => `${status} ${id}`));
