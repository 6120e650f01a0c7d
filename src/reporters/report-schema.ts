import { z } from "zod";
import { areas } from "../core/clause.ts";
import { severities } from "../core/severity.ts";

const Area = z.enum(areas);
const Severity = z.enum(severities);
const Text = z.string();
const Count = z.int().min(0);

const Location = z.object({
  file: Text,
  line: z.int().optional().describe("From 1."),
  column: z.int().optional().describe("From 1."),
});

const Evidence = z
  .object({
    at: Text.describe("Where it was seen: a path in the target, a field, an API path."),
    found: z.unknown().optional(),
    expected: z.unknown().optional(),
    key: Text.optional(),
    severity: Severity.optional(),
    fix: Text.optional(),
    location: Location.optional().describe("A place in a file that a person can open."),
    layer: z.int().optional().describe("Index of the image layer that brought it, from 0."),
    details: z.record(Text, z.unknown()).optional().describe("More about the item: aliases, scores, dates."),
  })
  .describe("One observation behind a verdict.");

const Waiver = z.object({
  check: Text.optional(),
  subject: Text.optional(),
  key: Text.optional(),
  reason: Text,
  approver: Text,
  expires: Text.describe("Last day on which it counts, ISO 8601 date."),
});

const Declaration = z.object({
  recommendations: z.array(Text),
  owner: Text,
  text: Text,
  link: Text.optional(),
  expires: Text.describe("Last day on which it counts, ISO 8601 date."),
});

const Coverage = z.object({
  total: Count,
  satisfied: Count,
  notSatisfied: Count,
  notApplicable: Count,
  declared: Count,
  unknown: Count,
  assessed: Count.describe("total - unknown"),
});

const Finding = z
  .object({
    id: Text.describe("Short name to type, unique within a report: img-7f3a."),
    fingerprint: Text.describe(
      "SHA-256 (hex) of check, stable subject and key: equal in every run until the item itself changes.",
    ),
    check: Text,
    title: Text,
    area: Area,
    recommendations: z.array(Text),
    subject: Text.describe("What it is about, as a path, most general first."),
    subjectName: Text.describe("The subject as the user named it."),
    key: Text.describe(
      "The item within the subject, empty for the subject as a whole; PACKAGE@VERSION ID for a vulnerability.",
    ),
    status: z.enum(["pass", "fail", "not-applicable", "unknown"]),
    severity: Severity,
    evidence: z.array(Evidence),
    reason: Text.optional().describe("Why it does not apply or is unknown."),
    remedy: Text.optional().describe("What would make an unknown known."),
    why: Text,
    fix: Text,
    waiver: Waiver.optional().describe("The accepted risk that covers it."),
    isNew: z.boolean().optional().describe("Whether the baseline lacked it; absent without a baseline."),
  })
  .describe("What one check says of one item of one subject.");

const SetAside = z
  .object({
    check: Text.describe("The check whose finding it would be."),
    subject: Text,
    subjectName: Text,
    id: Text.describe("The CVE where there is one."),
    aliases: z.array(Text),
    package: Text,
    version: Text,
    purl: Text,
    severity: Severity,
    status: Text.describe(
      "not_affected or fixed of a VEX statement, unimportant of Debian's tracker, or a word of the Go team (not importable, effectively private, not Go code, false positive).",
    ),
    reason: Text,
    source: Text.describe("The document or feed that says so."),
  })
  .describe("A vulnerability of an installed package that someone who knows it set aside.");

const Recommendation = z
  .object({
    id: Text,
    countermeasure: Text,
    area: Area,
    text: Text.optional(),
    class: Text.optional(),
    status: z.enum(["satisfied", "not-satisfied", "not-applicable", "declared", "unknown"]),
    reason: Text,
    remedies: z.array(Text),
    counts: z.object({ pass: Count, fail: Count, waived: Count, notApplicable: Count, unknown: Count }),
    checks: z.array(Text),
    declaration: Declaration.optional(),
  })
  .describe("One recommendation of the guide with its status. The letters are Plimsoll's; NIST numbers sections only.");

/** The JSON report, `schemaVersion` 1.0. Members are only ever added; a change of meaning or a removal raises the major number. */
export const Report = z
  .object({
    schemaVersion: z.literal("1.0"),
    tool: z.object({ name: z.literal("Plimsoll"), version: Text }),
    created: Text.describe("When the facts were collected, ISO 8601 UTC."),
    snapshot: z.object({ digest: Text, tool: Text, observations: Count }),
    advisories: z.object({ id: Text, date: Text, source: Text }).optional(),
    policy: Text.optional().describe("Name of the policy file; absent for the built-in policy."),
    baseline: Text.optional(),
    guide: Text,
    targets: z.array(
      z.object({
        kind: z.enum(["image", "registry", "cluster", "container", "host", "hardware"]),
        name: Text,
        subject: Text,
        identity: Text,
      }),
    ),
    gate: z.object({
      allowed: z.boolean(),
      exitCode: z.union([z.literal(0), z.literal(1), z.literal(3)]),
      reasons: z.array(Text),
    }),
    coverage: z.object({
      total: Coverage,
      byArea: z.record(Text, Coverage),
      byCountermeasure: z.record(Text, Coverage),
    }),
    hidden: Count.optional().describe("Findings that the user asked not to be shown; the gate counted them."),
    rebuildOrder: z
      .array(
        z.object({
          step: Count.describe("From 1; images of equal number do not wait for each other."),
          subject: Text,
          name: Text,
          base: Text.optional().describe("The nearest of its bases that is at hand."),
          needsRebuild: z.boolean(),
          newer: Text.optional().describe("The newer build of a base that it must be rebuilt for."),
          removes: Count.optional().describe("Findings that the rebuild removes; absent where that is unknown."),
        }),
      )
      .optional()
      .describe("Images of the run that are built on each other, base before derived; absent where there are none."),
    findings: z.array(Finding),
    setAside: z
      .array(SetAside)
      .optional()
      .describe(
        "Vulnerabilities that are there and do not count: they are no findings, and the gate does not see them. Absent in reports of earlier versions.",
      ),
    recommendations: z.array(Recommendation),
    countermeasures: z.array(
      z.object({ id: Text, area: Area, title: Text, summary: Text, coverage: Coverage.optional() }),
    ),
    checks: z.array(
      z.object({
        id: Text,
        title: Text,
        severity: Severity,
        recommendations: z.array(Text),
        why: Text,
        fix: Text,
        references: z
          .array(Text)
          .optional()
          .describe(
            "Where the same rule stands elsewhere: `CIS Debian Linux 12 1.1.0 5.1`. Absent where nowhere is known.",
          ),
      }),
    ),
    waivers: z.array(Waiver),
    declarations: z.array(Declaration),
    unusedDecisions: z.array(
      z.object({
        kind: z.enum(["waiver", "declaration"]),
        state: z.enum(["expired", "unused"]),
        description: Text,
        expires: Text,
      }),
    ),
  })
  .describe("An assessment of a container platform against NIST SP 800-190, made by Plimsoll.");

/** The JSON report, `schemaVersion` 1.0. */
export type Report = z.output<typeof Report>;

/** The published schema of the JSON report (JSON Schema 2020-12). It allows members that it does not name, so that later reports stay valid. */
export function reportJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(Report, { target: "draft-2020-12", io: "input" });
  return { ...schema, title: "Plimsoll report 1.0" };
}
