import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { clause } from "../catalog/catalog.ts";
import { catalog } from "../catalog/load.ts";
import { hostFixOf } from "../checks/host/fixes/host-fixes.ts";
import type { Evidence, JudgedCheck } from "../core/check.ts";
import { AppError } from "../core/errors.ts";
import type { Finding } from "../core/finding.ts";
import { Snapshot } from "../core/snapshot.ts";
import { judgeSnapshot } from "./judging.ts";
import { loadPolicy } from "./options.ts";
import { write } from "./output.ts";

/** Options of `plimsoll explain`. */
export interface ExplainOptions {
  readonly from: string;
  readonly advisories?: string;
  readonly policy?: string;
  readonly quiet?: boolean;
  readonly debug?: boolean;
}

/** `plimsoll explain FINDING` or `plimsoll explain CVE-… [IMAGE]`. */
export async function run(given: readonly unknown[]): Promise<void> {
  const [name, target, options] = given as [string, string | undefined, ExplainOptions];
  if (/^[A-Z]{2,}[A-Z0-9]*-/.test(name)) {
    const { explainVulnerability } = await import("./explain-vulnerability.ts");
    await write(await explainVulnerability(name.trim(), target, options), undefined);
    return;
  }
  const loaded = await loadPolicy(options.policy);
  const snapshot = await snapshotFrom(options.from);
  const { assessment, checks } = judgeSnapshot(snapshot, loaded);
  await write(explanation(findingNamed(name, assessment.findings, options.from), snapshot, checks), undefined);
}

/** The snapshot of a report folder, or of the file itself. */
export async function snapshotFrom(path: string): Promise<Snapshot> {
  const found = await stat(path).catch(() => undefined);
  const file = found?.isDirectory() ? join(path, "snapshot.json") : path;
  try {
    return Snapshot.parse(await readFile(file, "utf8"), file);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError("TARGET_NOT_FOUND", `cannot read ${file}`, {
      hint: 'run "plimsoll assess" first, or name its report folder or saved facts with --from',
      cause: error,
    });
  }
}

function findingNamed(name: string, findings: readonly Finding[], from: string): Finding {
  const exact = findings.find((finding) => finding.id === name || finding.fingerprint === name);
  if (exact) return exact;
  const near = findings.filter(
    (finding) => finding.id.startsWith(name) || finding.fingerprint.startsWith(name.replace(/^[a-z]+-/, "")),
  );
  if (near.length === 1) return near[0]!;
  throw new AppError(
    "USAGE",
    near.length === 0 ? `there is no finding ${name} in ${from}` : `${name} stands for ${near.length} findings`,
    {
      hint:
        near.length === 0
          ? "findings and their ids stand in the report of the last run"
          : `write more of it: ${near
              .slice(0, 4)
              .map((finding) => finding.id)
              .join(", ")}`,
    },
  );
}

function explanation(finding: Finding, snapshot: Snapshot, checks: ReadonlyMap<string, JudgedCheck>): string {
  const sections = [
    [
      `${finding.id}  ${finding.title}`,
      `${finding.status}${finding.status === "fail" ? `, ${finding.severity}` : ""}${finding.waiver ? `, waived until ${finding.waiver.expires} by ${finding.waiver.approver}: ${finding.waiver.reason}` : ""}`,
    ],
    ["Subject", `  ${finding.subjectName}${finding.subjectName === finding.subject ? "" : `\n  ${finding.subject}`}`],
    ...(finding.reason === undefined
      ? []
      : [
          [
            "Why it could not be judged",
            `  ${finding.reason}${finding.remedy === undefined ? "" : `\n  To know it: ${finding.remedy}`}`,
          ],
        ]),
    ...(finding.evidence.length === 0 ? [] : [["Evidence", finding.evidence.map(evidenceText).join("\n")]]),
    ["Observed", observedText(finding, snapshot, checks.get(finding.check))],
    ["Recommendations", finding.recommendations.map(recommendationText).join("\n")],
    ["Why it matters", `  ${finding.why}`],
    ["Fix", `  ${finding.fix}`],
    ...hostFixSections(finding),
    ...(finding.status === "fail" && !finding.waiver
      ? [["To accept it instead, add to the policy file", waiverText(finding)]]
      : []),
    ...elsewhere(checks.get(finding.check)),
    ["Check", `  ${finding.check} (plimsoll checks show ${finding.check})\n  fingerprint ${finding.fingerprint}`],
  ];
  return `${sections.map(([title, body]) => `${title}\n${body}`).join("\n\n")}\n`;
}

