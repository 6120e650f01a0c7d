import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ArtifactRegistry } from "../../test/fakes/artifact-registry.ts";
import { scratchFolder, smallFeeds } from "../advisories/feed.fixture.ts";
import { program } from "./program.ts";

const scratch = scratchFolder();
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const at = (name: string) => join(scratch, name);
const feeds = smallFeeds(at("feeds"));

let printed = "";
beforeEach(() => {
  printed = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text, ...rest) => {
    printed += String(text);
    const done = rest.find((argument): argument is () => void => typeof argument === "function");
    done?.();
    return true;
  });
});
afterEach(() => vi.restoreAllMocks());

async function run(...args: string[]): Promise<string> {
  printed = "";
  await program().parseAsync(["node", "plimsoll", "db", ...args]);
  return printed;
}

describe("plimsoll db", () => {
  it("makes keys that are never overwritten, the private one for its owner alone", async () => {
    expect(await run("keygen", at("team"))).toMatch(/key [0-9a-f]{16}/);
    expect(statSync(at("team.key")).mode & 0o777).toBe(0o600);
    const before = readFileSync(at("team.key"), "utf8");
    await expect(run("keygen", at("team"))).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    expect(readFileSync(at("team.key"), "utf8")).toBe(before);
  });

  it.each([
    [["update", "feeds", "--feeds", "--base", "kev"], /is no FEED=ADDRESS/],
    [["update", "feeds", "--feeds", "--base", "kevv=https://mirror.example"], /no feed kevv can be fetched/],
    [["update", "feeds", "--feeds", "--base", "kev=mirror.example"], /is no address of a web server/],
    [["update", "feeds", "--feeds", "--only", "nope"], /no feed of that name/],
    [["build", "--from", feeds, "-o", "x.plim", "--only", "kev", "--only", "nope"], /feed nope is not in/],
  ])("refuses %j before anything is done", async (args, message) => {
    await expect(run(...args)).rejects.toMatchObject({ code: "USAGE", message: expect.stringMatching(message) });
    expect(existsSync("x.plim")).toBe(false);
  });

  it("builds, tells the status, verifies, exports and imports; the data stays the same", async () => {
    const built = await run("build", "--from", feeds, "-o", at("published"), "--key", at("team.key"));
    expect(built).toMatch(/^sha256:[0-9a-f]{64}\n7 feeds, 48 records, .*, signed: /);
    const id = built.split("\n")[0] as string;
    expect(await run("status", at("published"))).toMatch(/signature {2}by key .* not checked/);
    const status = JSON.parse(await run("status", at("published"), "--key", at("team.pub"), "-f", "json")) as {
      id: string;
      signature: string;
      ecosystems: string[];
    };
    expect(status).toMatchObject({ id, ecosystems: ["alpine:3.11", "debian:12", "npm"] });
    expect(await run("status", at("published"))).toMatch(
      /\n {2}ecosystems\n {4}npm\n {4}alpine: 3\.11\n {4}debian: 12\n {2}feeds\n/,
    );
    expect(status.signature).toMatch(/^good, by key/);
    expect(await run("export", at("published"), "-o", at("carried.plim"))).toContain(id);
    expect(await run("verify", at("carried.plim"), "--key", at("team.pub"))).toMatch(/every hash is good/);
    expect(await run("import", at("carried.plim"), at("imported"), "--key", at("team.pub"))).toContain("updated");
    expect(await run("update", at("imported"), "--from", at("published"), "--key", at("team.pub"))).toContain(
      "unchanged",
    );
    expect(await run("status", at("imported"))).toContain(id);
  });

  it("publishes to a registry, updates from it and carries on from there to a file and to another repository", async () => {
    const registry = await ArtifactRegistry.start();
    try {
      const location = `registry:${registry.host}/security/advisories:1`;
      const built = await run("build", "--from", feeds, "-o", location, "--key", at("team.key"));
      expect(built).toMatch(/^sha256:.*\n7 feeds, 48 records, .*, signed: registry:.*; \d+ blobs sent \(.* kB\)\n$/);
      const id = built.split("\n")[0] as string;
      expect(await run("build", "--from", feeds, "-o", location, "--key", at("team.key"))).toContain("; 0 blobs sent");
      expect(await run("update", at("pulled"), "--from", location, "--key", at("team.pub"))).toContain("updated");
      expect(await run("status", at("pulled"), "--key", at("team.pub"))).toMatch(/signature {2}good/);
      const copy = `registry:${registry.host}/production/advisories:1`;
      expect(await run("export", location, "-o", copy)).toMatch(/; 0 blobs sent \(.*\), \d+ mounted/);
      expect(await run("update", at("pulled"), "--from", copy, "--key", at("team.pub"))).toContain("unchanged");
      expect(await run("export", copy, "-o", at("pulled.plim"))).toContain(id);
      expect(await run("verify", at("pulled.plim"), "--key", at("team.pub"))).toMatch(/every hash is good/);
      await run("keygen", at("other"));
      await expect(run("update", at("pulled"), "--from", location, "--key", at("other.pub"))).rejects.toMatchObject({
        code: "CORRUPT_INPUT",
      });
      expect(await run("status", at("pulled"), "--key", at("team.pub"))).toContain(id);
    } finally {
      await registry.stop();
    }
  });

  it("says of an unsigned build and of raw feeds that they are not signed", async () => {
    await run("build", "--from", feeds, "-o", at("own.plim"), "--core");
    expect(await run("status", at("own.plim"))).toMatch(/signature {2}none: a build of your own/);
    expect(await run("status", feeds)).toMatch(/raw feeds are not signed/);
    await expect(run("verify", at("own.plim"), "--key", at("team.pub"))).rejects.toMatchObject({
      code: "CORRUPT_INPUT",
      hint: expect.any(String),
    });
  });

  it.each([
    ["deb", "1.0~rc1-1", "1.0-1", "<"],
    ["maven", "1", "1.0.0", "="],
    ["rpm", "2.0-1", "1.9-9", ">"],
    ["semver", "1.0.0-alpha", "1.0.0", "<"],
  ])("compare %s %s %s prints %s", async (type, a, b, sign) => {
    expect(await run("compare", type, a, b)).toBe(`${sign}\n`);
  });

  it.each([
    [["compare", "oci", "1", "2"], "USAGE"],
    [["compare", "deb", "1"], "USAGE"],
    [["build", "--from", "nowhere", "-o", "x.plim"], "TARGET_NOT_FOUND"],
    [["build", "--from", feeds, "-o", "x.plim", "--only", "unknown"], "USAGE"],
    [["status", "nowhere"], "TARGET_NOT_FOUND"],
    [["update", "x"], "USAGE"],
    [["update", "x", "--from", "https://feeds.invalid", "--offline"], "USAGE"],
    [["update", "x", "--from", "registry:127.0.0.1:1/a", "--offline"], "USAGE"],
    [["update", "x", "--from", "registry:No Reference"], "USAGE"],
    [["build", "--from", feeds, "-o", `registry:h.invalid/a@sha256:${"0".repeat(64)}`], "USAGE"],
    [["verify", feeds], "TARGET_NOT_FOUND"],
  ] as const)("%j is %s, with a hint", async (args, code) => {
    await expect(run(...args)).rejects.toMatchObject({ code, hint: expect.any(String) });
    expect(existsSync("x.plim")).toBe(false);
  });
});
