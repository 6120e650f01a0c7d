import { describe, expect, it } from "vitest";
import { installed, linux, matched, rows } from "../../../test/fakes/matching.ts";
import { type CsafFixture, csafDocument } from "../csaf/csaf.fixture.ts";
import type { AdvisoryRecord } from "../record.ts";
import { normalEcosystem } from "./osv-ecosystem.ts";
import { records } from "./reading.fixture.ts";
import { suseRelease, suseReleases } from "./suse-release.ts";

const server4 = "SUSE Linux Enterprise Server 15 SP4";
const base4 = "SUSE Linux Enterprise Module for Basesystem 15 SP4";
const ltss4 = "SUSE Linux Enterprise Server 15 SP4-LTSS";
const micro = "SUSE Linux Enterprise Micro 5.5";
const leap = "openSUSE Leap 15.6";
const image = "Image SLES15-SP4-Azure-Basic";
const platforms = {
  [server4]: "cpe:/o:suse:sles:15:sp4",
  [base4]: "cpe:/o:suse:sle-module-basesystem:15:sp4",
  [ltss4]: "cpe:/o:suse:sles-ltss:15:sp4",
  [micro]: "cpe:/o:suse:sle-micro:5.5",
  [leap]: "cpe:/o:opensuse:leap:15.6",
  [image]: undefined,
};

function read(fixture: Omit<CsafFixture, "id" | "platforms" | "parts">): readonly AdvisoryRecord[] {
  const parts = Object.values(fixture.status)
    .flat()
    .map((id) => id.split(/:(.*)/, 2) as [string, string]);
  const document = csafDocument({
    id: "CVE-2023-0464",
    namespace: "https://www.suse.com/",
    platforms,
    parts,
    ...fixture,
  });
  return records("suse-csaf", "cve-2023-0464.json", document);
}

const purl = (name: string, version = "") => `pkg:rpm/suse/${name}@${version}?upstream=openssl-1_1.src.rpm`;

describe("SUSE's VEX documents", () => {
  it("name what to update to as recommended, and mean all versions by a package URL without one", () => {
    const found = read({
      components: {
        "libopenssl1_1-1.1.1l-150400.7.28.1": purl("libopenssl1_1", "1.1.1l-150400.7.28.1"),
        openssl: purl("openssl"),
        libfoo: purl("libfoo"),
        later: purl("later"),
      },
      status: {
        recommended: [`${base4}:libopenssl1_1-1.1.1l-150400.7.28.1`, `${server4}:libopenssl1_1-1.1.1l-150400.7.28.1`],
        known_not_affected: [`${server4}:openssl`],
        known_affected: [`${leap}:libfoo`, `${micro}:libfoo`],
        under_investigation: [`${server4}:later`],
      },
      remediations: [{ category: "no_fix_planned", product_ids: [`${leap}:libfoo`] }],
      threats: [{ category: "impact", details: "moderate" }],
      notes: [
        { category: "general", title: "CVE description", text: "A chain of certificates is costly. More words." },
      ],
      title: "CVE-2023-0464",
      references: [
        { category: "self", url: "https://ftp.suse.com/pub/projects/security/csaf-vex/cve-2023-0464.json" },
        { category: "self", url: "https://www.suse.com/security/cve/CVE-2023-0464.html" },
      ],
    });
    expect(found).toMatchObject([
      { ecosystem: "suse:15.4", package: "openssl", notAffected: true, ranges: [] },
      {
        ecosystem: "suse:15.4",
        package: "libopenssl1_1",
        ranges: [{ introduced: "0", fixed: "1.1.1l-150400.7.28.1" }],
        state: "fixed",
        severity: "medium",
        title: "A chain of certificates is costly",
        url: "https://www.suse.com/security/cve/CVE-2023-0464.html",
      },
      { ecosystem: "opensuse:15.6", package: "libfoo", ranges: [{ introduced: "0" }], state: "will-not-fix" },
      { ecosystem: "sle-micro:5.5", package: "libfoo", state: "unfixed" },
      { ecosystem: "suse:15.4", package: "later", state: "unknown", status: "under-investigation" },
    ]);
    expect(found).toHaveLength(5);
  });

  it("put a fix of longer support behind one that everybody has, and any fix before the lack of one", () => {
    const both = read({
      components: {
        "curl-7-150400.1": purl("curl", "7-150400.1"),
        "curl-7-150400.9": purl("curl", "7-150400.9"),
        "zlib-1-150400.9": purl("zlib", "1-150400.9"),
        zlib: purl("zlib"),
      },
      status: {
        recommended: [`${server4}:curl-7-150400.1`, `${ltss4}:curl-7-150400.9`, `${ltss4}:zlib-1-150400.9`],
        known_affected: [`${server4}:zlib`],
      },
    });
    expect(both.map(({ package: name, ranges, status }) => [name, ranges[0]?.fixed, status])).toEqual([
      ["curl", "7-150400.1", undefined],
      ["zlib", "1-150400.9", "only with LTSS"],
    ]);
  });

  it("are read without relationships and package URLs too; advisories name architectures", () => {
    const document = csafDocument({
      id: "CVE-2023-0464",
      namespace: "https://www.suse.com/",
      platforms,
      components: {},
      parts: [],
      status: {
        recommended: [`${server4}:libopenssl-1_0_0-devel-1.0.2p-150000.3.70.1.x86_64`],
        known_affected: [`${leap}:libopenssl-1_0_0-devel`],
      },
    });
    expect(records("suse-csaf", "suse-su-2023_1234-1.json", document)).toMatchObject([
      { package: "libopenssl-1_0_0-devel", ranges: [{ fixed: "1.0.2p-150000.3.70.1" }] },
      { ecosystem: "opensuse:15.6", package: "libopenssl-1_0_0-devel", state: "unfixed" },
    ]);
  });

  it("say nothing about packages where they speak of images and other products", () => {
    expect(
      read({
        components: { "zlib-1-1": purl("zlib", "1-1") },
        status: { recommended: [`${image}:zlib-1-1`, "SUSE Liberty Linux 9:zlib-1-1"] },
      }),
    ).toEqual([]);
  });

  it("match SLES, its container images and Micro by os-release", () => {
    const data = {
      records: read({
        components: { "curl-7-150400.5.1": purl("curl", "7.79.1-150400.5.1"), libfoo: purl("libfoo"), ok: purl("ok") },
        status: {
          recommended: [`${base4}:curl-7-150400.5.1`],
          known_affected: [`${micro}:libfoo`],
          known_not_affected: [`${server4}:ok`],
        },
      }),
    };
    const sles = (version: string) => [installed("rpm", "curl", version), installed("rpm", "ok", "1-1")];
    expect(rows(matched(sles("7.79.1-150400.3.1"), linux("sles", "15.4"), data))).toEqual([
      "curl CVE-2023-0464 7.79.1-150400.5.1",
    ]);
    expect(rows(matched(sles("7.79.1-150400.5.1"), linux("sles", "15.4"), data))).toEqual([]);
    const small = [installed("rpm", "libfoo", "1-1")];
    for (const id of ["sle-micro", "sl-micro"])
      expect(rows(matched(small, linux(id, "5.5"), data))).toEqual(["libfoo CVE-2023-0464 -"]);
    expect(matched(small, linux("sles", "15.7"), data).unjudged[0]?.reason).toMatch(/nothing about sles 15.7/);
  });
});

