import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Topic, topics } from "./host-topics.ts";

/* Lynis and OpenSCAP judge the host that we judge. Where one of them differs from us, docs/host-differences.md must say why. */

type Verdict = "good" | "bad" | "not judged";
interface OwnFinding {
  readonly check?: string;
  readonly key?: string;
  readonly status?: string;
}

const root = fileURLToPath(new URL("../..", import.meta.url));
const explained = readExplained(readFileSync(join(root, "docs/host-differences.md"), "utf8"));
const definitions = ["13", "12", "11"]
  .map((release) => `/usr/share/xml/scap/ssg/content/ssg-debian${release}-oval.xml`)
  .find((path) => existsSync(path));
const canLynis = has("lynis");
const canOval = has("oscap") && definitions !== undefined;
const scratch = mkdtempSync(join(tmpdir(), "host-differential-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let own: readonly OwnFinding[] = [];
beforeAll(() => {
  const args = ["--import", "tsx", join(root, "src/cli/main.ts"), "assess", "host", "--no-report-dir", "-f", "ndjson"];
  const { stdout } = spawnSync(process.execPath, args, { encoding: "utf8", maxBuffer: 2 ** 28, cwd: root });
  own = stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as OwnFinding);
});

describe("differences from other programs on this host", () => {
  it.skipIf(!canLynis)(canLynis ? "lynis" : "lynis (skipped: it is not installed)", () => {
    const run = runLynis();
    compare("lynis", ({ lynis }) => (lynis ? lynisVerdict(run, lynis.test, lynis.about) : "not judged"), 12);
  });

  it.skipIf(!canOval)(
    canOval ? "OpenSCAP" : "OpenSCAP (skipped: oscap or the SCAP Security Guide is not installed)",
    () => {
      const results = runOval(topics.flatMap(({ oval }) => oval ?? []));
      compare("OpenSCAP", ({ oval }) => results.get(oval ?? "") ?? "not judged", 12);
    },
  );

  it("explains topics that exist, each once for a program", () => {
    const names = new Set(topics.map(({ topic }) => topic));
    expect(explained.filter(({ topic }) => !names.has(topic))).toEqual([]);
    const pairs = explained.map(({ topic, program }) => `${topic} ${program}`);
    expect(new Set(pairs).size).toBe(pairs.length);
    expect(explained.filter(({ why }) => why.length < 20)).toEqual([]);
  });
});

/** Both must judge `least` topics at least, or nothing was compared. */
function compare(program: string, verdictOf: (topic: Topic) => Verdict, least: number): void {
  const both = topics
    .map((topic) => ({ topic: topic.topic, ours: ownVerdict(topic), theirs: verdictOf(topic) }))
    .filter(({ ours, theirs }) => ours !== "not judged" && theirs !== "not judged");
  const differing = both.filter(({ ours, theirs }) => ours !== theirs);
  process.stdout.write(
    `${program}: ${both.length} topics judged by both, ${both.length - differing.length} alike\n${differing.map(({ topic, ours, theirs }) => `  ${topic}: ours ${ours}, ${program} ${theirs}\n`).join("")}`,
  );
  expect(both.length).toBeGreaterThanOrEqual(least);
  const unexplained = differing.filter(
    ({ topic, ours }) => !explained.some((row) => row.topic === topic && row.program === program && row.ours === ours),
  );
  expect(unexplained).toEqual([]);
}

function ownVerdict({ check, key }: Topic): Verdict {
  const findings = own.filter((finding) => finding.check === check);
  const about = findings.filter((finding) => key === undefined || (finding.key ?? "").startsWith(key));
  if (about.some(({ status }) => status === "fail")) return "bad";
  const judged = findings.length > 0 && findings.every(({ status }) => status === "pass" || status === "fail");
  return judged ? "good" : "not judged";
}

interface LynisRun {
  readonly report: string;
  readonly log: string;
}

function runLynis(): LynisRun {
  const report = join(scratch, "lynis.dat");
  const log = join(scratch, "lynis.log");
  spawnSync("lynis", ["audit", "system", "--quick", "--no-colors", "--report-file", report, "--logfile", log], {
    stdio: "ignore",
  });
  return { report: readFileSync(report, "utf8"), log: readFileSync(log, "utf8") };
}

function lynisVerdict({ report, log }: LynisRun, test: string, about = ""): Verdict {
  const executed = /^tests_executed=(.*)$/m.exec(report)?.[1]?.split("|") ?? [];
  if (!executed.includes(test)) return "not judged";
  // Its profile names the parameters that it looks at; it is silent about all others.
  const parameter = /^field:(.*);$/.exec(about)?.[1];
  if (parameter !== undefined && !log.includes(`sysctl key ${parameter} `)) return "not judged";
  const said = report
    .split("\n")
    .filter((line) => /^(warning|suggestion|details)\[\]=/.test(line) && line.includes(`=${test}|`));
  return said.some((line) => line.includes(about)) ? "bad" : "good";
}

/** Definitions are asked one by one: as a whole profile all are "not applicable" where a package name is missing. */
function runOval(ids: readonly string[]): Map<string, Verdict> {
  const results = new Map<string, Verdict>();
  for (const id of ids) {
    const { stdout } = spawnSync("oscap", ["oval", "eval", "--id", `oval:ssg-${id}:def:1`, definitions ?? ""], {
      encoding: "utf8",
      timeout: 60_000,
    });
    const answer = /^Definition \S+: (\w+)$/m.exec(stdout)?.[1];
    if (answer === "true" || answer === "false") results.set(id, answer === "true" ? "good" : "bad");
  }
  return results;
}

function readExplained(text: string) {
  return text.split("\n").flatMap((line) => {
    const [, topic, program, ours, why] = line.split("|").map((cell) => cell.trim());
    if (topic === undefined || program === undefined || (ours !== "good" && ours !== "bad")) return [];
    return [{ topic, program, ours, why: why ?? "" }];
  });
}

function has(program: string): boolean {
  return spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
}
