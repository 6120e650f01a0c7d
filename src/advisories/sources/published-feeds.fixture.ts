import { gzipSync } from "node:zlib";
import { tarOf } from "../../formats/tar/tar-fixture.ts";
import { osvDocument } from "../feed.fixture.ts";
import { feeds } from "../feeds/feeds.ts";
import { and, earlier, type MadeDefinition, or, ovalText } from "../feeds/oval.fixture.ts";
import { packedErrata } from "./packed-errata.fixture.ts";

/** A feed as its publisher has it on the web. */
export interface PublishedFeed {
  readonly id: string;
  /** By path on the publisher's host. Each file holds the items from 0 to below the count. */
  files(count: number): Readonly<Record<string, Buffer>>;
  /** A text that is in what is read of the feed where it has that item. */
  mark(index: number): string;
}

type Item = (index: number) => readonly [path: string, text: string];

const cve = (index: number) => `CVE-2024-${1000 + index}`;
const name = (index: number) => `pkg-${index}`;
const every = <T>(count: number, item: (index: number) => T): T[] => Array.from({ length: count }, (_, at) => item(at));
const text = (value: unknown): Buffer => Buffer.from(typeof value === "string" ? value : JSON.stringify(value));

/** The archive of a branch as GitHub packs it: a comment with the commit first, then all files below a folder that is named for repository and branch. */
export function branchArchive(repository: string, branch: string, files: readonly (readonly [string, string])[]) {
  const top = `${repository.slice(repository.lastIndexOf("/") + 1)}-${branch}`;
  return gzipSync(
    tarOf([
      { name: "pax_global_header", type: "g", content: "52 comment=1f3870be274f6c49b3e31a0c6728957f1f3870be\n" },
      { name: `${top}/`, type: "5" },
      { name: `${top}/README.md`, content: "# Advisories\n" },
      { name: `${top}/.github/workflows/check.yml`, content: "on: push\n" },
      ...files.map(([path, content]) => ({ name: `${top}/${path}`, content })),
    ]),
  );
}

function repository(id: string, name: string, branch: string, item: Item, mark = cve): PublishedFeed {
  const path = `/${name}/archive/refs/heads/${branch}.tar.gz`;
  return { id, mark, files: (count) => ({ [path]: branchArchive(name, branch, every(count, item)) }) };
}

function file(id: string, path: string, content: (count: number) => unknown, mark = cve): PublishedFeed {
  return { id, mark, files: (count) => ({ [path]: text(content(count)) }) };
}

/** Every address of the feed, its parts filled in, has a file that is named for what it is about. */
function files(id: string, content: (path: string, count: number) => Buffer, mark = cve): PublishedFeed {
  const { urls, parts = [""] } = feeds.find((feed) => feed.id === id)!.mirror!;
  const paths = urls.flatMap((url) => parts.map((part) => new URL(url.replace("{}", part)).pathname));
  return { id, mark, files: (count) => Object.fromEntries(paths.map((path) => [path, content(path, count)])) };
}

function secdb(head: object) {
  return (count: number) => ({
    ...head,
    packages: [{ pkg: { name: "xen", secfixes: Object.fromEntries(every(count, (at) => [`1.${at}-r0`, [cve(at)]])) } }],
  });
}

const pysec: Item = (index) => [
  `vulns/${name(index)}/PYSEC-2024-${index}.yaml`,
  `id: PYSEC-2024-${index}
modified: 2024-02-05T20:20:47.716944Z
aliases:
- ${cve(index)}
details: A flaw
affected:
- package: {ecosystem: PyPI, name: ${name(index)}, purl: pkg:pypi/${name(index)}}
  ranges:
  - type: ECOSYSTEM
    events:
    - introduced: 1.0.5
    - fixed: 3.9.2
`,
];

const psf: Item = (index) => [
  `advisories/python/PSF-2024-${index}.json`,
  JSON.stringify({
    schema_version: "1.5.0",
    id: `PSF-2024-${index}`,
    modified: "2024-06-03T19:04:24Z",
    aliases: [cve(index)],
    summary: "unlimited read",
    affected: [
      {
        ranges: [
          {
            type: "GIT",
            repo: "https://github.com/python/cpython",
            events: [{ introduced: "0" }, { fixed: "16d63202af35dadd652a5e3eae687ea709e95b11" }],
          },
        ],
      },
    ],
  }),
];

const kubernetes =
  (folder: string): Item =>
  (index) => [`${folder}/${cve(index)}.json`, osvDocument(cve(index), "kubernetes", "k8s.io/kubelet", "1.28.1")];

