import { spawn, spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { scratchFolder, smallFeeds } from "../../src/advisories/feed.fixture.ts";

const program = fileURLToPath(new URL("../../bin/plimsoll", import.meta.url));
const scratch = scratchFolder();
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const feeds = smallFeeds(join(scratch, "feeds"));

function run(args: readonly string[], input: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { encoding: "utf8", input });
  return { status, stdout: stdout.split("\n").filter((line) => line !== ""), stderr };
}

describe("what reads lines from stdin", () => {
  it("match: answers the good ones, tells the bad one, and says so by its exit code", () => {
    const good = "pkg:npm/package-1@1.0.0";
    const { status, stdout, stderr } = run(["match", "--advisories", feeds], `# purls\n${good}\nnonsense\n\n${good}\n`);
    expect(status).toBe(2);
    expect(stdout.map((line) => JSON.parse(line))).toMatchObject([
      { purl: good, id: "CVE-2024-10001" },
      { purl: "nonsense", unjudged: expect.stringContaining("no package URL") },
      { purl: good, id: "CVE-2024-10001" },
    ]);
    expect(stderr).toContain("plimsoll: line 3 of stdin: nonsense: is no package URL");
  });
  it.each([
    [["pkg:npm/package-1@9.0.0"], 0],
    [["pkg:npm/package-1@latest"], 3],
    [["pkg:deb/debian/zlib@1?distro=debian-7"], 3],
    [["pkg:npm/package-1@9.0.0", "pkg:deb/debian/zlib@1?distro=debian-7"], 0],
    [["nonsense"], 2],
  ])("match: %j gives exit code %i", (purls, expected) => {
    expect(run(["match", "--advisories", feeds, ...purls], "").status).toBe(expected);
  });
  it("match: answers a line before the next one comes", async () => {
    const child = spawn(process.execPath, [program, "match", "--advisories", feeds], {
      stdio: ["pipe", "pipe", "ignore"],
    });
    const answer = () => new Promise<string>((resolve) => child.stdout.once("data", (bytes) => resolve(String(bytes))));
    for (const index of [1, 2]) {
      const answered = answer();
      child.stdin.write(`pkg:npm/package-${index}@1.0.0\n`);
      expect(JSON.parse(await answered)).toMatchObject({ id: `CVE-2024-1000${index}` });
    }
    child.stdin.end();
    expect(await new Promise((resolve) => child.once("close", resolve))).toBe(0);
  });
  it("db compare: answers every line in its place", () => {
    const { status, stdout, stderr } = run(["db", "compare", "rpm"], "1:1.0-1\t2.0-1\r\nnonsense\n1\t1");
    expect([status, stdout]).toEqual([2, [">", "?", "="]]);
    expect(stderr).toContain("line 2 of stdin");
    expect(run(["db", "compare", "deb"], "1~rc1\t1\n").status).toBe(0);
  });
});
