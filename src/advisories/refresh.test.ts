import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MockAgent } from "undici";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { FeedServer } from "../../test/fakes/feed-server.ts";
import { zipArchive } from "../formats/zip.fixture.ts";
import { osvDocument, scratchFolder, smallFeeds } from "./feed.fixture.ts";
import { feeds } from "./feeds/feeds.ts";
import { buildAdvisories } from "./file/build.ts";
import { newKeyPair, readKey } from "./file/envelope.ts";
import { openPublication } from "./file/publication.ts";
import { FileStore } from "./file-store.ts";
import { openAdvisories } from "./open.ts";
import { publishFolder } from "./publish.ts";
import { findFeeds } from "./sources/feed-source.ts";
import { type FeedRefresh, type RefreshOptions, refreshFeeds } from "./sources/refresh.ts";
import { updateFolder } from "./update.ts";

const scratch = scratchFolder();
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let server: FeedServer;
let base: string;
let folder: string;
let count = 0;
beforeEach(async () => {
  server = new FeedServer();
  base = await server.start();
  folder = join(scratch, `feeds-${count++}`);
});
afterEach(() => server.stop());

const kevPath = "/sites/default/files/feeds/known_exploited_vulnerabilities.json";

function kev(entries: number): string {
  const vulnerabilities = Array.from({ length: entries }, (_, index) => ({
    cveID: `CVE-2024-${1000 + index}`,
    dateAdded: "2024-01-02",
    knownRansomwareCampaignUse: "Unknown",
  }));
  return JSON.stringify({ count: entries, vulnerabilities });
}

async function refresh(feed: string, more: RefreshOptions = {}): Promise<FeedRefresh> {
  const [report] = await refreshFeeds(folder, { only: [feed], bases: new Map([[feed, base]]), patience: 400, ...more });
  return report as FeedRefresh;
}

describe("a feed of whole files", () => {
  it("is fetched once, then only when it changed", async () => {
    server.put(kevPath, kev(100));
    expect(await refresh("kev")).toEqual({ feed: "kev", status: "fetched" });
    expect(await refresh("kev")).toEqual({ feed: "kev", status: "unchanged" });
    expect(server.seen.map(({ status }) => status)).toEqual([200, 304]);
    server.put(kevPath, kev(101), new Date("2025-04-05T00:00:00Z"));
    expect(await refresh("kev")).toMatchObject({ status: "fetched" });
    const store = await openAdvisories(folder);
    expect(store.facts("CVE-2024-1100")).toBeDefined();
    expect(store.stamp.date).toBe("2025-04-05T00:00:00.000Z");
  });

  it.each(["500", "403", "cut", "empty", "slow", "wrong-content", "loop"] as const)(
    "stays as it was when the server answers %s",
    async (fault) => {
      server.put(kevPath, kev(100));
      await refresh("kev");
      server.put(kevPath, kev(120));
      server.fault = fault;
      const report = await refresh("kev");
      expect(report.status).toBe("kept");
      expect(report.reason).toMatch(/\S/);
      const store = await openAdvisories(folder);
      expect(store.facts("CVE-2024-1099")).toBeDefined();
      expect(store.facts("CVE-2024-1110")).toBeUndefined();
      server.fault = "none";
      expect(await refresh("kev")).toMatchObject({ status: "fetched" });
      expect((await openAdvisories(folder)).facts("CVE-2024-1110")).toBeDefined();
    },
  );

  it("is fetched anew where somebody removed it, and stays as it was where the disk refuses", async () => {
    server.put(kevPath, kev(100));
    await refresh("kev");
    rmSync(join(folder, "kev"), { recursive: true });
    expect(await refresh("kev")).toMatchObject({ status: "fetched" });
    server.put(kevPath, kev(120));
    // A file stands where the folder for what is fetched would be.
    writeFileSync(join(folder, ".kev.part"), "");
    expect(await refresh("kev")).toMatchObject({ status: "kept", reason: expect.stringContaining("EEXIST") });
    expect((await openAdvisories(folder)).facts("CVE-2024-1099")).toBeDefined();
  });

  it("that has shrunk is refused, and taken by force", async () => {
    server.put(kevPath, kev(100));
    await refresh("kev");
    server.put(kevPath, kev(90));
    expect(await refresh("kev")).toMatchObject({
      status: "kept",
      reason: expect.stringMatching(/has 90 records, and had 100/),
    });
    expect((await openAdvisories(folder)).facts("CVE-2024-1099")).toBeDefined();
    expect(await refresh("kev", { force: true })).toMatchObject({ status: "fetched" });
    expect((await openAdvisories(folder)).facts("CVE-2024-1099")).toBeUndefined();
  });
});