const crate: Item = (index) => [
  `crates/x/RUSTSEC-2024-${index}.md`,
  `\`\`\`toml\n[advisory]\nid = "RUSTSEC-2024-${index}"\npackage = "x"\ndate = "2024-01-02"\naliases = ["${cve(index)}"]\n\n[versions]\npatched = [">= 1.2.3"]\n\`\`\`\n\n# A title\n`,
];

const gem: Item = (index) => [
  `gems/rack/${cve(index)}.yml`,
  `gem: rack\ncve: ${cve(index).slice(4)}\ntitle: T\ndate: 2024-02-03\npatched_versions:\n  - ">= 2.0"\n`,
];

const cpe = "cpe:2.3:a:redis:redis:*:*:*:*:*:*:*:*";
const override: Item = (index) => [
  `data/2024/${cve(index)}.json`,
  JSON.stringify({
    _annotation: { cve_id: cve(index) },
    cve: {
      configurations: [{ nodes: [{ cpeMatch: [{ criteria: cpe, vulnerable: true, versionEndExcluding: "6.2.1" }] }] }],
    },
  }),
];
const enriched: Item = (index) => [
  `data/anchore/2024/${cve(index)}.json`,
  JSON.stringify({
    additionalMetadata: { cveId: cve(index) },
    adp: { affected: [{ cpes: [cpe], versions: [{ version: "0", lessThan: "6.2.1", status: "affected" }] }] },
  }),
];
const vex: Item = (index) => [
  `pkg/npm/${name(index)}/vex.openvex.json`,
  JSON.stringify({
    "@context": "https://openvex.dev/ns/v0.2.0",
    "@id": `https://vex.example/${index}`,
    timestamp: "2024-01-01T00:00:00Z",
    statements: [
      { vulnerability: { name: cve(index) }, products: [{ "@id": `pkg:npm/${name(index)}` }], status: "not_affected" },
    ],
  }),
];
const ssvc: Item = (index) => [
  `2024/1xxx/${cve(index)}.json`,
  JSON.stringify({
    dataType: "CVE_RECORD",
    cveMetadata: { cveId: cve(index), state: "PUBLISHED", dateUpdated: "2024-07-16T15:00:32.347Z" },
    containers: {
      cna: {},
      adp: [
        {
          title: "CISA ADP Vulnrichment",
          providerMetadata: { shortName: "CISA-ADP" },
          metrics: [{ other: { type: "ssvc", content: { options: [{ Exploitation: "active" }] } } }],
        },
      ],
    },
  }),
];

/** An erratum of Oracle's for that many packages; {@link packedErrata} holds the document packed. */
export function errata(count: number): string {
  return ovalText([
    {
      id: "oval:com.oracle.elsa:def:20241",
      title: "ELSA-2024-1: a security update (IMPORTANT)",
      references: [["elsa", "ELSA-2024-1"]],
      criteria: and("Oracle Linux 8 is installed", or(...every(count, (at) => earlier(name(at), "0:1-1.el8")))),
    },
  ]);
}

/** SUSE's documents speak of the release in the file's name. */
function suse(path: string, count: number): Buffer {
  const [, isLeap, release = ""] = /(leap)?\.([\d.]+(?:-sp\d)?)(?:-affected)?\.xml\.gz$/.exec(path) ?? [];
  const product = isLeap
    ? `openSUSE Leap ${release}`
    : `SUSE Linux Enterprise Server ${release.toUpperCase().replace("-", " ")}`;
  const made = (at: number): MadeDefinition => ({
    id: `oval:org.opensuse.security:def:2024${1000 + at}`,
    class: "vulnerability",
    title: cve(at),
    criteria: and(`${product} is installed`, {
      test: { name: "libz1", operation: "less than", value: "0:1-1" },
      comment: "libz1-1-1 is installed",
    }),
  });
  return gzipSync(ovalText(every(count, made), { publisher: "org.opensuse.security" }));
}

function azure(_path: string, count: number): Buffer {
  const made = (at: number): MadeDefinition => ({
    id: `oval:com.microsoft.azurelinux:def:${at}`,
    class: "vulnerability",
    title: `${cve(at)} affecting package zlib`,
    platforms: ["Azure Linux"],
    references: [["CVE", cve(at)]],
    metadata: "<patchable>true</patchable><severity>Medium</severity>",
    criteria: and({ test: { name: "zlib", operation: "less than", value: "0:1-1" }, comment: "zlib less than 1-1" }),
  });
  return text(ovalText(every(count, made), { publisher: "com.microsoft.azurelinux", prefix: "linux-def" }));
}

