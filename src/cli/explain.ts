import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import type { Placement } from "../analysis/image/placement.ts";
import { clause } from "../catalog/catalog.ts";
import { catalog } from "../catalog/load.ts";
import { hostFixOf } from "../checks/host/fixes/host-fixes.ts";
import type { Evidence, JudgedCheck } from "../core/check.ts";
import { AppError } from "../core/errors.ts";
import type { Finding } from "../core/finding.ts";
import { Snapshot } from "../core/snapshot.ts";
import { instructionText } from "../reporters/parts/place.ts";
import { judgeSnapshot } from "./judging.ts";
import { loadPolicy } from "./options.ts";
import { write } from "./output.ts";

/** Options of `plimsoll explain`. */
export interface ExplainOptions {
  readonly from: string;
  readonly advisories?: string;
  readonly vex?: readonly string[];
  readonly policy?: string;
  readonly quiet?: boolean;
  readonly debug?: boolean;
}

/** `plimsoll explain FINDING` or `plimsoll explain CVE-… [IMAGE]`: exit code 3 where it cannot be said of any image or host whether the CVE is there. */
export async function run(given: readonly unknown[]): Promise<void> {
  const [name, target, options] = given as [string, string | undefined, ExplainOptions];
  const id = vulnerabilityId(name);
  if (id !== undefined) {
    const { explainVulnerability } = await import("./explain-vulnerability.ts");
    const { text, isJudged } = await explainVulnerability(id, target, options);
    await write(text, undefined);
    if (!isJudged) process.exitCode = 3;
    return;
  }
  const loaded = await loadPolicy(options.policy);
  const snapshot = await snapshotFrom(options.from);
  const { assessment, checks } = judgeSnapshot(snapshot, loaded);
  await write(explanation(findingNamed(name, assessment.findings, options.from), snapshot, checks), undefined);
}

/** The text as the id of a vulnerability; undefined where it is none. Those of CVE and GitHub may be written in any case, others as their publishers write them. */
export function vulnerabilityId(text: string): string | undefined {
  const name = text.trim();
  if (/^cve-\d/i.test(name)) return name.toUpperCase();
  if (/^ghsa(-[0-9a-z]{4}){3}$/i.test(name)) return `GHSA-${name.slice(5).toLowerCase()}`;
  return /^[A-Z]{2,}[A-Z0-9]*-/.test(name) ? name : undefined;
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
    ...(evidence.layer === undefined || evidence.details?.["placement"] !== undefined
      ? []
      : [`  layer     ${evidence.layer + 1}`]),
    ...Object.entries(evidence.details ?? {})
      .filter(
        ([key, value]) =>
          value !== undefined && !["kind", "priority"].includes(key) && !(Array.isArray(value) && value.length === 0),
      )
      .flatMap(([key, value]) => detailLines(key, value)),
  ];
  return lines.join("\n");
}

const answers: Readonly<Record<string, string>> = {
  rebuild: "rebuild on a newer base",
  update: "update the package",
  file: "change the file, setting or instruction",
  none: "none yet",
};

function detailLines(key: string, value: unknown): string[] {
  if (key === "placement") return placementLines(value as Placement);
  if (key === "remedy" && typeof value === "string") return [`  answer    ${answers[value] ?? shown(value)}`];
  return [`  ${key.padEnd(9)} ${shown(value)}`];
}

/** Which layer it is, who brought it and by which instruction, counted from 1 as people do. */
function placementLines({ layer, layers, origin, base, instruction }: Placement): string[] {
  const whose = { base: "of the base", own: "added to the base", unknown: "base not known" }[origin];
  return [
    `  layer     ${layer + 1} of ${layers}, ${whose}`,
    ...(instruction === undefined ? [] : [`  made by   ${shown(instructionText(instruction))}`]),
    ...(base === undefined ? [] : [`  base      ${shown(base)}`]),
  ];
}

/** Lists and records in words: `9.8 (nvd)`, `id CVE-…, source debian-osv`. */
function wordsOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(wordsOf).join("; ");
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(value)
    .map(([name, item]) => `${name} ${wordsOf(item)}`)
    .join(", ");
}

function shown(value: unknown): string {
  const text = wordsOf(value);
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
