import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fakeStore, record } from "../../../test/fakes/advisory-store.ts";
import { AppError } from "../../core/errors.ts";
import type { InstalledPackage } from "./inventory.ts";
import { purlPackage } from "./purl-package.ts";
import { maintenanceOf } from "./release-life.ts";
import { baseScore, ratingOf } from "./severity.ts";
import { traceVulnerability } from "./trace.ts";

const alpine = { id: "alpine", idLike: [], versionId: "3.11.5" };
const libssl: InstalledPackage = {
  name: "libssl1.1",
  version: "1.1.1d-r3",
  type: "apk",
  purl: "pkg:apk/alpine/libssl1.1@1.1.1d-r3",
  sourceName: "openssl",
  foundIn: ["/lib/apk/db/installed"],
  confidence: "high",
  properties: {},
};
const conda: InstalledPackage = { ...libssl, name: "pillow", version: "1", type: "pypi", purl: "pkg:pypi/pillow@1" };
const store = fakeStore({
  records: [
    record("alpine:3.11", "openssl", "CVE-2021-1", "1.1.1l-r0"),
    record("alpine:3.11", "openssl", "CVE-2019-1", "1.1.1c-r0"),
    record("alpine:3.11", "openssl", "CVE-2014-1", undefined, { ranges: [], notAffected: true }),
    record("alpine:3.12", "openssl", "CVE-2022-1", "2-r0"),
    record("npm", "lodash", "GHSA-aaaa-bbbb-cccc", "2", { aliases: ["CVE-2020-1"] }),
    record("npm", "lodash", "CVE-2020-9", "2", { withdrawn: "2024-01-01" }),
  ],
});

describe("the answer", () => {
  it.each([
    [true, "CVE-2021-1", "CVE-2021-1 is here: libssl1.1 1.1.1d-r3"],
    [true, "CVE-2019-1", "CVE-2019-1 is not here: libssl1.1 1.1.1d-r3: 1.1.1d-r3 >= 1.1.1c-r0"],
    [true, "CVE-2014-1", "CVE-2014-1 is not here: libssl1.1 1.1.1d-r3: fake says that it is not affected"],
    [
      false,
      "CVE-2022-1",
      "CVE-2022-1 is not listed for alpine 3.11.5: its advisories do not name it, while it is known for openssl (alpine:3.12)",
    ],
    [true, "CVE-2020-1", "CVE-2020-1 is not here: it is known for lodash (npm), and none of that is installed"],
    [true, "CVE-2020-9", "CVE-2020-9 was withdrawn"],
    [false, "CVE-1999-1", "CVE-1999-1 is not in the advisory data of 2026-01-01, so nothing can be said about it"],
  ])("is a judgement (%s) for %s", async (isJudged, id, answer) => {
    const trace = await traceVulnerability(id, { packages: [libssl] }, alpine, store);
    expect(trace).toMatchObject({ answer, isJudged });
  });

  it("leaves open what the data do not tell of the distribution", async () => {
    const debian = { id: "debian", idLike: [], versionId: "12" };
    expect(await traceVulnerability("CVE-2021-1", { packages: [] }, debian, store)).toMatchObject({
      answer: expect.stringContaining("the advisory data holds nothing about debian 12"),
      isJudged: false,
    });
  });

  it("says what could not be judged", async () => {
    const data = fakeStore({ records: [record("npm", "pillow", "CVE-2020-7", "2")] });
    const trace = await traceVulnerability("CVE-2020-7", { packages: [conda] }, undefined, data);
    expect(trace.answer).toMatch(/could not be judged: the advisory data holds nothing about pypi packages/);
    expect(trace.isJudged).toBe(false);
  });
  it("does not call a version that cannot be compared clear", async () => {
    const lodash: InstalledPackage = {
      ...conda,
      name: "lodash",
      version: "latest",
      type: "npm",
      purl: "pkg:npm/lodash",
    };
    const trace = await traceVulnerability("CVE-2020-1", { packages: [lodash] }, undefined, store);
    expect(trace.answer).toBe("whether CVE-2020-1 is here could not be judged: latest is no version of semver");
    expect(trace.isJudged).toBe(false);
    expect(trace.gaps).toMatchObject([
      { package: { name: "lodash" }, remedy: expect.stringContaining("exact version") },
    ]);
    expect(trace.packages).toEqual([]);
  });
  it("names the records of the distribution first", async () => {
    const data = fakeStore({
      records: [
        record("alpine:3.10", "curl", "CVE-2020-8", "1"),
        record("alpine:3.11", "curl", "CVE-2020-8", "1"),
        record("npm", "curl", "CVE-2020-8", "1"),
      ],
    });
    const trace = await traceVulnerability("CVE-2020-8", { packages: [libssl] }, alpine, data);
    expect(trace.passed[0]?.why).toBe("no curl is installed");
    expect(trace.answer).toMatch(/known for curl \(alpine:3\.11\)/);
  });
  it("names records of other releases and products, each with why it passed", async () => {
    const trace = await traceVulnerability("CVE-2022-1", { packages: [libssl] }, alpine, store);
    expect(trace.passed.map(({ why }) => why)).toEqual(["is about alpine 3.12; this is alpine 3.11.5"]);
  });
  it("does not name a record that was judged among the others", async () => {
    const trace = await traceVulnerability("CVE-2021-1", { packages: [libssl] }, alpine, store);
    expect([trace.packages.length, trace.passed]).toEqual([1, []]);
  });
  it("is found by any of its names", async () => {
    const data = fakeStore({
      records: [record("npm", "lodash", "GHSA-aaaa-bbbb-cccc", "2", { aliases: ["CVE-2020-1"] })],
    });
    const lodash: InstalledPackage = { ...conda, name: "lodash", type: "npm", purl: "pkg:npm/lodash@1" };
    expect(
      (await traceVulnerability("GHSA-aaaa-bbbb-cccc", { packages: [lodash] }, undefined, data)).packages,
    ).toMatchObject([{ verdict: "affected", match: { id: "CVE-2020-1" } }]);
  });
  it("tells of a suppressed one", async () => {
    const vex = [
      {
        vulnerability: "CVE-2021-1",
        aliases: [],
        products: ["pkg:apk/alpine/libssl1.1"],
        subcomponents: [],
        status: "fixed" as const,
        document: "d",
      },
    ];
    const trace = await traceVulnerability("CVE-2021-1", { packages: [libssl] }, alpine, store, { vex });
    expect(trace).toMatchObject({
      answer: "CVE-2021-1 is taken back by VEX for libssl1.1 1.1.1d-r3",
      isJudged: true,
      packages: [{ verdict: "suppressed", because: "VEX statement of d: fixed" }],
    });
  });
});

