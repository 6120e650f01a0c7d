import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeExampleImage } from "../../scripts/example-image.ts";
import { sharedData } from "../shared-data.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "plimsoll-cli-"));
const manifests = join(root, "examples/manifests");
const advisories = join(root, "examples/advisories");
let image = "";

beforeAll(async () => {
  image = await writeExampleImage(join(folder, "shop.tar"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function plimsoll(args: readonly string[], more: { input?: string; env?: Record<string, string> } = {}) {
  const env: Record<string, string | undefined> = { ...process.env, ...more.env };
  delete env["FORCE_COLOR"];
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, "bin/plimsoll"), ...args], {
    cwd: folder,
    encoding: "utf8",
    env,
    input: more.input,
    maxBuffer: 2 ** 28,
  });
  return { status, stdout, stderr };
}

interface Report {
  findings: {
    check: string;
    key: string;
    status: string;
    fingerprint: string;
    id: string;
    severity: string;
    isNew?: boolean;
  }[];
  recommendations: { id: string; status: string }[];
  gate: { allowed: boolean };
}
const reportOf = (args: readonly string[]): Report => JSON.parse(plimsoll([...args, "-f", "json"]).stdout);

describe("help", () => {
  it("names every command, with an example for each", () => {
    const { status, stdout } = plimsoll(["--help"]);
    expect(status).toBe(0);
    for (const command of [
      "assess",
      "sbom",
      "explain",
      "diff",
      "checks",
      "catalog",
      "db",
      "match",
      "config",
      "completion",
      "version",
    ]) {
      expect(stdout).toContain(command);
      expect(plimsoll([command, "--help"]).stdout + plimsoll([command, "--help"]).stderr).toMatch(
        /Examples:|Commands:/,
      );
    }
  });
  it.each([
    ["checks", "list"],
    ["checks", "show"],
    ["catalog", "show"],
    ["config", "show"],
    ["config", "schema"],
    ["db", "build"],
    ["db", "update"],
    ["db", "status"],
    ["db", "verify"],
    ["db", "export"],
    ["db", "import"],
    ["db", "compare"],
  ])("of %s %s has an example", (...command) => {
    expect(plimsoll([...command, "--help"]).stdout).toContain("Examples:");
  });
});

describe("exit codes", () => {
  it.each([
    [0, ["assess", "image", "shop.tar", "--no-report-dir", "--policy", "lax.yaml"]],
    [1, ["assess", "image", "shop.tar", "--no-report-dir", "--fail-on", "high"]],
    [7, ["assess", "image", "shop.tar", "--no-report-dir", "--fail-on", "high", "--exit-code", "7"]],
    [2, ["assess", "image"]],
    [2, ["assess", "image", "shop.tar", "--no-such-option"]],
    [2, ["assess", "image", "shop.tar", "--format", "word"]],
    [2, ["assess", "image", "shop.tar", "--severity", "awful"]],
    [2, ["no-such-command"]],
    [2, ["assess", "image", "shop.tar", "--policy", "absent.yaml"]],
    [3, ["assess", "image", "absent.tar"]],
    [3, ["assess", "image", "127.0.0.1:1/shop/web:1", "--offline"]],
    [3, ["assess", "registry", "127.0.0.1:1", "--offline"]],
    [3, ["assess", "cluster", "empty.yaml", "--no-report-dir"]],
    [3, ["assess", "image", "cut.tar"]],
  ])("%i for %j", (expected, args) => {
    writeFileSync(join(folder, "lax.yaml"), "gate: { allow: {} }\n");
    writeFileSync(join(folder, "empty.yaml"), "# nothing here\n");
    writeFileSync(join(folder, "cut.tar"), readFileSync(image).subarray(0, 5000));
    const { status, stdout, stderr } = plimsoll(args);
    expect(status, stdout + stderr).toBe(expected);
    if (expected >= 2 && expected !== 7)
      expect(stdout + stderr).toMatch(/hint: |Usage|error: |nothing could be assessed/);
  });
});

describe("an image", () => {
  it("gives the planted faults, each with its evidence", () => {
    const { findings } = reportOf(["assess", "image", "shop.tar", "--advisories", advisories]);
    const failed = findings
      .filter((finding) => finding.status === "fail")
      .map((finding) => `${finding.check} ${finding.key}`);
    expect(failed).toContainEqual("image/runs-as-root ");
    expect(failed).toContainEqual("image/privilege-escalation-files /bin/su setuid");
    expect(failed).toContainEqual("image/remote-shell /usr/sbin/dropbear");
    expect(failed).toContainEqual("image/remote-shell port 22/tcp");
    expect(failed).toContainEqual("image/world-writable-files /app/uploads");
    expect(failed).toContainEqual("image/stale ");
    expect(failed).toContainEqual(expect.stringMatching(/^image\/embedded-secret file \/app\/deploy_key private-key/));
    expect(failed).toContainEqual(expect.stringMatching(/^image\/embedded-secret env DB_PASSWORD/));
    expect(failed).toContainEqual("image/vulnerable-package libssl1.1@1.1.1d-r3 CVE-2021-3711");
    expect(failed).toContainEqual(expect.stringMatching(/^image\/past-end-of-life /));
  });
  it("removes evidence that an earlier run left in the report folder, and nothing else", () => {
    const evidence = join(folder, "again/oscal/evidence");
    mkdirSync(evidence, { recursive: true });
    const stale = `sha256-${"0".repeat(64)}.json`;
    writeFileSync(join(evidence, stale), "{}");
    writeFileSync(join(evidence, "notes.txt"), "ours");
    plimsoll(["assess", "image", "shop.tar", "--report-dir", "again"]);
    const left = readdirSync(evidence);
    expect(left).toContain("notes.txt");
    expect(left).not.toContain(stale);
    expect(left.length).toBeGreaterThan(1);
  });
  it("shows no secret anywhere", () => {
    const secret = /-----BEGIN[\s\S]{0,40}\n(.{20})/.exec(readFileSync(image, "latin1"))?.[1];
    expect(secret).toBeDefined();
    plimsoll(["assess", "image", "shop.tar", "--report-dir", "reports", "--save-facts", "facts.json"]);
    const files = readdirSync(join(folder, "reports"), { recursive: true }).map((file) =>
      join(folder, "reports", String(file)),
    );
    for (const file of [...files, join(folder, "facts.json")]) {
      if (existsSync(file) && /\.\w+$/.test(file)) expect(readFileSync(file, "utf8"), file).not.toContain(secret);
    }
  });
});

const archive = sharedData("images/alpine-3.11.5.docker.tar.gz");
const feeds = sharedData("advisories");
const named = archive && feeds ? "" : " (skipped: the shared data is absent)";

describe.skipIf(!archive || !feeds)(`the real Alpine 3.11.5 archive${named}`, () => {
  it("has its 14 packages, its 45 advisories and its end of life", () => {
    const args = [
      "assess",
      "image",
      archive!,
      "--advisories",
      feeds!,
      "--no-report-dir",
      "--save-facts",
      "alpine.json",
    ];
    const failed = reportOf(args).findings.filter((finding) => finding.status === "fail");
    const rows = failed.filter((finding) => finding.check === "image/vulnerable-package").map((finding) => finding.key);
    expect(rows).toHaveLength(45);
    expect(new Set(rows).size).toBe(45);
    expect(rows).toContain("zlib@1.2.11-r3 CVE-2022-37434");
    expect(failed).toContainEqual(expect.objectContaining({ check: "image/past-end-of-life", key: "alpine 3.11" }));
    const { observations } = JSON.parse(readFileSync(join(folder, "alpine.json"), "utf8"));
    const inventory = observations.find(({ fact }: { fact: string }) => fact === "image/packages");
    expect(inventory.value.packages).toHaveLength(14);
  });
});

describe("replay", () => {
  it("gives the same bytes in every format and run", () => {
    plimsoll([
      "assess",
      "image",
      "shop.tar",
      "--advisories",
      advisories,
      "--save-facts",
      "replay.json",
      "--no-report-dir",
    ]);
    for (const format of ["json", "sarif", "oscal", "junit", "csv", "ndjson", "markdown", "terminal", "html"]) {
      const [first, second] = [1, 2].map(
        () => plimsoll(["assess", "replay.json", "-f", format, "--no-report-dir"]).stdout,
      );
      expect(first!.length).toBeGreaterThan(100);
      expect(second).toBe(first);
    }
  });
  it("notices an altered snapshot", () => {
    plimsoll(["assess", "image", "shop.tar", "--save-facts", "honest.json", "--no-report-dir"]);
    const text = readFileSync(join(folder, "honest.json"), "utf8");
    writeFileSync(join(folder, "altered.json"), text.replace('"mode":"4755"', '"mode":"0755"'));
    const { status, stderr } = plimsoll(["assess", "altered.json"]);
    expect(status).toBe(3);
    expect(stderr).toMatch(/altered\.json: the snapshot was altered after it was saved/);
  });
});

describe("a baseline", () => {
  it("lets only what is new fail", () => {
    plimsoll(["assess", "image", "shop.tar", "--save-facts", "before.json", "--no-report-dir"]);
    const same = plimsoll([
      "assess",
      "before.json",
      "--baseline",
      "before.json",
      "--fail-on",
      "low",
      "--no-report-dir",
    ]);
    expect(same.status, same.stdout).toBe(0);
    plimsoll(["assess", "image:shop.tar", `cluster:${manifests}`, "--save-facts", "after.json", "--no-report-dir"]);
    expect(
      plimsoll(["assess", "after.json", "--baseline", "before.json", "--fail-on", "low", "--no-report-dir"]).status,
    ).toBe(1);
    const { status, stdout } = plimsoll(["diff", "before.json", "after.json"]);
    expect(status).toBe(1);
    expect(stdout).toMatch(/\d+ new, 0 resolved, 0 no longer judged, \d+ remain/);
  });
});

describe("explain", () => {
  it("tells everything about a finding of the last report", () => {
    plimsoll(["assess", "image", "shop.tar", "--report-dir", "plimsoll-report"]);
    const { id } = reportOf(["assess", "image", "shop.tar", "--no-report-dir"]).findings.find(
      (finding) => finding.check === "image/runs-as-root",
    )!;
    const { status, stdout } = plimsoll(["explain", id]);
    expect(status).toBe(0);
    for (const part of ["Evidence", "Observed", "4.1.2-b", "Why it matters", "Fix", "waivers:"])
      expect(stdout).toContain(part);
  });
  it("says what to do when there is no such finding", () => {
    const { status, stderr } = plimsoll(["explain", "img-0000000"]);
    expect(status).toBe(2);
    expect(stderr).toContain("hint: ");
  });
});

describe("options", () => {
  it("are taken from the command line before the environment before the policy file", () => {
    writeFileSync(join(folder, "options.yaml"), "options: { format: csv, fail-on: low }\n");
    const args = ["assess", "image", "shop.tar", "--no-report-dir", "-p", "options.yaml"];
    expect(plimsoll(args).stdout).toMatch(/^id,|^"?check/);
    expect(plimsoll(args, { env: { PLIMSOLL_FORMAT: "ndjson" } }).stdout).toMatch(/^\{/);
    expect(plimsoll([...args, "-f", "junit"], { env: { PLIMSOLL_FORMAT: "ndjson" } }).stdout).toMatch(/^<\?xml/);
    expect(plimsoll(["config", "show", "-p", "options.yaml"], { env: { PLIMSOLL_BASELINE: "x" } }).stdout).toMatch(
      /--format = "csv" {2}\(options\.yaml\)[\s\S]*--baseline = "x" {2}\(environment PLIMSOLL_BASELINE\)/,
    );
  });
  it("write several reports at once", () => {
    plimsoll([
      "assess",
      "image",
      "shop.tar",
      "--no-report-dir",
      "--report",
      "sarif=a.sarif",
      "--report",
      "junit=b.xml",
      "-o",
      "c.txt",
    ]);
    for (const file of ["a.sarif", "b.xml", "c.txt"])
      expect(readFileSync(join(folder, file), "utf8").length).toBeGreaterThan(100);
  });
});

describe("the report folder", () => {
  it("holds the whole set", () => {
    plimsoll(["assess", "image", "shop.tar", "--report-dir", "set"]);
    const files = readdirSync(join(folder, "set"));
    expect(files).toEqual(
      expect.arrayContaining(["report.html", "report.json", "results.sarif", "snapshot.json", "oscal"]),
    );
    expect(readdirSync(join(folder, "set/oscal"))).toEqual(
      expect.arrayContaining(["assessment-results.json", "catalog.json", "poam.json"]),
    );
  });
});

describe("completion", () => {
  it.each(["bash", "zsh"])("for %s is a script that the shell accepts", (shell) => {
    const { stdout } = plimsoll(["completion", shell]);
    const checked = spawnSync("bash", ["-n"], { input: stdout });
    expect(checked.status).toBe(0);
  });
  it("completes commands and options in bash", () => {
    const { stdout } = plimsoll(["completion", "bash"]);
    const script = `${stdout}\nCOMP_WORDS=(plimsoll assess --fail); COMP_CWORD=2; _plimsoll; echo "\${COMPREPLY[@]}"; COMP_WORDS=(plimsoll cat); COMP_CWORD=1; _plimsoll; echo "\${COMPREPLY[@]}"`;
    expect(spawnSync("bash", ["-c", script], { encoding: "utf8", cwd: folder }).stdout).toMatch(
      /--fail-on[\s\S]*catalog/,
    );
  });
});
