import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sharedData } from "../../test/shared-data.ts";
import { osvDocument, scratchFolder, smallFeeds, writeFiles } from "./feed.fixture.ts";
import { buildAdvisories } from "./file/build.ts";
import { FileStore } from "./file-store.ts";
import { openAdvisories } from "./open.ts";
import { publishFile, publishFolder } from "./publish.ts";
import { RawStore } from "./raw-store.ts";
import { findFeeds } from "./sources/feed-source.ts";
import type { AdvisoryStore } from "./store.ts";

const scratch = scratchFolder();
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe("raw feeds, a built file and a built folder say the same", () => {
  const stores: Record<string, AdvisoryStore> = {};
  beforeAll(async () => {
    const feeds = smallFeeds(join(scratch, "feeds"));
    const build = await buildAdvisories(await findFeeds(feeds));
    await publishFile(build, join(scratch, "advisories.plim"));
    await publishFolder(build, join(scratch, "built"));
    for (const [name, path] of Object.entries({ raw: "feeds", file: "advisories.plim", folder: "built" })) {
      const store = await openAdvisories(join(scratch, path));
      await store.prepareAll();
      stores[name] = store;
    }
  });

  it.each(["raw", "file", "folder"])("%s", (name) => {
    const store = stores[name] as AdvisoryStore;
    expect(store.ecosystems()).toEqual(["alpine:3.11", "debian:12", "npm"]);
    expect(plain(store.records("alpine:3.11", "musl"))).toEqual([
      {
        id: "CVE-2000-0001",
        aliases: [],
        source: "alpine-secdb",
        ecosystem: "alpine:3.11",
        package: "musl",
        ranges: [],
        notAffected: true,
        state: "fixed",
      },
      {
        id: "CVE-2020-28928",
        aliases: [],
        source: "alpine-secdb",
        ecosystem: "alpine:3.11",
        package: "musl",
        ranges: [{ introduced: "0", fixed: "1.1.24-r3" }],
        state: "fixed",
      },
    ]);
    expect(store.records("debian:12", "curl")).toMatchObject([
      { id: "DSA-5000-1", related: ["CVE-2024-0002", "CVE-2024-0003"], source: "debian-osv" },
    ]);
    expect(store.records("npm", "package-7")).toMatchObject([
      {
        id: "GHSA-0007-aaaa-bbbb",
        aliases: ["CVE-2024-10007"],
        severity: "high",
        title: "Flaw 7",
        modified: "2024-05-06",
      },
    ]);
    expect(store.records("npm", "absent")).toEqual([]);
    expect(store.recordsById("CVE-2024-10007").map(({ id }) => id)).toEqual(["GHSA-0007-aaaa-bbbb"]);
    expect(store.recordsById("CVE-2024-0003").map(({ id }) => id)).toEqual(["DSA-5000-1"]);
    expect(store.facts("CVE-2024-10001")).toEqual({ knownExploited: { since: "2024-06-01", ransomware: true } });
    expect(store.facts("CVE-1999-1")).toBeUndefined();
    expect(store.releases("alpine-linux")).toEqual([
      { product: "alpine-linux", release: "3.12", endOfLife: "2022-05-01" },
      { product: "alpine-linux", release: "3.11", endOfLife: "2021-11-01", latest: "3.11.13" },
    ]);
    expect(store.statements("pkg:npm/package-1@9?x=y")).toMatchObject([
      { vulnerability: "CVE-2024-10001", status: "not_affected", subcomponents: ["pkg:npm/package-1@1.0.0"] },
    ]);
    expect(store.repositoryCpes("rhel-8-rpms")).toEqual(["cpe:/o:redhat:enterprise_linux:8"]);
    expect(store.has("debian:11")).toBe(false);
    expect(store.has("npm")).toBe(true);
    expect(store.stamp.date).toBe("2024-07-01T00:00:00Z");
  });

  it("has the same bytes whenever it is built from the same feeds", async () => {
    const build = await buildAdvisories(await findFeeds(join(scratch, "feeds")));
    const again = await publishFile(build, join(scratch, "again.plim"));
    expect(again.id).toBe((stores["file"] as AdvisoryStore).stamp.id);
    expect((stores["folder"] as AdvisoryStore).stamp.id).toBe(again.id);
  });
});

it("refuses look-ups in feeds that were not prepared, so that nothing looks clean by mistake", async () => {
  const store = await openAdvisories(smallFeeds(join(scratch, "unprepared")));
  expect(() => store.records("npm", "package-1")).toThrow(/before prepare/);
  await store.prepare(["npm"]);
  expect(store.records("npm", "package-1")).toHaveLength(1);
  expect(store.feeds.find(({ id }) => id === "debian-osv")?.records).toBeUndefined();
});