describe("package URLs", () => {
  it.each([
    [
      "pkg:deb/debian/libssl3@3.0.11-1?distro=debian-12&upstream=openssl",
      { name: "libssl3", sourceName: "openssl", version: "3.0.11-1" },
      { id: "debian", versionId: "12" },
    ],
    [
      "pkg:deb/debian/libgcc1@1%3A12-1?distro=debian-12&upstream=gcc-12%4012-1",
      { version: "1:12-1", sourceName: "gcc-12", sourceVersion: "12-1" },
      { id: "debian" },
    ],
    ["pkg:apk/alpine/a@1-r0?distro=alpine-edge", {}, { id: "alpine", versionId: "edge" }],
    ["pkg:deb/debian/a@1?distro=sid", {}, { id: "debian", versionCodename: "sid" }],
    ["pkg:deb/debian/vim@8.2-3?epoch=2&distro=Debian-11", { version: "2:8.2-3" }, { id: "debian", versionId: "11" }],
    ["pkg:deb/debian/vim@2:8.2-3?epoch=2", { version: "2:8.2-3" }, { id: "debian" }],
    ["pkg:deb/ubuntu/a@1?distro=jammy", {}, { id: "ubuntu", versionCodename: "jammy" }],
    ["pkg:deb/a@1?distro=ubuntu-jammy", {}, { id: "ubuntu", versionCodename: "jammy" }],
    ["pkg:deb/debian/a@1?distro=debian-trixie/sid", {}, { id: "debian", versionCodename: "trixie/sid" }],
    ["pkg:apk/alpine/a@1-r0?distro=v3.18", {}, { id: "alpine", versionId: "3.18" }],
    ["pkg:apk/alpine/a@1-r0?distro=alpine-v3.18.2", {}, { id: "alpine", versionId: "3.18.2" }],
    ["pkg:alpine/a@1-r0?distro=alpine-3.18.0", { type: "apk" }, { id: "alpine", versionId: "3.18.0" }],
    ["pkg:rpm/alma/a@1-1.el8?distro=alma-8.5", {}, { id: "almalinux", versionId: "8.5" }],
    ["pkg:rpm/centos/a@1-1.el8?distro=el8", {}, { id: "centos", versionId: "8" }],
    ["pkg:rpm/suse/a@1-1?distro=SLES-15-SP4", {}, { id: "sles", versionId: "15.4" }],
    ["pkg:rpm/opensuse/a@1?distro=opensuse-tumbleweed-20240101", {}, { id: "opensuse-tumbleweed" }],
    ["pkg:apk/wolfi/a@1-r0", {}, { id: "wolfi" }],
    ["pkg:golang/std@1.20.1", { name: "stdlib" }, undefined],
    ["PKG:npm/a@1", { name: "a" }, undefined],
    ["pkg:cran/A3@1.0%ZZ", { version: "1.0%ZZ" }, undefined],
    [
      "pkg:rpm/redhat/a@1-2.el8?epoch=1&distro=rhel-8.6&upstream=b-c-1-2.el8.src.rpm",
      { sourceName: "b-c", sourceVersion: "1-2.el8" },
      { id: "rhel", versionId: "8.6" },
    ],
    ["pkg:rpm/opensuse/a@1?distro=opensuse-leap-15.5", {}, { id: "opensuse-leap", versionId: "15.5" }],
    ["pkg:rpm/amazon/a@1", {}, { id: "amzn" }],
    ["pkg:maven/org.x/y@1", { name: "org.x:y" }, undefined],
    ["pkg:npm/%40s/y@1", { name: "@s/y" }, undefined],
    ["pkg:golang/github.com/a/b@v1.0.0", { name: "github.com/a/b" }, undefined],
  ])("%s", (text, installed, distribution) => {
    const found = purlPackage(text);
    expect(found.installed).toMatchObject(installed);
    if (distribution === undefined) expect(found.distribution).toBeUndefined();
    else expect(found.distribution).toMatchObject(distribution);
  });
  it("says what is no package URL", () => {
    expect(() => purlPackage("lodash@1")).toThrow(/lodash@1: is no package URL: it does not begin with pkg:/);
    expect(() => purlPackage("pkg:npm")).toThrow(/it names no type/);
    expect(() => purlPackage("pkg:npm/@1")).toThrow(/it has no name/);
    expect(() => purlPackage("pkg:swift/github.com/Alamofire/@5.4.3")).toThrow(/it has no name/);
    expect(purlPackage("pkg:npm/@scope/name").installed).toMatchObject({ name: "@scope/name", version: "" });
    expect(() => purlPackage("pkg:npm/?a=b")).toThrow(/it has no name/);
    expect(() => purlPackage("pkg:oci/nginx@sha256%3Aab")).not.toThrow();
    expect(() => purlPackage(`pkg:npm/${"a".repeat(20_000)}`)).toThrow(/longer than/);
  });
  it("takes any text without a crash", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        for (const one of [text, `pkg:${text}`, `pkg:deb/${text}`]) {
          try {
            expect(purlPackage(one).installed.purl).toBe(one);
          } catch (error) {
            expect(error).toBeInstanceOf(AppError);
          }
        }
      }),
    );
  });
});

