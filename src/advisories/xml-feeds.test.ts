import { rmSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { scratchFolder, writeFiles } from "./feed.fixture.ts";
import { and, earlier, type MadeDefinition, type MadeNode, or, ovalText } from "./feeds/oval.fixture.ts";
import { updateinfoText } from "./feeds/updateinfo.fixture.ts";
import { buildAdvisories } from "./file/build.ts";
import { FileStore } from "./file-store.ts";
import { matchInventory } from "./matching/match-inventory.ts";
import { purlPackage } from "./matching/purl-package.ts";
import { openAdvisories } from "./open.ts";
import { publishFile } from "./publish.ts";
import { findFeeds } from "./sources/feed-source.ts";
import type { AdvisoryStore } from "./store.ts";

const scratch = scratchFolder();
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const elsa = (number: string, cve: string, criteria: MadeNode): MadeDefinition => ({
  id: `oval:com.oracle.elsa:def:${number}`,
  title: `ELSA-2024-${number}: a security update (IMPORTANT)`,
  references: [
    ["elsa", `ELSA-2024-${number}`],
    ["CVE", cve],
  ],
  metadata: "<advisory><severity>IMPORTANT</severity></advisory>",
  criteria,
});
const ol8 = (...nodes: MadeNode[]) => and("Oracle Linux 8 is installed", or(...nodes));

const oracle = ovalText([
  elsa(
    "1",
    "CVE-2024-0001",
    ol8(and(earlier("openssl-libs", "1:1.1.1k-9.el8_6"), "openssl-libs is signed with the key")),
  ),
  elsa(
    "2",
    "CVE-2024-0001",
    ol8(and(earlier("openssl-libs", "2:1.1.1k-9.ksplice1.el8_6"), "openssl-libs is ksplice-based")),
  ),
  elsa(
    "3",
    "CVE-2024-0003",
    ol8(and("Module nodejs:12 is enabled", or(earlier("nodejs", "1:12.22.12-1.module+el8.6.0+20601+aa")))),
  ),
  elsa("4", "CVE-2024-0004", ol8(and("Oracle Linux arch is aarch64", or(earlier("zlib", "0:1.2.11-19.el8"))))),
]);

const suseCve = (cve: string, criteria: MadeNode): MadeDefinition => ({
  id: `oval:org.opensuse.security:def:${cve.replace(/\D/g, "")}`,
  class: "vulnerability",
  title: cve,
  metadata: "<advisory><severity>Moderate</severity></advisory>",
  criteria,
});
const suse = ovalText(
  [
    suseCve(
      "CVE-2024-0011",
      or(
        and(
          or(
            "SUSE Linux Enterprise Server 15 SP4 is installed",
            "SUSE Linux Enterprise Module for Basesystem 15 SP4 is installed",
          ),
          or({
            test: { name: "libz1", operation: "less than", value: "0:1.2.11-150000.3.45.1", arch: "(aarch64|x86_64)" },
            comment: "libz1-1.2.11-150000.3.45.1 is installed",
          }),
        ),
      ),
    ),
    suseCve(
      "CVE-2024-0012",
      and("SUSE Linux Enterprise Server 15 SP4 is installed", {
        test: { name: "libz1", operation: "equals", value: "0", bare: true },
        comment: "libz1 is not affected",
      }),
    ),
    suseCve(
      "CVE-2024-0013",
      and(
        or("SUSE Linux Enterprise Server 15 SP4 is installed"),
        or({ test: { name: "libz1", operation: "greater than", value: "0:0-0" }, comment: "libz1 is affected" }),
      ),
    ),
  ],
  { publisher: "org.opensuse.security" },
);

const leap = ovalText(
  [
    suseCve(
      "CVE-2024-0014",
      and(
        "openSUSE Leap 15.5 is installed",
        or({
          test: { name: "libz1", operation: "less than", value: "0:1.2.13-150500.4.3.1" },
          comment: "libz1-1.2.13-150500.4.3.1 is installed",
        }),
      ),
    ),
  ],
  { publisher: "org.opensuse.security" },
);

const azureCve = (
  number: string,
  name: string,
  operation: string,
  value: string,
  patchable: string,
): MadeDefinition => ({
  id: `oval:com.microsoft.azurelinux:def:${number}`,
  class: "vulnerability",
  title: `CVE-2024-${number} affecting package ${name}`,
  platforms: ["Azure Linux"],
  references: [["CVE", `CVE-2024-${number}`]],
  metadata: `<patchable>${patchable}</patchable><severity>High</severity>`,
  criteria: and({ test: { name, operation, value }, comment: `Package ${name} is earlier than ${value}` }),
});
const azure = ovalText(
  [
    azureCve("0021", "curl", "less than", "0:8.8.0-2.azl3", "true"),
    azureCve("0022", "curl", "less than or equal", "0:8.8.0-1.azl3", "false"),
    azureCve("0023", "curl", "less than or equal", "0:8.8.0-9.azl3", "Not Applicable"),
  ],
  { publisher: "com.microsoft.azurelinux", prefix: "linux-def" },
);

const amazon = updateinfoText([
  {
    id: "ALAS2023-2024-501",
    severity: "Important",
    collection: ["amazon-linux-2023", "Amazon Linux 2023"],
    references: [
      ["cve", "CVE-2024-0031"],
      ["cve", "CVE-2024-0032"],
    ],
    packages: [{ name: "libcurl-minimal", epoch: "0", version: "8.5.0", release: "1.amzn2023.0.4" }],
  },
]);

const mariner = ovalText([azureCve("0024", "curl", "less than", "0:8.8.0-1.cm2", "true")], {
  publisher: "com.microsoft.cbl-mariner",
  prefix: "linux-def",
});

const docker = updateinfoText([
  {
    id: "ALAS2DOCKER-2024-040",
    severity: "critical",
    collection: ["amazon-linux-2---docker", "Amazon Linux 2 - Docker"],
    references: [["cve", "CVE-2024-0033"]],
    packages: [{ name: "containerd", epoch: "0", version: "1.7.11", release: "1.amzn2.0.1" }],
  },
]);

const rocky = updateinfoText([
  {
    id: "RLSA-2024:1",
    severity: "Moderate",
    release: "Rocky Linux 8",
    references: [["cve", "CVE-2024-0041"]],
    packages: [
      { name: "lz4-libs", epoch: "0", version: "1.8.3", release: "5.el8_9", src: "lz4-1.8.3-5.el8_9.src.rpm" },
    ],
  },
]);

const verdicts: readonly (readonly [purl: string, expected: readonly string[]])[] = [
  [
    "pkg:rpm/opensuse/libz1@1.2.13-150500.4.1?arch=x86_64&distro=opensuse-leap-15.5",
    ["CVE-2024-0014 0:1.2.13-150500.4.3.1 fixed medium"],
  ],
  ["pkg:rpm/mariner/curl@8.7.1-1.cm2?distro=mariner-2.0.20240628", ["CVE-2024-0024 0:8.8.0-1.cm2 fixed high"]],
  [
    "pkg:rpm/amzn/containerd@1.7.2-1.amzn2.0.1?arch=x86_64&distro=amzn-2",
    ["CVE-2024-0033 1.7.11-1.amzn2.0.1 fixed critical"],
  ],
  ["pkg:rpm/amzn/containerd@1.4.6-3.amzn2?arch=x86_64&distro=amzn-2", []],
  [
    "pkg:rpm/rocky/lz4-libs@1.8.3-3.el8_4?arch=x86_64&distro=rocky-8.9&upstream=lz4-1.8.3-3.el8_4.src.rpm",
    ["CVE-2024-0041 1.8.3-5.el8_9 fixed medium"],
  ],
  [
    "pkg:rpm/oracle/openssl-libs@1.1.1k-6.el8_5?arch=x86_64&epoch=1&distro=ol-8.6",
    ["CVE-2024-0001 1:1.1.1k-9.el8_6 fixed high"],
  ],
  ["pkg:rpm/oracle/openssl-libs@1.1.1k-9.el8_6?arch=x86_64&epoch=1&distro=ol-8.6", []],
  [
    "pkg:rpm/oracle/nodejs@12.22.5-1.module+el8.4.0+20276+bb?epoch=1&rpmmod=nodejs:12&distro=ol-8.6",
    ["CVE-2024-0003 1:12.22.12-1.module+el8.6.0+20601+aa fixed high"],
  ],
  ["pkg:rpm/oracle/nodejs@10.24.0-1.module+el8.3.0+9671+cc?epoch=1&rpmmod=nodejs:10&distro=ol-8.6", []],
  ["pkg:rpm/oracle/zlib@1.2.11-18.el8?arch=aarch64&distro=ol-8.6", ["CVE-2024-0004 0:1.2.11-19.el8 fixed high"]],
  ["pkg:rpm/oracle/zlib@1.2.11-18.el8?arch=x86_64&distro=ol-8.6", []],
  [
    "pkg:rpm/suse/libz1@1.2.11-150000.3.39.1?arch=x86_64&distro=sles-15.4",
    ["CVE-2024-0011 0:1.2.11-150000.3.45.1 fixed medium", "CVE-2024-0013 - unfixed medium"],
  ],
  ["pkg:rpm/suse/libz1@1.2.11-150000.3.48.1?arch=x86_64&distro=sles-15.4", ["CVE-2024-0013 - unfixed medium"]],
  [
    "pkg:rpm/azurelinux/libcurl@8.8.0-1.azl3?distro=azurelinux-3.0&upstream=curl-8.8.0-1.azl3.src.rpm",
    ["CVE-2024-0021 0:8.8.0-2.azl3 fixed high", "CVE-2024-0022 - unfixed high"],
  ],
  ["pkg:rpm/azurelinux/curl@8.8.0-2.azl3?distro=azurelinux-3.0", []],
  [
    "pkg:rpm/amzn/libcurl-minimal@8.5.0-1.amzn2023.0.2?arch=x86_64&distro=amzn-2023",
    ["CVE-2024-0031 8.5.0-1.amzn2023.0.4 fixed high", "CVE-2024-0032 8.5.0-1.amzn2023.0.4 fixed high"],
  ],
  ["pkg:rpm/amzn/libcurl-minimal@8.5.0-1.amzn2023.0.4?arch=x86_64&distro=amzn-2023", []],
];

describe("feeds in XML", () => {
  const folder = join(scratch, "feeds");
  let stores: Record<string, AdvisoryStore>;
  beforeAll(async () => {
    writeFiles(folder, {
      "oracle-oval/com.oracle.elsa-2024.xml": oracle,
      "suse.linux.enterprise.15-sp4-affected.xml.gz": gzipSync(suse),
      "azurelinux-3.0-oval.xml": azure,
      "amazon/2023/core/updateinfo.xml.gz": gzipSync(amazon),
      "amazon/2/extras/docker/updateinfo.xml": docker,
      "opensuse.leap.15.5.xml": leap,
      "cbl-mariner-2.0-oval.xml": mariner,
      "rocky-8-updateinfo.xml": rocky,
    });
    await publishFile(await buildAdvisories(await findFeeds(folder)), join(scratch, "built.plim"));
    const raw = await openAdvisories(folder);
    await raw.prepareAll();
    stores = { raw, built: FileStore.open(join(scratch, "built.plim")) };
  });

  it("are found by name or by content, packed or not", async () => {
    expect((await findFeeds(folder)).map(({ feed }) => feed.id)).toEqual([
      "amazon",
      "azurelinux-oval",
      "azurelinux-oval",
      "suse-oval",
      "oracle-oval",
      "updateinfo",
      "suse-oval",
    ]);
  });

  it.each(verdicts)("%s", (purl, expected) => {
    const { installed, distribution } = purlPackage(purl);
    for (const [kind, store] of Object.entries(stores)) {
      const report = matchInventory({ packages: [installed] }, distribution, store);
      expect(report.unjudged, kind).toEqual([]);
      expect(
        report.matches
          .map(({ id, fixedVersion, state, severity }) => `${id} ${fixedVersion ?? "-"} ${state} ${severity}`)
          .sort(),
        kind,
      ).toEqual(expected);
    }
  });

  it("compare a build for ksplice with builds for ksplice alone", () => {
    const judged = (version: string) => {
      const purl = `pkg:rpm/oracle/openssl-libs@${version}?arch=x86_64&epoch=2&distro=ol-8.6`;
      const { installed, distribution } = purlPackage(purl);
      return matchInventory({ packages: [installed] }, distribution, stores["built"]!).matches;
    };
    expect(judged("1.1.1k-6.ksplice1.el8_5")).toMatchObject([
      {
        id: "CVE-2024-0001",
        advisory: { id: "ELSA-2024-2" },
        decision: expect.stringContaining("< 2:1.1.1k-9.ksplice1"),
      },
    ]);
    expect(judged("1.1.1k-9.ksplice1.el8_6")).toEqual([]);
  });

  it("packed with bzip2 are read, and not passed over where they are damaged", async () => {
    const packed = join(scratch, "bzip2");
    writeFiles(packed, { "com.oracle.elsa-all.xml.bz2": Buffer.from("BZh91AY&SY and what follows", "latin1") });
    await expect(findFeeds(packed)).rejects.toMatchObject({
      code: "CORRUPT_INPUT",
      message: expect.stringMatching(/com\.oracle\.elsa-all\.xml\.bz2: .*bzip2/),
    });
  });

  it("say of a release that no feed knows that it is not judged", () => {
    const { installed, distribution } = purlPackage("pkg:rpm/suse/libz1@1?distro=sles-15.1");
    for (const store of Object.values(stores))
      expect(matchInventory({ packages: [installed] }, distribution, store).unjudged).toHaveLength(1);
  });
});
