import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import type { AnalysisResources } from "../analysis/resources.ts";
import { guideText } from "../catalog/guide-text.ts";
import type { BaselineSource } from "../collectors/host-root.ts";
import type { Assessment } from "../core/assessment.ts";
import type { JudgedCheck } from "../core/check.ts";
import { againstBaseline } from "../core/difference.ts";
import { AppError } from "../core/errors.ts";
import type { Finding } from "../core/finding.ts";
import type { Reporter, ReportInput } from "../core/reporter.ts";
import { type Severity, severities } from "../core/severity.ts";
import { Snapshot } from "../core/snapshot.ts";
import { decide } from "../policy/gate.ts";
import type { GateRules } from "../policy/policy-file.ts";
import { reporters } from "../reporters/index.generated.ts";
import { renderTerminal } from "../reporters/terminal.ts";
import { baselineFingerprints } from "./baseline.ts";
import { collectAll } from "./collection.ts";
import { describe } from "./failure.ts";
import { withHostRoles } from "./host-roles.ts";
import { judgeSnapshot, withDerived } from "./judging.ts";
import { earlierImages, rememberAssessed } from "./lineage-memory.ts";
import { type MalwareOptions, namedSources } from "./malware-options.ts";
import { applyPolicyOptions, type LoadedPolicy, loadPolicy } from "./options.ts";
import { write } from "./output.ts";
import { Progress } from "./progress.ts";
import { type Wanted, wantedFrom } from "./targets.ts";
import { version } from "./version.ts";

interface AssessOptions extends MalwareOptions {
  readonly advisories?: string;
  readonly policy?: string;
  readonly format: string;
  readonly output?: string;
  readonly report?: readonly string[];
  readonly reportDir: string | false;
  readonly severity?: string;
  readonly failOn?: Severity;
  readonly failOnUnknown?: number;
  readonly exitCode?: number;
  readonly ignoreUnfixed?: boolean;
  readonly vex?: readonly string[];
  readonly baseline?: string;
  readonly hostBaseline?: string;
  readonly hostBaselineKey?: string;
  readonly hostCapabilities?: string;
  readonly hostRole?: readonly string[];
  readonly saveFacts?: string;
  readonly platform?: string;
  readonly cache: boolean;
  readonly root: string;
  readonly offline?: boolean;
  readonly quiet?: boolean;
  readonly debug?: boolean;
}

/** `plimsoll assess [what] [targets…]`: collects, derives, judges, reports, decides. Sets the exit code. */
export async function run(given: readonly unknown[]): Promise<void> {
  const [what, targets] = given as [string | undefined, string[]];
  const command = given.at(-1) as Command;
  const policy = await loadPolicy(command.opts<AssessOptions>().policy);
  applyPolicyOptions(command, policy);
  const options = command.optsWithGlobals<AssessOptions>();
  const loaded = withHostRoles(policy, options.hostRole);
  const outputs = outputsOf(options);
  const severity = shownSeverities(options.severity);
  const progress = new Progress(options);

  const wanted = await wantedFrom(what, targets, options.root);
  for (const one of wanted)
    if (one.guessed !== undefined) progress.note(`plimsoll: reading ${one.target} as ${one.kind}: ${one.guessed}`);
  const { snapshot, failures, store } = await snapshotOf(wanted, options, progress);
  if (options.saveFacts !== undefined) await write(snapshot.serialise(), options.saveFacts);

  const { assessment, checks } = judgeSnapshot(snapshot, loaded);
  await store?.(assessment);
  await rememberAssessed(snapshot, wanted, options, progress);
  const compared =
    options.baseline === undefined
      ? assessment
      : againstBaseline(assessment, await baselineFingerprints(options.baseline, loaded));
  const gate = decide(counted(compared, options), rulesOf(loaded.policy.gate, options));
  const input = reportInput(compared, gate, loaded, checks, options);
  await writeReports(input, outputs, options, severity);
  for (const failure of failures) describe(failure);
  process.exitCode = exitCodeOf(gate.exitCode, failures.length > 0, options);
}

/** A target that could not be read is no pass, even where the gate lets the others through. */
function exitCodeOf(decided: number, hasFailures: boolean, options: AssessOptions): number {
  if (decided === 1) return options.exitCode ?? 1;
  return hasFailures ? 3 : decided;
}