/** The three lists of Debian's tracker, each in its own form. */
function debianList(path: string, count: number): Buffer {
  const kind = /(CVE|DSA|DLA)\/list$/.exec(path)![1];
  const lines = every(count, (at) =>
    kind === "CVE"
      ? `${cve(at)} (A flaw)\n\t[bookworm] - ${name(at)} 1-1\n`
      : `[29 Mar 2024] ${kind}-${5000 + at}-1 ${name(at)} - security update\n\t{${cve(at)}}\n\t[bookworm] - ${name(at)} 1-1\n`,
  );
  return text(lines.join(""));
}

/** Every feed that is fetched as whole files, as it is published. */
export const publishedFeeds: readonly PublishedFeed[] = [
  files("alpine-secdb", (path, count) => text(secdb({ distroversion: path.split("/")[1] })(count))),
  file("wolfi", "/os/security.json", secdb({ urlprefix: "https://packages.wolfi.dev/os" })),
  file("chainguard", "/chainguard/security.json", secdb({ urlprefix: "https://packages.cgr.dev/chainguard" })),
  file("minimos", "/advisories/secdb/security.json", secdb({ urlprefix: "https://packages.mini.dev" })),
  file("debian-json", "/tracker/data/json", (count) =>
    Object.fromEntries(
      every(count, (at) => [name(at), { [cve(at)]: { releases: { bookworm: { status: "open", urgency: "low" } } } }]),
    ),
  ),
  files("debian-lists", debianList),
  file(
    "repository-to-cpe",
    "/data/meta/v1/repository-to-cpe.json",
    (count) => ({
      data: Object.fromEntries(every(count, (at) => [name(at), { cpes: ["cpe:/o:redhat:enterprise_linux:8"] }])),
    }),
    name,
  ),
  {
    id: "oracle-oval",
    mark: name,
    files: (count) => ({
      "/security/oval/com.oracle.elsa-all.xml.bz2": Buffer.from(packedErrata[count]!, "base64"),
    }),
  },
  files("suse-oval", suse),
  files("azurelinux-oval", azure),
  file("arch", "/all.json", (count) =>
    every(count, (at) => ({
      name: `AVG-${at}`,
      status: "Fixed",
      packages: ["x"],
      issues: [cve(at)],
      affected: "1-1",
      fixed: "1-2",
      severity: "High",
    })),
  ),
  files("photon", (_, count) =>
    text(every(count, (at) => ({ cve_id: cve(at), pkg: "curl", res_ver: "8.1-2.ph5", aff_ver: "all" }))),
  ),
  repository("govulndb", "golang/vulndb", "master", (at) => [
    `data/osv/GO-2024-${at}.json`,
    osvDocument(`GO-2024-${at}`, "Go", "example.org/x", "1.0.0", { aliases: [cve(at)] }),
  ]),
  repository("pypa", "pypa/advisory-database", "main", pysec),
  repository("rustsec", "rustsec/advisory-db", "main", crate),
  repository("rubysec", "rubysec/ruby-advisory-db", "master", gem),
  file("nodejs", "/nodejs/security-wg/main/vuln/core/index.json", (count) =>
    Object.fromEntries(
      every(count, (at) => [
        String(at + 1),
        { cve: [cve(at)], vulnerable: "8.x", patched: "^8.1.4", severity: "high" },
      ]),
    ),
  ),
  repository("psf", "psf/advisory-database", "main", psf),
  repository("kubernetes", "kubernetes-sigs/cve-feed-osv", "main", kubernetes("vulns")),
  repository("kubernetes-list", "aquasecurity/vuln-list-k8s", "main", kubernetes("upstream")),
  repository("nvd-overrides", "anchore/nvd-data-overrides", "main", override),
  repository("cve-enrichment", "anchore/cve-data-enrichment", "main", enriched),
  repository("vex-hub", "aquasecurity/vexhub", "main", vex),
  repository("vulnrichment", "cisagov/vulnrichment", "develop", ssvc),
  file("kev", "/sites/default/files/feeds/known_exploited_vulnerabilities.json", (count) => ({
    vulnerabilities: every(count, (at) => ({ cveID: cve(at), dateAdded: "2024-01-02" })),
  })),
  {
    id: "epss",
    mark: cve,
    files: (count) => ({
      "/epss_scores-current.csv.gz": gzipSync(
        `#model_version:v2025.03.14,score_date:2025-04-05T00:00:00+0000\ncve,epss,percentile\n${every(count, (at) => `${cve(at)},0.9,0.99\n`).join("")}`,
      ),
    }),
  },
  file(
    "eol",
    "/api/v1/products/full",
    (count) => ({
      last_modified: "2025-05-06T00:00:00Z",
      result: every(count, (at) => ({
        name: name(at),
        releases: [{ name: "20", eolFrom: "2026-04-30", isEol: false }],
      })),
    }),
    name,
  ),
];
