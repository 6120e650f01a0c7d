import { rmSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { FeedServer } from "../../test/fakes/feed-server.ts";
import { tarOf } from "../formats/tar/tar-fixture.ts";
import { type CsafFixture, csafDocument } from "./csaf/csaf.fixture.ts";
import { osvDocument, scratchFolder, writeFiles } from "./feed.fixture.ts";
import { buildAdvisories } from "./file/build.ts";
import { FileStore } from "./file-store.ts";
import { matchInventory } from "./matching/match-inventory.ts";
import { purlPackage } from "./matching/purl-package.ts";
import type { MatchReport } from "./matching/report.ts";
import { openAdvisories } from "./open.ts";
import { publishFile } from "./publish.ts";
import { findFeeds } from "./sources/feed-source.ts";
import { type FeedRefresh, type RefreshOptions, refreshFeeds } from "./sources/refresh.ts";
import type { AdvisoryStore } from "./store.ts";

const scratch = scratchFolder();
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** A document about one CVE. Statements are `PLATFORM:COMPONENT`; components are package URLs behind their names. */
function csaf(
  id: string,
  platforms: CsafFixture["platforms"],
  fixture: Omit<CsafFixture, "id" | "platforms" | "parts">,
) {
  const parts = Object.values(fixture.status)
    .flat()
    .map((text) => {
      const whole = Object.keys(platforms).find((name) => text.startsWith(`${name}:`)) as string;
      return [whole, text.slice(whole.length + 1)] as const;
    });
  return JSON.stringify(csafDocument({ id, platforms, parts, ...fixture }));
}

const redhat = {
  el8: "cpe:/o:redhat:enterprise_linux:8",
  el9: "cpe:/o:redhat:enterprise_linux:9",
  "BaseOS-8": "cpe:/o:redhat:enterprise_linux:8::baseos",
  "AppStream-8": "cpe:/a:redhat:enterprise_linux:8::appstream",
  "BaseOS-9": "cpe:/o:redhat:enterprise_linux:9::baseos",
};
const suse = {
  "SUSE Linux Enterprise Server 15 SP4": "cpe:/o:suse:sles:15:sp4",
  "SUSE Linux Enterprise Module for Basesystem 15 SP4": "cpe:/o:suse:sle-module-basesystem:15:sp4",
};
const sles = "SUSE Linux Enterprise Server 15 SP4";
const basesystem = "SUSE Linux Enterprise Module for Basesystem 15 SP4";

const redhatDocuments: Readonly<Record<string, string>> = {
  "2024/cve-2024-1001.json": csaf("CVE-2024-1001", redhat, {
    components: {
      pam8: "pkg:rpm/redhat/pam@1.3.1-36.el8_10?arch=x86_64",
      pam9: "pkg:rpm/redhat/pam@1.5.1-22.el9?arch=x86_64",
    },
    status: { fixed: ["BaseOS-8:pam8", "BaseOS-9:pam9"] },
    threats: [{ category: "impact", details: "Important", product_ids: ["BaseOS-8:pam8", "BaseOS-9:pam9"] }],
  }),
  "2024/cve-2024-1002.json": csaf("CVE-2024-1002", redhat, {
    components: { vim: "pkg:rpm/redhat/vim-minimal", curl: "pkg:rpm/redhat/curl" },
    status: { known_affected: ["el8:vim", "el9:vim"], known_not_affected: ["el8:curl", "el9:curl"] },
    remediations: [
      { category: "no_fix_planned", details: "Will not fix", product_ids: ["el8:vim"] },
      { category: "none_available", details: "Fix deferred", product_ids: ["el9:vim"] },
    ],
  }),
  "2024/cve-2024-1003.json": csaf("CVE-2024-1003", redhat, {
    components: {
      "nodejs-18": "pkg:rpm/redhat/nodejs@18.20.4-1.module%2Bel8.10?arch=x86_64&epoch=1&rpmmod=nodejs:18:8100:x",
      "nodejs:16/nodejs": "pkg:rpm/redhat/nodejs?arch=src&rpmmod=nodejs:16",
    },
    status: { fixed: ["AppStream-8:nodejs-18"], known_affected: ["el8:nodejs:16/nodejs"] },
    remediations: [
      { category: "no_fix_planned", details: "Out of support scope", product_ids: ["el8:nodejs:16/nodejs"] },
    ],
  }),
};
const suseDocument = csaf("CVE-2024-1001", suse, {
  namespace: "https://www.suse.com/",
  components: {
    "curl-7.79.1-150400.5.1": "pkg:rpm/suse/curl@7.79.1-150400.5.1?upstream=curl-7.79.1-150400.5.1.src.rpm",
    vim: "pkg:rpm/suse/vim@?upstream=vim.src.rpm",
    xz: "pkg:rpm/suse/xz@?upstream=xz.src.rpm",
  },
  status: {
    recommended: [`${basesystem}:curl-7.79.1-150400.5.1`],
    known_affected: [`${sles}:vim`],
    known_not_affected: [`${sles}:xz`],
  },
});
const tracker = (releases: object) => ({ description: "A flaw in foot. More words.", scope: "local", releases });
const debianJson = JSON.stringify({
  foot: {
    "CVE-2024-1001": tracker({
      bookworm: { status: "resolved", repositories: {}, fixed_version: "1.13-2+deb12u1", urgency: "not yet assigned" },
    }),
    "CVE-2024-1002": tracker({
      bookworm: { status: "open", repositories: {}, urgency: "low", nodsa: "Minor issue", nodsa_reason: "ignored" },
    }),
    "CVE-2024-1003": tracker({ bookworm: { status: "resolved", fixed_version: "0", urgency: "not yet assigned" } }),
    "CVE-2024-1004": tracker({ bookworm: { status: "undetermined", urgency: "not yet assigned" } }),
  },
});
const cveList =
  "CVE-2024-1001 (A flaw in foot)\n\t{DSA-5500-1}\n\t- foot 1.15-2\nCVE-2024-1002 (Another)\n\t- foot 1.15-2 (low)\n\t[bookworm] - foot <ignored> (Minor issue)\nCVE-2024-1003 (Third)\n\t- foot 1.15-2\n\t[bookworm] - foot <not-affected> (Introduced later)\n";
const dsaList =
  "[01 Oct 2024] DSA-5500-1 foot - security update\n\t{CVE-2024-1001}\n\t[bookworm] - foot 1.13-2+deb12u1\n";
const enriched = JSON.stringify({
  dataType: "CVE_RECORD",
  cveMetadata: { cveId: "CVE-2024-1001", state: "PUBLISHED" },
  containers: {
    cna: { providerMetadata: { shortName: "redhat" } },
    adp: [
      {
        providerMetadata: { shortName: "CISA-ADP" },
        metrics: [{ other: { type: "ssvc", content: { options: [{ Exploitation: "active" }] } } }],
      },
    ],
  },
});

function writeFeeds(folder: string): string {
  return writeFiles(folder, {
    ...Object.fromEntries(Object.entries(redhatDocuments).map(([path, text]) => [`redhat-csaf/${path}`, text])),
    "redhat_osv/RHSA-2024-1.json": osvDocument(
      "RHSA-2024:1",
      "Red Hat:enterprise_linux:8::baseos",
      "pam",
      "0:1.3.1-36.el8_10",
      {
        related: ["CVE-2024-1001"],
        summary: "Red Hat Security Advisory: Important: pam security update",
      },
    ),
    "repo2cpe/repository-to-cpe.json": JSON.stringify({
      data: {
        "rhel-8-for-x86_64-baseos-rpms": { cpes: [redhat["BaseOS-8"]], repo_relative_urls: [] },
        "rhel-9-for-x86_64-baseos-rpms": { cpes: [redhat["BaseOS-9"]], repo_relative_urls: [] },
      },
    }),
    "suse-csaf/cve-2024-1001.json": suseDocument,
    "debian-json/json": debianJson,
    "debian-lists/CVE/list": cveList,
    "debian-lists/DSA/list": dsaList,
    "debian_osv/CVE-2024-1001.json": osvDocument("CVE-2024-1001", "Debian:12", "foot", "1.13-2+deb12u1"),
    "debian_osv/CVE-2024-1002.json": osvDocument("CVE-2024-1002", "Debian:12", "foot", undefined),
    "vulnrichment/2024/1xxx/CVE-2024-1001.json": enriched,
  });
}

const asked: readonly (readonly [purl: string, expected: readonly string[]])[] = [
  ["pkg:rpm/redhat/pam@1.3.1-33.el8?arch=x86_64&distro=rhel-8.10", ["CVE-2024-1001 fixed 0:1.3.1-36.el8_10"]],
  ["pkg:rpm/redhat/pam@1.3.1-36.el8_10?arch=x86_64&distro=rhel-8.10", []],
  ["pkg:rpm/redhat/pam@1.5.1-20.el9?arch=x86_64&distro=rhel-9.4", ["CVE-2024-1001 fixed 0:1.5.1-22.el9"]],
  [
    "pkg:rpm/redhat/pam@1.5.1-20.el9?arch=x86_64&distro=rhel-9.4&repository_id=rhel-9-for-x86_64-baseos-rpms",
    ["CVE-2024-1001 fixed 0:1.5.1-22.el9"],
  ],
  ["pkg:rpm/redhat/vim-minimal@8.0-19.el8?epoch=2&distro=rhel-8.10", ["CVE-2024-1002 will-not-fix -"]],
  [
    "pkg:rpm/redhat/vim-minimal@8.0-19.el8?epoch=2&distro=rhel-8.10&repository_id=rhel-8-for-x86_64-baseos-rpms",
    ["CVE-2024-1002 will-not-fix -"],
  ],
  ["pkg:rpm/redhat/vim-minimal@8.2-1.el9?epoch=2&distro=rhel-9.4", ["CVE-2024-1002 deferred -"]],
  ["pkg:rpm/redhat/curl@7.61.1-34.el8?distro=rhel-8.10", []],
  [
    "pkg:rpm/redhat/nodejs@18.19.0-1.module%2Bel8.9?epoch=1&distro=rhel-8.10&rpmmod=nodejs:18:8090:y",
    ["CVE-2024-1003 fixed 1:18.20.4-1.module+el8.10"],
  ],
  ["pkg:rpm/redhat/nodejs@18.20.4-1.module%2Bel8.10?epoch=1&distro=rhel-8.10&rpmmod=nodejs:18:8100:x", []],
  [
    "pkg:rpm/redhat/nodejs@16.20.2-4.module%2Bel8.9?epoch=1&distro=rhel-8.10&rpmmod=nodejs:16:8090:y",
    ["CVE-2024-1003 will-not-fix -"],
  ],
  ["pkg:rpm/redhat/nodejs@20.1.0-1.module%2Bel8.9?epoch=1&distro=rhel-8.10&rpmmod=nodejs:20:8090:y", []],
  ["pkg:rpm/suse/curl@7.79.1-150400.3.1?distro=sles-15.4", ["CVE-2024-1001 fixed 7.79.1-150400.5.1"]],
  ["pkg:rpm/suse/curl@7.79.1-150400.5.1?distro=sles-15.4", []],
  ["pkg:rpm/suse/vim@9.0-150000.1?distro=sles-15.4", ["CVE-2024-1001 unfixed -"]],
  ["pkg:rpm/suse/xz@5.2.3-150000.1?distro=sles-15.4", []],
  [
    "pkg:deb/debian/foot@1.13-2?distro=debian-12",
    ["CVE-2024-1001 fixed 1.13-2+deb12u1", "CVE-2024-1002 will-not-fix -", "CVE-2024-1004 unknown -"],
  ],
  [
    "pkg:deb/debian/foot@1.13-2%2Bdeb12u1?distro=debian-12",
    ["CVE-2024-1002 will-not-fix -", "CVE-2024-1004 unknown -"],
  ],
];

function judged(purl: string, store: AdvisoryStore): MatchReport {
  const { installed, distribution } = purlPackage(purl);
  return matchInventory({ packages: [installed] }, distribution, store);
}

function verdicts(purl: string, store: AdvisoryStore): string[] {
  return judged(purl, store)
    .matches.map(({ id, state, fixedVersion }) => `${id} ${state} ${fixedVersion ?? "-"}`)
    .sort();
}

describe("packages of Red Hat, SUSE and Debian", () => {
  const folder = join(scratch, "feeds");
  let raw: AdvisoryStore;
  let built: AdvisoryStore;
  beforeAll(async () => {
    raw = await openAdvisories(writeFeeds(folder));
    await raw.prepareAll();
    const build = await buildAdvisories(await findFeeds(folder));
    expect(build.broken).toEqual([]);
    await publishFile(build, join(scratch, "built.plim"));
    built = FileStore.open(join(scratch, "built.plim"));
  });

  it.each(asked)("%s", (purl, expected) => {
    expect(verdicts(purl, raw)).toEqual(expected);
    expect(verdicts(purl, built)).toEqual(expected);
  });

  it("name both what Red Hat says of the CVE and the erratum, and what CISA saw of it", () => {
    const [match] = judged("pkg:rpm/redhat/pam@1.3.1-33.el8?arch=x86_64&distro=rhel-8.10", built).matches;
    expect(match).toMatchObject({ aliases: ["RHSA-2024:1"], severity: "high", advisory: { source: "redhat-csaf" } });
    expect(match?.reasons.join()).toMatch(/exploit/);
  });
});

describe("mirrors of whole JSON files", () => {
  let server: FeedServer;
  let base: string;
  let folder: string;
  let count = 0;
  beforeEach(async () => {
    server = new FeedServer();
    base = await server.start();
    folder = join(scratch, `mirror-${count++}`);
  });
  afterEach(() => server.stop());

  async function refresh(id: string, more: RefreshOptions = {}): Promise<FeedRefresh> {
    const bases = new Map([[id, base]]);
    return (await refreshFeeds(folder, { only: [id], bases, patience: 400, ...more }))[0] as FeedRefresh;
  }
  const trackerOf = (packages: number) =>
    JSON.stringify(
      Object.fromEntries(
        Array.from({ length: packages }, (_, index) => [
          `pkg-${index}`,
          { "CVE-2024-1": { releases: { bookworm: { status: "open", urgency: "low" } } } },
        ]),
      ),
    );
  const path = "/tracker/data/json";

  it("fetch Debian's tracker when its entity tag changed, and refuse it cut off or shrunken", async () => {
    server.put(path, trackerOf(100));
    expect(await refresh("debian-json")).toEqual({ feed: "debian-json", status: "fetched" });
    expect(await refresh("debian-json")).toEqual({ feed: "debian-json", status: "unchanged" });
    expect(server.seen.map(({ status }) => status)).toEqual([200, 304]);
    server.put(path, trackerOf(110).slice(0, -100));
    expect(await refresh("debian-json")).toMatchObject({ status: "kept", reason: expect.stringMatching(/no JSON/) });
    server.put(path, trackerOf(80));
    expect(await refresh("debian-json")).toMatchObject({ status: "kept", reason: expect.stringMatching(/had 100/) });
    for (const fault of ["500", "cut", "empty", "wrong-content"] as const) {
      server.fault = fault;
      expect(await refresh("debian-json")).toMatchObject({ status: "kept" });
    }
    server.fault = "none";
    const store = await openAdvisories(folder);
    await store.prepare(["debian:12"]);
    expect(store.records("debian:12", "pkg-99")).toHaveLength(1);
    server.put(path, trackerOf(110));
    expect(await refresh("debian-json")).toMatchObject({ status: "fetched" });
  });

  it("fetch the tracker's three lists together", async () => {
    const lists = "/security-tracker-team/security-tracker/-/raw/master/data";
    server.put(`${lists}/CVE/list`, cveList);
    server.put(`${lists}/DSA/list`, dsaList);
    expect(await refresh("debian-lists")).toMatchObject({ status: "failed", reason: expect.stringMatching(/DLA/) });
    server.put(`${lists}/DLA/list`, dsaList.replaceAll("DSA", "DLA"));
    expect(await refresh("debian-lists")).toMatchObject({ status: "fetched" });
    const store = await openAdvisories(folder);
    await store.prepare(["debian:12"]);
    expect(store.records("debian:12", "foot").map(({ id }) => id)).toEqual([
      "CVE-2024-1001",
      "CVE-2024-1002",
      "CVE-2024-1003",
      "DLA-5500-1",
      "DSA-5500-1",
    ]);
  });

  it("fetch CISA's enrichment as one archive", async () => {
    const archive = tarOf([{ name: "vulnrichment-develop/2024/1xxx/CVE-2024-1001.json", content: enriched }]);
    server.put("/cisagov/vulnrichment/archive/refs/heads/develop.tar.gz", gzipSync(archive));
    expect(await refresh("vulnrichment")).toMatchObject({ status: "fetched" });
    expect((await openAdvisories(folder)).facts("CVE-2024-1001")).toEqual({ ssvc: { exploitation: "active" } });
    server.put("/cisagov/vulnrichment/archive/refs/heads/develop.tar.gz", gzipSync(archive).subarray(0, -40));
    expect(await refresh("vulnrichment")).toMatchObject({ status: "kept" });
  });
});
