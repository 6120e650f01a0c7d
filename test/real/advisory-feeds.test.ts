import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { scratchFolder } from "../../src/advisories/feed.fixture.ts";
import { type Build, buildAdvisories } from "../../src/advisories/file/build.ts";
import { FileStore } from "../../src/advisories/file-store.ts";
import { publishFile } from "../../src/advisories/publish.ts";
import { findFeeds } from "../../src/advisories/sources/feed-source.ts";
import { sharedData } from "../shared-data.ts";

/** Files and, where a publisher's own count is known, records of each packed feed. */
const files: Readonly<Record<string, number>> = {
  almalinux: 5680,
  "alpine-secdb": 41,
  amazon: 5393,
  arch: 2507,
  bitnami: 7444,
  "debian-osv": 44_181,
  "debian-lists": 2,
  "ghsa-npm": 3792,
  "ghsa-maven": 5305,
  "ghsa-pypi": 3465,
  "ghsa-gem": 892,
  "ghsa-golang": 2125,
  "ghsa-cargo": 895,
  "ghsa-composer": 4348,
  "ghsa-nuget": 685,
  "malicious-packages": 19_434,
  // 4,291 documents, 842 exclusions, and the reports, of which 719 tell why they were once excluded.
  govulndb: 9424,
  pypa: 2661,
  rustsec: 1225,
  rubysec: 1381,
  "redhat-osv": 15_175,
  rocky: 1491,
  "nvd-overrides": 32_184,
  "cve-enrichment": 6335,
  psf: 132,
  "ubuntu-tracker": 14_869,
};

const packed = sharedData("advisories");
const scratch = scratchFolder();
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe.skipIf(!packed)(packed ? "all packed feeds" : "all packed feeds (absent: data/advisories)", () => {
  let build: Build;
  let store: FileStore;
  const file = join(scratch, "all.plim");
  beforeAll(async () => {
    build = await buildAdvisories(await findFeeds(packed as string));
    await publishFile(build, file);
    store = FileStore.open(file);
  }, 600_000);

  it("build with every file read and none broken", () => {
    expect(build.broken).toEqual([]);
    const found = Object.fromEntries(build.index.feeds.map((feed) => [feed.id, feed.files]));
    expect(found).toMatchObject(files);
    expect(build.index.feeds).toHaveLength(33);
    expect(build.index.feeds.find(({ id }) => id === "kev")?.records).toBe(1404);
    expect(build.index.feeds.filter(({ records }) => records === 0)).toEqual([]);
  });

  it("fit into 30 MB, and every hash is good", () => {
    expect(statSync(file).size).toBeLessThan(30e6);
    expect(store.verify()).toBeGreaterThan(1_500_000);
  });

  it.each([
    ["debian:12", "openssl"],
    ["ubuntu:22.04", "openssl"],
    ["alpine:3.18", "openssl"],
    ["rhel", "openssl"],
    ["almalinux:9", "openssl"],
    ["amazon:2023", "openssl"],
    ["rocky:8", "openssl"],
    ["arch", "openssl"],
    ["npm", "minimist"],
    ["pypi", "Django"],
    ["maven", "org.apache.logging.log4j:log4j-core"],
    ["golang", "stdlib"],
    ["cargo", "openssl"],
    ["gem", "rails"],
    ["composer", "Symfony/Symfony"],
    ["nuget", "newtonsoft.json"],
    ["bitnami", "redis"],
    ["generic", "node"],
    ["generic", "ruby"],
    ["kubernetes", "k8s.io/kubelet"],
    ["cpe", "openssl:openssl"],
  ])("knows %s %s", (ecosystem, name) => expect(store.records(ecosystem, name).length).toBeGreaterThan(0));

  it("finds one vulnerability in every feed that knows it", () => {
    const sources = new Set(store.recordsById("CVE-2021-44228").map(({ source }) => source));
    for (const source of ["ghsa", "debian-osv", "debian-lists", "ubuntu-tracker", "amazon"])
      expect([...sources]).toContain(source);
    expect(store.facts("CVE-2021-44228")?.knownExploited).toEqual({ since: "2021-12-10", ransomware: true });
  });
});