it.each([
  ["SUSE Linux Enterprise Server 15 SP6", "suse:15.6", false],
  ["SUSE Linux Enterprise Server 15", "suse:15", false],
  ["SUSE Linux Enterprise Server 12 SP5-LTSS", "suse:12.5", true],
  ["SUSE Linux Enterprise Server 16.0", "suse:16.0", false],
  ["SUSE Linux Enterprise Module for Python 3 15 SP6", "suse:15.6", false],
  ["SUSE Package Hub 15 SP5", "suse:15.5", false],
  ["SUSE Linux Micro 6.1", "sle-micro:6.1", false],
  ["openSUSE Leap 15.6", "opensuse:15.6", false],
  ["openSUSE Tumbleweed", "opensuse:tumbleweed", false],
])("%s is %s", (product, ecosystem, extended) => {
  expect(suseRelease(product)).toEqual({ ecosystem, extended });
});

it.each([
  "SUSE Linux Enterprise Server for SAP Applications 15 SP4",
  "SUSE Linux Enterprise Server 12 SP3-LTSS-TERADATA",
  "SUSE Linux Enterprise High Performance Computing 15 SP5",
  "SUSE Liberty Linux 9",
  "SUSE Manager Server 4.3",
  "Container suse/sle15:15.4",
  "SUSE Linux Enterprise Server 15 SP6 and more",
])("%s is no release", (product) => {
  expect(suseRelease(product)).toBeUndefined();
  expect(suseReleases(product)).toEqual([]);
});

it.each([
  ["SUSE:Linux Enterprise Module for Basesystem 15 SP4", "suse:15.4"],
  ["openSUSE:Leap 15.6", "opensuse:15.6"],
  ["openSUSE:Tumbleweed", "opensuse:tumbleweed"],
  ["SUSE:Manager Server 4.3", "suse:manager-server-4.3"],
  ["SUSE", "suse"],
])("OSV's %s is %s", (osv, ecosystem) => expect(normalEcosystem(osv)).toEqual({ ecosystem }));

it("a module of SLE 12 serves all its service packs", () => {
  expect(suseReleases("SUSE Linux Enterprise Module for Containers 12").map(({ ecosystem }) => ecosystem)).toEqual(
    ["", ".1", ".2", ".3", ".4", ".5"].map((pack) => `suse:12${pack}`),
  );
});