async function snapshotOf(
  wanted: readonly Wanted[],
  options: AssessOptions,
  progress: Progress,
): Promise<{
  snapshot: Snapshot;
  failures: readonly AppError[];
  store?: ((assessment: Assessment) => Promise<void>) | undefined;
}> {
  const [first] = wanted;
  const resources = { ...(await openResources(options, progress)), ...(await earlierImages(wanted, options)) };
  if (first?.kind === "facts") {
    if (wanted.length > 1)
      throw new AppError("USAGE", "saved facts are assessed alone", { hint: `run "plimsoll assess ${first.target}"` });
    const saved = Snapshot.parse(await readTarget(first.target), first.target);
    // Saved facts give the same report again, unless other advisory data is asked for by name.
    return { snapshot: await stamped(saved, resources, options.advisories !== undefined), failures: [] };
  }
  const { content, failures, store } = await collectAll(wanted, {
    platform: options.platform,
    cache: options.cache,
    offline: options.offline === true,
    host: { baseline: hostBaselineOf(options), capabilities: options.hostCapabilities },
    malware: { ...namedSources(options), clamd: options.clamd },
    progress,
    signal: new AbortController().signal,
  });
  return { snapshot: await stamped(new Snapshot(content), resources, true), failures, store };
}

function hostBaselineOf({ hostBaseline: file, hostBaselineKey: key }: AssessOptions): BaselineSource | undefined {
  if (file !== undefined) return { file, key };
  if (key === undefined) return undefined;
  throw new AppError("USAGE", "--host-baseline-key is given without --host-baseline", {
    hint: "name the file that baseline host made",
  });
}

async function stamped(snapshot: Snapshot, resources: AnalysisResources, again: boolean): Promise<Snapshot> {
  const advisories = again ? resources.advisories?.stamp : snapshot.content.advisories;
  return withDerived(
    new Snapshot({ ...snapshot.content, ...(advisories === undefined ? {} : { advisories }) }),
    resources,
    again,
  );
}

async function openResources(options: AssessOptions, progress: Progress): Promise<AnalysisResources> {
  const { openResources: open } = await import("./resources.ts");
  return open(options, progress);
}

async function readTarget(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new AppError("TARGET_NOT_FOUND", `cannot read ${path}`, { cause: error });
  }
}

function rulesOf(gate: GateRules, options: AssessOptions): GateRules {
  const allow = { ...gate.allow };
  if (options.failOn !== undefined)
    for (const severity of severities.slice(severities.indexOf(options.failOn)))
      allow[severity] = Math.min(allow[severity] ?? 0, 0);
  return {
    ...gate,
    allow,
    ...(options.failOnUnknown === undefined ? {} : { unknown: options.failOnUnknown }),
    newOnly: gate.newOnly || options.baseline !== undefined,
  };
}

/** What the gate counts: with --ignore-unfixed no vulnerability that nobody can fix yet. */
function counted(assessment: Assessment, options: AssessOptions): Assessment {
  return options.ignoreUnfixed
    ? { ...assessment, findings: assessment.findings.filter((finding) => !isUnfixed(finding)) }
    : assessment;
}

function isUnfixed(finding: Finding): boolean {
  const state = finding.evidence[0]?.details?.["state"];
  return finding.status === "fail" && typeof state === "string" && state !== "fixed";
}

function shownSeverities(list: string | undefined): ReadonlySet<Severity> | undefined {
  if (list === undefined) return undefined;
  const names = list
    .toLowerCase()
    .split(",")
    .map((name) => name.trim());
  const wrong = names.find((name) => !(severities as readonly string[]).includes(name));
  if (wrong !== undefined)
    throw new AppError("USAGE", `--severity: there is no severity ${wrong}`, {
      hint: `the severities are ${severities.join(", ")}`,
    });
  return new Set(names as Severity[]);
}

function reportInput(
  assessment: Assessment,
  gate: ReportInput["gate"],
  loaded: LoadedPolicy,
  checks: ReadonlyMap<string, JudgedCheck>,
  options: AssessOptions,
): ReportInput {
  return {
    assessment,
    gate,
    guide: guideText,
    policyName: loaded.name,
    settings: loaded.policy.settings,
    checks,
    version,
    baselineName: options.baseline,
  };
}

interface Output {
  readonly reporter: Reporter;
  readonly file: string | undefined;
}