describe("a feed with a file for each release", () => {
  const secdb = (name: string) =>
    JSON.stringify({
      distroversion: name,
      packages: [{ pkg: { name: "musl", secfixes: { "1-r0": ["CVE-2020-28928"] } } }],
    });
  const put = (...branches: readonly string[]) => {
    for (const branch of branches)
      for (const part of ["main", "community"]) server.put(`/${branch}/${part}.json`, secdb(branch));
  };
  const known = ["edge", ...Array.from({ length: 22 }, (_, index) => `v3.${index + 3}`)];

  it("takes releases that are newer than this program, and misses none of those that it knows or has had", async () => {
    put(...known);
    expect(await refresh("alpine-secdb")).toEqual({ feed: "alpine-secdb", status: "fetched" });
    expect((await openAdvisories(folder)).ecosystems()).not.toContain("alpine:3.25");
    put("v3.25");
    expect(await refresh("alpine-secdb")).toEqual({ feed: "alpine-secdb", status: "fetched" });
    const store = await openAdvisories(folder);
    await store.prepare(["alpine:3.25"]);
    expect(store.records("alpine:3.25", "musl")).toHaveLength(1);
    server.files.delete("/v3.25/main.json");
    expect(await refresh("alpine-secdb")).toMatchObject({ status: "kept", reason: expect.stringContaining("404") });
    put("v3.25");
    // What an attempt that failed had fetched is not taken up where the next one finds it gone.
    put("v3.26");
    server.put("/v3.3/main.json", "{ cut");
    expect(await refresh("alpine-secdb")).toMatchObject({ status: "kept" });
    for (const part of ["main", "community"]) server.files.delete(`/v3.26/${part}.json`);
    server.put("/v3.3/main.json", secdb("v3.3b"));
    expect(await refresh("alpine-secdb")).toMatchObject({ status: "fetched" });
    expect((await openAdvisories(folder)).ecosystems()).not.toContain("alpine:3.26");
    expect(existsSync(join(folder, "alpine-secdb", "v3.26"))).toBe(false);
    server.files.delete("/v3.20/main.json");
    expect(await refresh("alpine-secdb")).toMatchObject({ status: "kept", reason: expect.stringContaining("404") });
  });
});

it.each([
  ["wolfi", "/os/security.json", { urlprefix: "https://packages.wolfi.dev/os" }],
  ["chainguard", "/chainguard/security.json", { urlprefix: "https://packages.cgr.dev/chainguard" }],
  ["minimos", "/advisories/secdb/security.json", { urlprefix: "https://packages.mini.dev" }],
])("fetches the database of %s for its user", async (feed, path, head) => {
  server.put(
    path,
    JSON.stringify({ ...head, packages: [{ pkg: { name: "go", secfixes: { "1-r0": ["CVE-2024-1111"] } } }] }),
  );
  expect(await refresh(feed)).toEqual({ feed, status: "fetched" });
  const store = await openAdvisories(folder);
  await store.prepare([feed]);
  expect(store.records(feed, "go")).toMatchObject([{ id: "CVE-2024-1111", source: feed }]);
});

