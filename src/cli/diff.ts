import { readFile } from "node:fs/promises";
import type { Assessment } from "../core/assessment.ts";
import { prettyJson } from "../core/canonical-json.ts";
import { type Difference, difference } from "../core/difference.ts";
import { AppError, messageOf } from "../core/errors.ts";
import type { Finding } from "../core/finding.ts";
import { Snapshot } from "../core/snapshot.ts";
import { judgeSnapshot } from "./judging.ts";
import { type LoadedPolicy, loadPolicy } from "./options.ts";
import { write } from "./output.ts";

/** `plimsoll diff BEFORE AFTER`: exit code 1 when something new fails. */
export async function run(given: readonly unknown[]): Promise<void> {
  const [before, after, options] = given as [string, string, { policy?: string; format: string }];
  const loaded = await loadPolicy(options.policy);
  const found = difference(await assessmentOf(before, loaded), await assessmentOf(after, loaded));
  await write(options.format === "json" ? prettyJson(found) : text(found), undefined);
  process.exitCode = found.newFailures.length > 0 ? 1 : 0;
}

async function assessmentOf(path: string, loaded: LoadedPolicy): Promise<Assessment> {
  try {
    return judgeSnapshot(Snapshot.parse(await readFile(path, "utf8"), path), loaded).assessment;
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError("TARGET_NOT_FOUND", `cannot read ${path}: ${messageOf(error)}`, {
      hint: "name two files that --save-facts wrote",
      cause: error,
    });
  }
}

function text(found: Difference): string {
  const lines = [
    ...section("New", "+", found.newFailures),
    ...section("Resolved", "-", found.resolvedFailures),
    ...section("No longer judged, so neither resolved nor known", "?", found.lost),
    "Recommendations whose status changed",
    ...found.recommendations.map(({ id, before, after }) => `  ${id.padEnd(9)} ${before} → ${after}`),
    ...(found.recommendations.length === 0 ? ["  none"] : []),
    "",
    `${found.newFailures.length} new, ${found.resolvedFailures.length} resolved, ${found.lost.length} no longer judged, ${found.remaining} remain`,
  ];
  return `${lines.join("\n")}\n`;
}

function section(title: string, mark: string, findings: readonly Finding[]): string[] {
  if (findings.length === 0) return [];
  const rows = findings.map(
    (finding) =>
      `  ${mark} ${finding.severity.padEnd(8)} ${finding.id.padEnd(8)} ${finding.subjectName}: ${finding.key === "" ? finding.title : finding.key} (${finding.check})`,
  );
  return [title, ...rows, ""];
}
