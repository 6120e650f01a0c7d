import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Command } from "commander";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeExampleImage } from "../../scripts/example-image.ts";
import { osvDocument } from "../../src/advisories/feed.fixture.ts";
import { program } from "../../src/cli/program.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "plimsoll-examples-"));

/** What the examples name that no test machine has: an address, a daemon, the id of a finding, the machine itself. */
const elsewhere =
  /registry\.example|mirror\.example|plimsoll\.example|--feeds|--clamd|--pending-updates|img-7f3a|^plimsoll assess$|host|baseline|rescan web/;

function shell(command: string) {
  const script = `plimsoll() { "${process.execPath}" "${join(root, "bin/plimsoll")}" "$@"; }\n${command}`;
  const env = { ...process.env, PLIMSOLL_CACHE: join(folder, "cache") };
  return spawnSync("bash", ["-c", script], { cwd: folder, encoding: "utf8", env, maxBuffer: 2 ** 28, input: "" });
}

function helpOf(command: Command): string {
  const parts: string[] = [];
  command.configureOutput({ writeOut: (text) => void parts.push(text) });
  command.outputHelp();
  return parts.join("");
}

function commandsOf(command: Command): Command[] {
  return [command, ...command.commands.flatMap(commandsOf)];
}

const calls = commandsOf(program()).flatMap((command) =>
  [...helpOf(command).matchAll(/^ {2}\$ (.+?) {2,}\S.*$/gm)].map(([, call]) => call!),
);

beforeAll(async () => {
  await writeExampleImage(join(folder, "app.tar"));
  cpSync(join(root, "examples/advisories"), join(folder, "feeds"), { recursive: true });
  cpSync(join(root, "examples/manifests"), join(folder, "manifests"), { recursive: true });
  mkdirSync(join(folder, "rules"));
  mkdirSync(join(folder, "public"));
  const waiver = 'waivers: [{ key: "*CVE-*", reason: no input, approver: Platform team, expires: 2099-12-31 }]\n';
  const files = {
    Dockerfile: "FROM debian:12\nUSER 1000\n",
    "plimsoll.yaml": waiver,
    "stricter.yaml": "gate: { allow: { high: 0 } }\n",
    "team.yaml": waiver,
    "rules/a.yar": 'rule a { strings: $a = "never in a file" condition: $a }\n',
    "known-bad.txt": `${"0".repeat(64)}\n`,
    "rules/known-bad.txt": `${"0".repeat(64)}\n`,
    "pairs.tsv": "1.0\t1.1\n",
    "purls.txt": "pkg:npm/minimist@1.2.0\n",
    // What the examples of match and explain ask about.
    "feeds/ghsa_npm/GHSA-xvch-5gv4-984h.json": osvDocument("GHSA-xvch-5gv4-984h", "npm", "minimist", "1.2.6"),
    "feeds/debian_osv/CVE-2023-5678.json": osvDocument("CVE-2023-5678", "Debian:12", "openssl", "3.0.13-1~deb12u1"),
    "feeds/ghsa_npm/CVE-2024-3094.json": osvDocument("CVE-2024-3094", "npm", "xz", "5.6.2"),
    ".trivyignore": "CVE-2021-3711\n",
    ".grype.yaml": "ignore:\n  - vulnerability: CVE-2021-3711\n",
    ".snyk": "version: v1.5.0\nignore: {}\n",
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const made = shell(
    [
      "set -e; set -o pipefail",
      "plimsoll db keygen made",
      "cp made.pub team.pub",
      "plimsoll db build --from feeds/ -o advisories --key made.key",
      "plimsoll assess image app.tar --advisories feeds/ --save-facts monday.json --fail-on critical || true",
      "cp monday.json tuesday.json",
    ].join("\n"),
  );
  expect(made.stderr, made.stdout).not.toContain("plimsoll: ");
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("an example of the help works as it is written", () => {
  const run = calls.filter((call) => call.includes("plimsoll ") && !elsewhere.test(call));

  it("and there are many", () => expect(new Set(run).size).toBeGreaterThan(25));

  // A file of advisories is there before it is looked at, and decisions are written of the report that has any, whatever the order of the commands.
  const first = run.filter((call) => /vex write|db export/.test(call));
  it.each([...new Set([...first, ...run])])("%s", (call) => {
    // What is there for other examples stays as it is.
    const kept = call
      .replace("db keygen team", "db keygen own")
      .replace("team.key", "made.key")
      .replace("db build --from feeds/ -o advisories.plim", "db build --from feeds/ -o own.plim");
    const { status, stdout, stderr } = shell(kept);
    expect([0, 1], stdout.slice(-500) + stderr).toContain(status);
    expect(stderr).not.toMatch(/^plimsoll: .*\bbug\b/m);
  });
});