/** Where other guides have the same rule, so that their users can compare. */
function elsewhere(check: JudgedCheck | undefined): string[][] {
  const { references = [] } = check ?? {};
  return references.length === 0 ? [] : [["Elsewhere", references.map((one) => `  ${one}`).join("\n")]];
}

/** What `plimsoll fix` would write for a failed finding of a host, and what that does to containers. */
function hostFixSections(finding: Finding): string[][] {
  const fix = finding.status === "fail" ? hostFixOf(finding.check) : undefined;
  if (fix === undefined) return [];
  const scripts = new Set(finding.evidence.flatMap((evidence) => fix.script?.(evidence) ?? []));
  const lines = [...scripts].flatMap((script) => script.split("\n")).map((line) => `  ${shown(line)}`);
  const needsPerson = finding.evidence.some((evidence) => fix.script?.(evidence) === undefined);
  return [
    ...(lines.length === 0
      ? []
      : [
          [
            `As a script (plimsoll fix ${finding.id} writes it whole, with the functions that it calls)`,
            lines.join("\n"),
          ],
        ]),
    ...(needsPerson ? [["Why no script does it", `  ${fix.byHand ?? "it needs a person's decision"}`]] : []),
    ["Impact on containers", `  ${fix.impact}`],
  ];
}

function evidenceText(evidence: Evidence): string {
  const { location } = evidence;
  const place =
    location === undefined ? "" : `  (${location.file}${location.line === undefined ? "" : `:${location.line}`})`;
  const lines = [
    `  at        ${evidence.at}${place}`,
    `  found     ${shown(evidence.found)}`,
    ...(evidence.expected === undefined ? [] : [`  expected  ${shown(evidence.expected)}`]),
    ...(evidence.layer === undefined ? [] : [`  layer     ${evidence.layer + 1}`]),
    ...Object.entries(evidence.details ?? {})
      .filter(
        ([key, value]) =>
          value !== undefined && !["kind", "priority"].includes(key) && !(Array.isArray(value) && value.length === 0),
      )
      .map(([key, value]) => `  ${key.padEnd(9)} ${shown(value)}`),
  ];
  return lines.join("\n");
}

function shown(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  // What comes from a target must not steer the terminal.
  return text.replace(
    /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function observedText(finding: Finding, snapshot: Snapshot, check: JudgedCheck | undefined): string {
  const lines = Object.values(check?.needs ?? {}).map((fact) => {
    const observation = snapshot.observation(fact, finding.subject);
    if (observation === undefined) return `  ${fact.id}: nothing collected it`;
    return `  ${fact.id} from ${observation.source}, ${snapshot.content.created}${"unavailable" in observation ? `: ${observation.unavailable}` : ""}`;
  });
  return lines.join("\n");
}

function recommendationText(id: string): string {
  const text = clause(catalog, id)?.text ?? "";
  return `  ${id}  ${text}`;
}

function waiverText(finding: Finding): string {
  const waiver = {
    check: finding.check,
    subject: finding.subjectName,
    ...(finding.key === "" ? {} : { key: finding.key }),
    reason: "…",
    approver: "…",
    expires: "YYYY-MM-DD",
  };
  return stringify({ waivers: [waiver] })
    .replace(/^/gm, "  ")
    .trimEnd();
}
