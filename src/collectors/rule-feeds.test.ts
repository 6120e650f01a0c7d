import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type FeedFault, FeedServer } from "../../test/fakes/feed-server.ts";
import { zipArchive } from "../formats/zip.fixture.ts";
import { openDigestLists } from "./digest-lists.ts";
import { type RuleFeedOptions, refreshRuleFeeds } from "./rule-feeds.ts";
import { rulesAt } from "./rule-source.ts";

const server = new FeedServer();
let base = "";
let folder = "";
const options: RuleFeedOptions = { now: new Date("2026-01-02T03:04:05Z"), patience: 2_000 };
const rule = (name: string) => `rule ${name} { strings: $a = "${name}" condition: $a }\n`;
const pack = (files: readonly { readonly name: string; readonly content: string }[]) =>
  zipArchive(Object.fromEntries(files.map(({ name, content }) => [name, Buffer.from(content)])));
const list = (count: number) =>
  Array.from({ length: count }, (_, index) => `${index.toString(16).padStart(64, "0")} bad-${index}\n`).join("");
const refresh = (urls: string[], more: Partial<RuleFeedOptions> = {}) =>
  refreshRuleFeeds(folder, urls, { ...options, ...more });

beforeAll(async () => {
  base = await server.start();
});
afterAll(() => server.stop());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "plimsoll-rules-"));
  server.fault = "none";
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("feeds of rules", () => {
  it("are files and archives; what the options take is then in the folder, with the terms of use", async () => {
    server.put("/one.yar", rule("one"));
    server.put("/bad.csv", list(3));
    server.put(
      "/pack.zip",
      pack([
        { name: "pack/../../etc/two.yar", content: rule("two") },
        { name: "pack/sub/three.yara", content: `${rule("three")}${rule("four")}` },
        { name: "pack/known.txt", content: list(2) },
        { name: "pack/words.txt", content: "no digests here\n" },
        { name: "pack/LICENSE", content: "terms" },
        { name: "pack/tool.py", content: "import os" },
      ]),
    );
    expect(await refresh([`${base}/one.yar`, `${base}/bad.csv`, `${base}/pack.zip`])).toEqual([
      { url: `${base}/one.yar`, status: "fetched", rules: 1, digests: 0, leftOut: [] },
      { url: `${base}/bad.csv`, status: "fetched", rules: 0, digests: 3, leftOut: [] },
      { url: `${base}/pack.zip`, status: "fetched", rules: 3, digests: 2, leftOut: [] },
    ]);
    expect(
      rulesAt(folder)
        .map(({ text }) => text)
        .join(""),
    ).toMatch(/rule one[\s\S]*rule two[\s\S]*rule three/);
    expect(openDigestLists([folder]).state).toMatchObject({ state: "ran", rules: 3 });
    const files = readdirSync(folder, { recursive: true }).map(String);
    expect(files.some((name) => name.endsWith("LICENSE"))).toBe(true);
    expect(files.some((name) => /tool|words|\.\./.test(name))).toBe(false);
    expect(readdirSync(folder).filter((name) => name.startsWith("."))).toEqual([]);
  });
  it("are asked for news alone the next time, by the addresses of last time", async () => {
    server.put("/one.yar", rule("one"));
    await refresh([`${base}/one.yar`]);
    expect(await refresh([])).toEqual([{ url: `${base}/one.yar`, status: "unchanged" }]);
    server.put("/one.yar", `${rule("one")}${rule("more")}`, new Date("2025-05-05T00:00:00Z"));
    expect(await refresh([])).toMatchObject([{ status: "fetched", rules: 2 }]);
  });
  it("are in use where an update was killed after the old ones were moved aside, and put right by the next", async () => {
    server.put("/one.yar", rule("one"));
    await refresh([`${base}/one.yar`]);
    const [name] = readdirSync(folder).filter((entry) => entry.startsWith("one-"));
    renameSync(join(folder, name!), join(folder, `.${name}.old`));
    expect(rulesAt(folder).map(({ text }) => text)).toEqual([rule("one")]);
    server.fault = "500";
    expect(await refresh([])).toMatchObject([{ status: "kept" }]);
    expect(readdirSync(folder).sort()).toEqual([name, "rule-feeds.json"].sort());
    expect(rulesAt(folder).map(({ text }) => text)).toEqual([rule("one")]);
    // What is moved aside while the new ones are there does not count beside them.
    cpSync(join(folder, name!), join(folder, `.${name}.old`), { recursive: true });
    expect(rulesAt(folder)).toHaveLength(1);
  });
  it("leave out rules that the engine refuses, and those whose name is taken", async () => {
    server.put(
      "/pack.zip",
      pack([
        { name: "a.yar", content: rule("one") },
        { name: "b.yar", content: rule("one") },
        { name: "c.yar", content: "rule broken {" },
      ]),
    );
    const complaint = (text: string) => (text.includes("broken") ? "syntax error" : undefined);
    expect(await refresh([`${base}/pack.zip`], { complaint })).toMatchObject([
      { rules: 1, leftOut: ["b.yar: rule one is in another file", "c.yar: syntax error"] },
    ]);
    expect(rulesAt(folder)).toHaveLength(1);
  });
  it.each<FeedFault>(["500", "403", "cut", "empty", "wrong-content", "loop"])(
    "keep the old rules when the server answers with fault %s",
    async (fault) => {
      server.put("/one.yar", rule("one"));
      await refresh([`${base}/one.yar`]);
      const notes = readFileSync(join(folder, "rule-feeds.json"), "utf8");
      server.put("/one.yar", rule("new"), new Date("2025-06-06T00:00:00Z"));
      server.fault = fault;
      expect(await refresh([])).toMatchObject([{ status: "kept", reason: expect.stringMatching(/\S/) }]);
      expect(rulesAt(folder).map(({ text }) => text)).toEqual([rule("one")]);
      expect(readFileSync(join(folder, "rule-feeds.json"), "utf8")).toBe(notes);
      server.fault = "none";
      expect(await refresh([])).toMatchObject([{ status: "fetched" }]);
    },
  );
  it("that lost rules are refused unless that is meant", async () => {
    server.put("/bad.txt", list(100));
    await refresh([`${base}/bad.txt`]);
    server.put("/bad.txt", list(90), new Date("2025-07-07T00:00:00Z"));
    expect(await refresh([])).toMatchObject([
      { status: "kept", reason: expect.stringMatching(/has 90 rules and digests, and had 100$/) },
    ]);
    expect(await refresh([], { force: true })).toMatchObject([{ status: "fetched", digests: 90 }]);
  });
  it("that were never there fail, and an address that is none says so", async () => {
    const [missing, wrong] = await refresh([`${base}/none.yar`, "rules.yar"]);
    expect(missing).toMatchObject({ status: "failed" });
    expect(wrong).toMatchObject({ status: "failed", reason: "rules.yar: is no web address" });
  });
  it("archives of nothing but other files are refused", async () => {
    server.put("/pack.zip", pack([{ name: "readme.md", content: "hello" }]));
    expect(await refresh([`${base}/pack.zip`])).toMatchObject([
      { status: "failed", reason: expect.stringContaining("holds neither YARA rules nor SHA-256 digests") },
    ]);
  });
});
