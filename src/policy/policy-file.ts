import { type Document, isScalar, LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { AppError } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import { Settings } from "../core/settings.ts";

const date = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/, "a date is written 2026-12-31")
  .refine((text) => !Number.isNaN(Date.parse(text)), "there is no such day");
const severity = z.enum(["info", "low", "medium", "high", "critical"]);
const recommendation = z.string().regex(/^(4\.\d+(\.\d+)?-[a-z]\d*|8176-.+)$/, "a recommendation is written 4.4.3-f");

const WaiverEntry = z
  .strictObject({
    check: z.string().optional(),
    subject: z.string().optional(),
    key: z.string().optional(),
    reason: z.string().min(1),
    approver: z.string().min(1),
    expires: date,
  })
  .refine(
    (entry) => entry.check !== undefined || entry.key !== undefined,
    "a waiver names a check or a key, or it would accept everything",
  );

const DeclarationEntry = z.strictObject({
  recommendations: z.array(recommendation).min(1),
  owner: z.string().min(1),
  text: z.string().min(1),
  link: z.string().optional(),
  expires: date,
});

const CustomCheckEntry = z.strictObject({
  id: z.string().regex(/^custom\/[a-z0-9-]+$/, "the id of a custom check is written custom/some-name"),
  title: z.string().min(3),
  severity,
  clauses: z.array(recommendation).min(1),
  why: z.string().min(1),
  fix: z.string().min(1),
  /** Id of the fact that it judges, one verdict a subject. */
  fact: z.string(),
  /** CEL; `fact` is the fact's value, `settings` the settings. True passes, false fails. */
  expression: z.string().min(1),
  /** CEL; what to show as found. The whole fact is too much to show, so without it the expression is shown. */
  found: z.string().optional(),
});

const limit = z.number().int().min(0);

const PolicyShape = z.strictObject({
  version: z.literal(1).default(1),
  settings: Settings.prefault({}),
  gate: z
    .strictObject({
      /** How many unwaived failures of each severity are let through; a severity that is not named is not limited. */
      allow: z.partialRecord(severity, limit).default({ critical: 0 }),
      /** How many recommendations may stay unknown. */
      unknown: limit.optional(),
      /** Share of recommendations, in percent, that must have been assessed. */
      minimumAssessed: z.number().min(0).max(100).optional(),
      /** True: only failures that the baseline does not have count. Set by --baseline. */
      newOnly: z.boolean().default(false),
    })
    .prefault({}),
  checks: z
    .record(
      z.string(),
      z.strictObject({ params: z.record(z.string(), z.unknown()).optional(), severity: severity.optional() }),
    )
    .default({}),
  waivers: z.array(WaiverEntry).default([]),
  declarations: z.array(DeclarationEntry).default([]),
  customChecks: z.array(CustomCheckEntry).default([]),
  /** Values of command line options, by their long name; an option on the command line or in the environment wins. */
  options: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])).default({}),
});

/** What an organisation decided: settings, gate, parameters of checks, waivers, declarations, custom checks, option values. */
export type Policy = z.output<typeof PolicyShape>;
/** How the gate decides. */
export type GateRules = Policy["gate"];
/** One custom check as the policy file has it. */
export type CustomCheckEntry = z.output<typeof CustomCheckEntry>;

/** The policy of someone who decided nothing: no critical failure passes the gate. */
export const defaultPolicy: Policy = PolicyShape.parse({});

/** The JSON Schema of the policy file, for editors. */
export function policySchema(): unknown {
  return z.toJSONSchema(PolicyShape, { io: "input" });
}

/** Reads a policy file. Throws `CONFIG_INVALID` with the file, line and column of the first thing that is wrong. */
export function parsePolicy(text: string, file: string): Policy {
  if (text.length > limits.document)
    throw new AppError("CONFIG_INVALID", `${file}: larger than ${limits.document} bytes`);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const [syntax] = document.errors;
  if (syntax) throw invalid(file, lines, syntax.pos[0], syntax.message.split("\n")[0] ?? "");
  const parsed = PolicyShape.safeParse(document.toJS({ maxAliasCount: 100 }) ?? {});
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = issue!.path.map(String);
  throw invalid(file, lines, offsetOf(document, path), `${path.join(".") || "the policy"}: ${issue!.message}`);
}

function offsetOf(document: Document, path: readonly string[]): number {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (node && typeof node === "object" && "range" in node && Array.isArray(node.range)) return Number(node.range[0]);
    if (isScalar(node) && node.range) return node.range[0];
  }
  return 0;
}

function invalid(file: string, lines: LineCounter, offset: number, why: string): AppError {
  const { line, col } = lines.linePos(offset);
  return new AppError("CONFIG_INVALID", `${file}:${line}:${col}: ${why}`, {
    hint: "docs/policy.md lists what a policy file may hold",
  });
}