it.each([
  ["ubuntu-osv", "Ubuntu", "UBUNTU-CVE-2024-1111", "Ubuntu:22.04:LTS", "ubuntu:22.04"],
  ["bitnami", "Bitnami", "BIT-redis-2024-1111", "Bitnami", "bitnami"],
  ["osv-hex", "Hex", "EEF-CVE-2024-1111", "Hex", "hex"],
  ["osv-pub", "Pub", "GHSA-2222", "Pub", "pub"],
  ["osv-githubactions", "GitHub Actions", "GHSA-2222", "GitHub Actions", "githubactions"],
  ["osv-swift", "SwiftURL", "GHSA-2222", "SwiftURL", "swift"],
  ["osv-cran", "CRAN", "RSEC-2023-1", "CRAN", "cran"],
  ["osv-hackage", "Hackage", "HSEC-2023-0001", "Hackage", "hackage"],
])("fetches %s from OSV, then what changed", async (feed, dump, id, ecosystem, ours) => {
  const document = (fixed: string) => osvDocument(id, ecosystem, "thing", fixed);
  server.put(`/${dump}/all.zip`, zipArchive({ [`${id}.json`]: Buffer.from(document("1.0")) }, { deflated: true }));
  server.put(`/${dump}/modified_id.csv`, `2025-01-01T00:00:00Z,${id}\n`);
  expect(await refresh(feed)).toEqual({ feed, status: "fetched" });
  server.put(`/${dump}/modified_id.csv`, `2025-03-06T00:00:00Z,${id}\n`);
  server.put(`/${dump}/${id}.json`, document("2.0"));
  expect(await refresh(feed)).toEqual({ feed, status: "fetched" });
  const store = await openAdvisories(folder);
  await store.prepare([ours]);
  expect(store.records(ours, "thing").map(({ ranges }) => ranges[0]?.fixed)).toEqual(["2.0"]);
});

describe("a feed of OSV documents", () => {
  const archive = "/npm/all.zip";
  const list = "/npm/modified_id.csv";

  beforeEach(async () => {
    const documents = Array.from(
      { length: 5 },
      (_, index) => [`GHSA-${index}.json`, osvDocument(`GHSA-${index}`, "npm", `package-${index}`, "1.0.0")] as const,
    ).map(([path, text]) => [path, Buffer.from(text)] as const);
    server.put(archive, zipArchive(Object.fromEntries(documents), { deflated: true }));
    server.put(list, "2025-01-01T00:00:00Z,GHSA-0\n");
    expect(await refresh("ghsa-npm")).toMatchObject({ status: "fetched" });
  });

  it("does not take an empty list of changes for none", async () => {
    expect(await refresh("ghsa-npm")).toMatchObject({ status: "unchanged" });
    server.put(list, "\n");
    expect(await refresh("ghsa-npm")).toMatchObject({ status: "kept", reason: expect.stringContaining("is empty") });
  });

  it("fetches the documents that changed and nothing else", async () => {
    const before = server.seen.length;
    server.put(list, "2025-03-06T00:00:00Z,GHSA-3\n2025-03-05T00:00:00Z,GHSA-9\n2025-03-01T00:00:00Z,GHSA-1\n");
    server.put("/npm/GHSA-3.json", osvDocument("GHSA-3", "npm", "package-3", "3.3.3"));
    server.put("/npm/GHSA-9.json", osvDocument("GHSA-9", "npm", "package-9", "9.9.9"));
    expect(await refresh("ghsa-npm")).toMatchObject({ status: "fetched" });
    expect(server.seen.slice(before).map(({ path }) => path)).toEqual([list, "/npm/GHSA-3.json", "/npm/GHSA-9.json"]);
    const store = await openAdvisories(folder);
    await store.prepare(["npm"]);
    expect(store.records("npm", "package-3").map(({ ranges }) => ranges[0]?.fixed)).toEqual(["3.3.3"]);
    expect(store.records("npm", "package-1").map(({ ranges }) => ranges[0]?.fixed)).toEqual(["1.0.0"]);
    expect(store.records("npm", "package-9")).toHaveLength(1);
    expect(store.stamp.date).toBe("2025-03-06T00:00:00Z");
    expect(await refresh("ghsa-npm")).toMatchObject({ status: "unchanged" });
  });

  it.each([
    ["is missing", undefined],
    ["is another's", osvDocument("GHSA-8", "npm", "package-8", "1.0.0")],
    ["is no JSON", "<html>"],
  ])("stays as it was when a changed document %s", async (_, content) => {
    server.put(list, "2025-03-06T00:00:00Z,GHSA-3\n");
    if (content !== undefined) server.put("/npm/GHSA-3.json", content);
    expect(await refresh("ghsa-npm")).toMatchObject({ status: "kept" });
    const store = await openAdvisories(folder);
    await store.prepare(["npm"]);
    expect(store.records("npm", "package-3").map(({ ranges }) => ranges[0]?.fixed)).toEqual(["1.0.0"]);
  });
});