describe("a question about one vulnerability", () => {
  const open = async () => RawStore.open(smallFeeds(join(scratch, "asked")));
  const answers = (store: AdvisoryStore, id: string) => [plain(store.recordsById(id)), store.facts(id)];

  it("has the answer of all feeds, without reading them", async () => {
    const all = await open();
    await all.prepareAll();
    for (const id of ["CVE-2024-10007", "CVE-2024-0003", "CVE-2020-28928", "CVE-2024-10001", "CVE-1999-0001"]) {
      const store = await open();
      store.askAbout(id);
      await store.prepareAll();
      await store.prepare(["alpine:3.11"]);
      expect(answers(store, id)).toEqual(answers(all, id));
      const read = store.feeds.filter(({ records }) => records !== undefined).map((feed) => feed.id);
      expect(read).not.toContain("ghsa-npm");
      expect(read).toContain("alpine-secdb");
      expect(() => store.records("npm", "package-1")).toThrow(/before prepare/);
      // What was searched and is read later counts once.
      await store.prepare(["npm", "debian:12"]);
      expect(answers(store, id)).toEqual(answers(all, id));
    }
  });

  it("follows the other names of it, and reads everything where a name may not be written out", async () => {
    const store = await open();
    const folder = join(scratch, "asked", "ghsa_pip");
    writeFiles(folder, {
      "GHSA-2222-3333-4444.json": osvDocument("GHSA-2222-3333-4444", "PyPI", "other", "2", {
        aliases: ["CVE-2024-77777"],
      }),
    });
    writeFiles(join(scratch, "asked", "pypa"), {
      "PYSEC-2024-1.yaml": osvDocument("PYSEC-2024-1", "PyPI", "other", "2", { aliases: ["GHSA-2222-3333-4444"] }),
    });
    const found = await open();
    found.askAbout("CVE-2024-77777");
    await found.prepare(["alpine:3.11"]);
    expect(found.recordsById("GHSA-2222-3333-4444").map(({ id }) => id)).toEqual([
      "GHSA-2222-3333-4444",
      "PYSEC-2024-1",
    ]);
    store.askAbout("ALAS-2024-1");
    await store.prepareAll();
    expect(store.feeds.every(({ records }) => records !== undefined)).toBe(true);
  });
});

function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

function textOf(records: readonly object[]): string {
  return JSON.stringify(records.map((record) => JSON.stringify(Object.entries(plain(record)).sort())).sort());
}

const packed = sharedData("advisories");
describe.skipIf(!packed)(packed ? "the packed feeds" : "the packed feeds (absent: data/advisories)", () => {
  it("give the built file and the raw store the same records for every package of Alpine, Arch and the small feeds", async () => {
    const names = [
      "alpine-secdb",
      "arch",
      "ghsa-gem",
      "rustsec",
      "nodejs",
      "kubernetes",
      "kubernetes-list",
      "psf",
      "debian-lists",
      "kev",
      "repository-to-cpe",
    ];
    const sources = (await findFeeds(packed as string)).filter(({ feed }) => names.includes(feed.id));
    expect(sources).toHaveLength(names.length);
    const { AdvisoryTables } = await import("./memory-store.ts");
    const { readFeed } = await import("./sources/feed-source.ts");
    const tables = new AdvisoryTables();
    for (const source of sources) await readFeed(source, tables);
    const build = await buildAdvisories(sources);
    expect(build.broken).toEqual([]);
    await publishFile(build, join(scratch, "packed.plim"));
    const store = FileStore.open(join(scratch, "packed.plim"));
    let compared = 0;
    for (const ecosystem of tables.ecosystems()) {
      for (const name of tables.packages(ecosystem)) {
        const expected = tables.records(ecosystem, name);
        compared += expected.length;
        const found = store.records(ecosystem, name);
        // Comparing as text first keeps the test fast; the order of two records of one id is no part of the contract.
        if (textOf(found) !== textOf(expected)) expect(plain(found), `${ecosystem} ${name}`).toEqual(plain(expected));
      }
    }
    expect(compared).toBeGreaterThan(95_000);
    expect(tables.factIds()).toHaveLength(1404);
    expect(tables.factIds().map((id) => store.facts(id))).toEqual(tables.factIds().map((id) => tables.facts(id)));
    expect(
      tables
        .repositories()
        .every((name) => JSON.stringify(store.repositoryCpes(name)) === JSON.stringify(tables.repositoryCpes(name))),
    ).toBe(true);
  }, 120_000);

  it("gives 45 rows for the 14 packages of Alpine 3.11.5 by origin and version", async () => {
    const store = await openAdvisories(packed as string);
    await store.prepare(["alpine:3.11"]);
    const { versionOrder } = await import("./versions/version-order.ts");
    const order = versionOrder("apk")!;
    // Package, origin and version as alpine 3.11.5's database lists them.
    const installed: [string, string, string][] = [
      ["alpine-baselayout", "alpine-baselayout", "3.2.0-r3"],
      ["alpine-keys", "alpine-keys", "2.1-r2"],
      ["apk-tools", "apk-tools", "2.10.4-r3"],
      ["busybox", "busybox", "1.31.1-r9"],
      ["ca-certificates-cacert", "ca-certificates", "20191127-r1"],
      ["libc-utils", "libc-dev", "0.7.2-r0"],
      ["libcrypto1.1", "openssl", "1.1.1d-r3"],
      ["libssl1.1", "openssl", "1.1.1d-r3"],
      ["libtls-standalone", "libtls-standalone", "2.9.1-r0"],
      ["musl", "musl", "1.1.24-r2"],
      ["musl-utils", "musl", "1.1.24-r2"],
      ["scanelf", "pax-utils", "1.2.4-r0"],
      ["ssl_client", "busybox", "1.31.1-r9"],
      ["zlib", "zlib", "1.2.11-r3"],
    ];
    const rows = installed.flatMap(([name, origin, version]) =>
      store
        .records("alpine:3.11", origin)
        .filter(({ ranges }) => ranges.some(({ fixed }) => fixed !== undefined && order.compare(version, fixed) < 0))
        .map(({ id }) => `${name} ${id}`),
    );
    expect(new Set(rows).size).toBe(45);
    expect(store.releases("alpine-linux").find(({ release }) => release === "3.11")?.endOfLife).toBe("2021-11-01");
  });
});

it("opens the example in the project, which is dated by itself", async () => {
  const store = await openAdvisories(new URL("../../examples/advisories", import.meta.url).pathname);
  await store.prepare(["alpine:3.11"]);
  expect(store.stamp.date).toBe("2026-11-01T00:00:00Z");
  expect(store.records("alpine:3.11", "zlib").map(({ id }) => id)).toEqual(["CVE-2022-37434"]);
});