describe("severity", () => {
  it.each([
    ["AV:N/AC:L/Au:N/C:P/I:P/A:P", 7.5],
    ["CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8],
    ["CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", 7.8],
    ["CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 9.3],
    ["nonsense", undefined],
  ])("scores %s as %s", (vector, score) => {
    expect(baseScore(vector)).toBe(score);
  });
  it("is medium where nobody rated it", () => {
    expect(ratingOf([record("npm", "a", "CVE-1-1", "2")], undefined)).toEqual({
      severity: "medium",
      source: "none",
      cvss: [],
    });
  });
  it("follows the newest CVSS where the feed has no word of its own", () => {
    const cvss = [
      { vector: "AV:N/AC:L/Au:N/C:P/I:P/A:P", source: "nvd" },
      { vector: "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:L/I:N/A:N", source: "nvd" },
    ];
    expect(ratingOf([record("npm", "a", "CVE-1-1", "2", { cvss })], undefined)).toMatchObject({
      severity: "low",
      source: "cvss-v3.1",
    });
  });
});

describe("maintenance", () => {
  const life = (product: string, release: string, endOfLife: string | boolean, more = {}) => ({
    product,
    release,
    endOfLife,
    ...more,
  });
  const lives = fakeStore({
    releasesDate: "2026-08-22",
    releases: [
      life("alpine-linux", "3.11", "2021-11-01"),
      life("debian", "11", "2024-08-14", { extendedSupport: "2026-08-31" }),
      life("rhel", "8", "2029-05-31", { extendedSupport: "2033-05-31" }),
      life("centos-stream", "8", "2024-05-31"),
      life("centos", "8", "2021-12-31"),
    ],
  });
  const of = (id: string, versionId?: string, more = {}) =>
    maintenanceOf({ id, idLike: [], ...(versionId === undefined ? {} : { versionId }), ...more }, lives);

  it("finds products under the names of endoflife.date", () => {
    expect(of("alpine", "3.11.5")).toMatchObject({ known: true, release: "3.11", endsOn: "2021-11-01" });
    expect(of("rhel", "8.6")).toMatchObject({ endsOn: "2029-05-31" });
    expect(of("centos", "8", { name: "CentOS Stream" })).toMatchObject({ endsOn: "2024-05-31" });
    expect(of("centos", "8", { name: "CentOS Linux" })).toMatchObject({ endsOn: "2021-12-31" });
  });
  it("counts Debian's LTS, which is open to all", () => {
    expect(of("debian", "11.9")).toMatchObject({ endsOn: "2026-08-31" });
  });
  it("has no end for rolling releases, and takes os-release's own date", () => {
    expect(of("wolfi")).toMatchObject({ ended: false });
    expect(of("alpine", "3.23_alpha20250612")).toMatchObject({ ended: false });
    expect(of("fedora", "40", { supportEnd: "2025-05-13" })).toMatchObject({
      endsOn: "2025-05-13",
      source: "SUPPORT_END of os-release",
    });
  });
  it("says why it is not known", () => {
    expect(of("unheard", "1")).toMatchObject({ known: false, reason: "the end-of-life data does not know unheard 1" });
    expect(maintenanceOf({ id: "debian", idLike: [], versionId: "12" }, undefined)).toMatchObject({
      known: false,
      reason: "no advisory data was given",
    });
  });
});
