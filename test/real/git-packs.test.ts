import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packObjects } from "../../src/formats/git/pack.ts";
import { secretsOfFile } from "../../src/formats/secrets/archive-secrets.ts";

/* Packs that git itself wrote, read by us and by git. */

const hasGit = spawnSync("git", ["--version"]).status === 0;
const secret = "ghp_16C7e42F292c6912E7710c838347Ae178B4a";

let folder = "";
const git = (...parameters: string[]) =>
  execFileSync("git", ["-C", folder, "-c", "user.name=x", "-c", "user.email=x@example.com", ...parameters], {
    maxBuffer: 256 * 1024 ** 2,
    stdio: ["ignore", "pipe", "ignore"],
  });

/** Commits that change a few large files a little and add some, and take a secret out again. */
function makeHistory(format = "sha1"): void {
  git("init", "-q", `--object-format=${format}`);
  mkdirSync(join(folder, "src/deep"), { recursive: true });
  let lines = Array.from({ length: 400 }, (_, index) => createHash("sha256").update(String(index)).digest("hex"));
  for (let commit = 0; commit < 120; commit++) {
    lines = lines.map((line, index) => (index % 97 === commit % 97 ? `${line} ${commit}` : line));
    writeFileSync(join(folder, "src/deep/large.txt"), lines.join("\n"));
    writeFileSync(join(folder, `src/file ${commit % 13}.bin`), createHash("sha512").update(`${commit}`).digest());
    writeFileSync(join(folder, "config.env"), commit === 40 ? `GITHUB_TOKEN=${secret}\n` : `COMMIT=${commit}\n`);
    git("add", "-A");
    git("commit", "-q", "-m", `Change ${commit}`);
  }
  git("tag", "-a", "v1", "-m", "the first");
}

function packs(): { name: string; bytes: Buffer }[] {
  const at = join(folder, ".git/objects/pack");
  return readdirSync(at)
    .filter((name) => name.endsWith(".pack"))
    .map((name) => ({ name, bytes: readFileSync(join(at, name)) }));
}

/** Ids, kinds and digests of content, as git tells them: a line `ID KIND SIZE`, the content and a line break each (git-cat-file(1), "BATCH OUTPUT"). */
function objectsByGit(): string[] {
  const told = git("cat-file", "--batch-all-objects", "--batch");
  const found: string[] = [];
  for (let at = 0; at < told.length; ) {
    const end = told.indexOf("\n", at);
    const [id, type, size] = told.toString("latin1", at, end).split(" ") as [string, string, string];
    const content = told.subarray(end + 1, end + 1 + Number(size));
    found.push(`${id} ${type} ${createHash("sha256").update(content).digest("hex")}`);
    at = end + 2 + Number(size);
  }
  return found.sort();
}

function objectsByUs(): string[] {
  const limits = { object: 64 * 1024 ** 2, all: 1024 ** 3, objects: 100_000 };
  const found: string[] = [];
  for (const { name, bytes } of packs())
    for (const { id, type, content } of packObjects(bytes, name, limits))
      found.push(`${id} ${type} ${createHash("sha256").update(content).digest("hex")}`);
  return found.sort();
}

describe.skipIf(!hasGit)(`packs of git${hasGit ? "" : " (needs Debian's git)"}`, () => {
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "plimsoll-git-"));
    makeHistory();
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([
    ["by place", ["repack", "-adfq", "--depth=50"]],
    ["by id", ["-c", "repack.useDeltaBaseOffset=false", "repack", "-adfq", "--depth=250", "--window=50"]],
    ["without any", ["repack", "-adfq", "--depth=0"]],
  ])(
    "with deltas %s give the objects that git gives",
    (_, parameters) => {
      git(...parameters);
      const expected = objectsByGit();
      expect(expected.length).toBeGreaterThan(300);
      expect(objectsByUs()).toEqual(expected);
    },
    120_000,
  );

  it("are read where objects are named by SHA-256", async () => {
    const first = folder;
    folder = mkdtempSync(join(tmpdir(), "plimsoll-git-"));
    try {
      makeHistory("sha256");
      git("-c", "repack.useDeltaBaseOffset=false", "repack", "-adfq");
      expect(objectsByUs()).toEqual(objectsByGit());
      const [{ name, bytes }] = packs() as [{ name: string; bytes: Buffer }];
      const { secrets, skipped } = await secretsOfFile(bytes, `app/.git/objects/pack/${name}`);
      expect([skipped, secrets.length, secrets[0]?.member]).toEqual([
        undefined,
        1,
        expect.stringMatching(/:config.env$/),
      ]);
      expect(git("show", secrets[0]!.member!.split(":")[0]!).toString()).toBe(`GITHUB_TOKEN=${secret}\n`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
      folder = first;
    }
  }, 120_000);

  it("give a secret that a later commit took out, with its path and an object that git shows", async () => {
    git("repack", "-adfq");
    const [{ name, bytes }] = packs() as [{ name: string; bytes: Buffer }];
    const { secrets, skipped } = await secretsOfFile(bytes, `app/.git/objects/pack/${name}`);
    expect(skipped).toBeUndefined();
    expect(secrets.map(({ kind, member }) => [kind, member?.replace(/^\w+:/, "")])).toEqual([
      ["github-personal-access-token", "config.env"],
    ]);
    expect(git("show", secrets[0]!.member!.split(":")[0]!).toString()).toBe(`GITHUB_TOKEN=${secret}\n`);
  });
});