it("fetches large feeds where they are asked for, or were before, and no others of them", async () => {
  const nowhere = new MockAgent();
  nowhere.disableNetConnect();
  const folder = join(scratch, "large");
  const asked = async (only?: readonly string[]) =>
    (await refreshFeeds(folder, { only, dispatcher: nowhere, patience: 100 })).map(({ feed }) => feed);
  const large = feeds.flatMap(({ id, mirror, large: isLarge }) => (mirror && isLarge ? [id] : []));
  expect(large).toContain("redhat-csaf");
  const usual = await asked();
  expect(usual).toContain("kev");
  expect(usual.filter((id) => large.includes(id))).toEqual([]);
  expect(await asked(["redhat-csaf"])).toEqual(["redhat-csaf"]);
  writeFileSync(join(folder, "feeds.json"), JSON.stringify({ "redhat-csaf": { date: "", records: 1, files: {} } }));
  expect((await asked()).filter((id) => large.includes(id))).toEqual(["redhat-csaf"]);
  await nowhere.close();
});

it("publishes to any web server; a client fetches what changed, checked against the key", async () => {
  const pair = newKeyPair();
  const key = readKey(pair.privateKey, "private", "test");
  const keys = [readKey(pair.publicKey, "public", "test")];
  const published = join(scratch, "published");
  const serve = () => {
    const { readdirSync, statSync } = fs;
    for (const name of readdirSync(published, { recursive: true }).map(String)) {
      if (statSync(join(published, name)).isFile())
        server.put(`/advisories/${name}`, readFileSync(join(published, name)));
    }
  };
  const fs = await import("node:fs");
  await publishFolder(
    await buildAdvisories(await findFeeds(smallFeeds(join(scratch, "one"), { packages: 400 }))),
    published,
    { key },
  );
  serve();
  const update = () => updateFolder(openPublication(`${base}/advisories`, { patience: 400 }), folder, { keys });
  expect(await update()).toMatchObject({ status: "updated" });
  const whole = server.sent;
  await publishFolder(
    await buildAdvisories(await findFeeds(smallFeeds(join(scratch, "two"), { packages: 402 }))),
    published,
    { key },
  );
  serve();
  expect(await update()).toMatchObject({ status: "updated", fetched: 0 });
  expect(server.sent - whole).toBeLessThan(whole / 2);
  expect(FileStore.open(folder, keys).records("npm", "package-401")).toHaveLength(1);
  server.fault = "wrong-content";
  await expect(update()).rejects.toMatchObject({ code: "CORRUPT_INPUT" });
  server.fault = "500";
  await expect(update()).rejects.toMatchObject({ code: "UNREACHABLE" });
  expect(FileStore.open(folder, keys).verify()).toBeGreaterThan(400);
  expect(existsSync(join(folder, "index.json"))).toBe(true);
});
