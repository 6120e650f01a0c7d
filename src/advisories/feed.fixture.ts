import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A scratch folder for a test. */
export function scratchFolder(): string {
  return mkdtempSync(join(tmpdir(), "plimsoll-advisories-"));
}

/** Writes files below a folder and answers the folder. */
export function writeFiles(folder: string, files: Readonly<Record<string, string | Uint8Array>>): string {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

/** One OSV document as GitHub and Debian write them. */
export function osvDocument(
  id: string,
  ecosystem: string,
  name: string,
  fixed: string | undefined,
  more: object = {},
): string {
  const events = [{ introduced: "0" }, ...(fixed === undefined ? [] : [{ fixed }])];
  return JSON.stringify({
    id,
    modified: "2024-05-06T07:08:09Z",
    affected: [{ package: { ecosystem, name }, ranges: [{ type: "ECOSYSTEM", events }] }],
    ...more,
  });
}

/** A folder of small raw feeds: Alpine, Debian, npm, end of life and known exploited. `packages` is how many npm packages it has, `fixed` their fix. */
export function smallFeeds(
  folder: string,
  { packages = 40, fixed = "2.0.0" }: { packages?: number; fixed?: string } = {},
): string {
  const npm = Object.fromEntries(
    Array.from({ length: packages }, (_, index) => {
      const id = `GHSA-${String(index).padStart(4, "0")}-aaaa-bbbb`;
      return [
        `ghsa_npm/${id}.json`,
        osvDocument(id, "npm", `package-${index}`, fixed, {
          summary: `Flaw ${index}`,
          aliases: [`CVE-2024-${10000 + index}`],
          database_specific: { severity: "HIGH" },
        }),
      ];
    }),
  );
  return writeFiles(folder, {
    ...npm,
    "alpine_secdb/v3.11/main.json": JSON.stringify({
      reponame: "main",
      distroversion: "v3.11",
      packages: [{ pkg: { name: "musl", secfixes: { "1.1.24-r3": ["CVE-2020-28928"], "0": ["CVE-2000-0001"] } } }],
    }),
    "debian_osv/CVE-2024-1.json": osvDocument("CVE-2024-0001", "Debian:12", "zlib", "1:1.2-3"),
    "debian_osv/DSA-1.json": osvDocument("DSA-5000-1", "Debian:12", "curl", "7-2", {
      related: ["CVE-2024-0002", "CVE-2024-0003"],
    }),
    "eol/alpine-linux.md":
      '---\npermalink: /alpine-linux\nreleases:\n  - releaseCycle: "3.12"\n    eol: 2022-05-01\n  - releaseCycle: "3.11"\n    eol: 2021-11-01\n    latest: "3.11.13"\n---\n',
    "kev/known_exploited_vulnerabilities.json": JSON.stringify({
      dateReleased: "2025-01-02T00:00:00Z",
      count: 1,
      vulnerabilities: [{ cveID: "CVE-2024-10001", dateAdded: "2024-06-01", knownRansomwareCampaignUse: "Known" }],
    }),
    "vexhub/app.openvex.json": JSON.stringify({
      "@context": "https://openvex.dev/ns/v0.2.0",
      "@id": "https://example.org/vex/1",
      author: "example",
      timestamp: "2024-01-01T00:00:00Z",
      statements: [
        {
          vulnerability: { name: "CVE-2024-10001" },
          products: [{ "@id": "pkg:oci/app", subcomponents: [{ "@id": "pkg:npm/package-1@1.0.0" }] }],
          status: "not_affected",
          justification: "vulnerable_code_not_present",
        },
      ],
    }),
    "repo2cpe/repository-to-cpe.json": JSON.stringify({
      data: { "rhel-8-rpms": { cpes: ["cpe:/o:redhat:enterprise_linux:8"], repo_relative_urls: [] } },
    }),
    "feeds.json": JSON.stringify({
      "alpine-secdb": { date: "2024-06-01T00:00:00Z" },
      "ghsa-npm": { date: "2024-07-01T00:00:00Z" },
      "debian-osv": { date: "2024-07-01T00:00:00Z" },
      eol: { date: "2024-06-01T00:00:00Z" },
      kev: { date: "2024-06-01T00:00:00Z" },
      "vex-hub": { date: "2024-06-01T00:00:00Z" },
      "repository-to-cpe": { date: "2024-06-01T00:00:00Z" },
    }),
  });
}