function outputsOf(options: AssessOptions): Output[] {
  const outputs: Output[] = [{ reporter: reporterOf(options.format), file: options.output }];
  for (const pair of options.report ?? []) {
    const at = pair.indexOf("=");
    if (at < 1)
      throw new AppError("USAGE", `--report ${pair}: is not written format=file`, {
        hint: "for example --report sarif=results.sarif",
      });
    outputs.push({ reporter: reporterOf(pair.slice(0, at)), file: pair.slice(at + 1) });
  }
  return outputs;
}

function reporterOf(id: string): Reporter {
  const reporter = reporters.get(id);
  if (reporter) return reporter;
  throw new AppError("USAGE", `there is no report format ${id}`, {
    hint: `the formats are ${[...reporters.keys()].join(", ")}`,
  });
}

/** The set of reports in the report folder, written when the result goes to a person: format terminal on stdout. */
const reportSet = ["html", "json", "sarif", "oscal"];

async function writeReports(
  input: ReportInput,
  outputs: readonly Output[],
  options: AssessOptions,
  severity: ReadonlySet<Severity> | undefined,
): Promise<void> {
  const folder = options.format === "terminal" && options.reportDir !== false ? options.reportDir : undefined;
  const written = folder === undefined ? [] : await writeReportSet(input, folder);
  const shown =
    severity === undefined && !options.ignoreUnfixed
      ? input
      : onlyShown(input, severity, options.ignoreUnfixed === true);
  for (const { reporter, file } of outputs) {
    const toTerminal = reporter.id === "terminal" && file === undefined;
    await write(toTerminal ? renderTerminal(shown, terminalOptions(written)) : reporter.render(shown), file);
    if (reporter.renderAll && file !== undefined) await writeAll(reporter, shown, file.replace(/\/[^/]*$/, ""));
  }
}

function terminalOptions(written: readonly string[]) {
  const isTerminal = process.stdout.isTTY === true;
  const forced = process.env["FORCE_COLOR"] !== undefined && process.env["FORCE_COLOR"] !== "0";
  const refused = (process.env["NO_COLOR"] ?? "") !== "" || process.env["TERM"] === "dumb";
  return {
    colour: !refused && (isTerminal || forced),
    width: isTerminal ? process.stdout.columns || 100 : 100,
    reportFiles: written,
  };
}

async function writeReportSet(input: ReportInput, folder: string): Promise<string[]> {
  const written: string[] = [];
  for (const reporter of reportSet.flatMap((id) => reporters.get(id) ?? [])) {
    if (reporter.renderAll) {
      const names = await writeAll(reporter, input, join(folder, reporter.id));
      await removeStaleEvidence(join(folder, reporter.id), names);
      written.push(`${join(folder, reporter.id)}/`);
    } else {
      const file = join(folder, reporter.defaultName);
      await write(reporter.render(input), file);
      written.push(file);
    }
  }
  const snapshot = join(folder, "snapshot.json");
  await write(input.assessment.snapshot.serialise(), snapshot);
  return [...written, snapshot];
}

async function writeAll(reporter: Reporter, input: ReportInput, folder: string): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for (const { name, text } of reporter.renderAll?.(input) ?? []) {
    await write(text, join(folder, name));
    names.add(name);
  }
  return names;
}

/** Evidence of an earlier run is named for its content, so that nothing replaces it: no document of this run refers to it. */
async function removeStaleEvidence(folder: string, names: ReadonlySet<string>): Promise<void> {
  const files = await readdir(join(folder, "evidence")).catch(() => []);
  for (const file of files)
    if (/^sha256-[0-9a-f]{64}\.json$/.test(file) && !names.has(`evidence/${file}`))
      await rm(join(folder, "evidence", file));
}

/** Leaves out what the user does not want to see; the gate has counted it all the same. */
function onlyShown(input: ReportInput, severity: ReadonlySet<Severity> | undefined, fixedOnly: boolean): ReportInput {
  const isShown = (finding: Finding) =>
    finding.status !== "fail" ||
    ((severity === undefined || severity.has(finding.severity)) && !(fixedOnly && isUnfixed(finding)));
  const findings = input.assessment.findings.filter(isShown);
  const hidden = input.assessment.findings.length - findings.length;
  return { ...input, hidden, assessment: { ...input.assessment, findings } };
}
