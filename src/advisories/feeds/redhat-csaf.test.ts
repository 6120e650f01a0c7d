import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { installed, linux, matched, rows } from "../../../test/fakes/matching.ts";
import { AppError } from "../../core/errors.ts";
import { type CsafFixture, csafDocument } from "../csaf/csaf.fixture.ts";
import type { AdvisoryRecord } from "../record.ts";
import { records } from "./reading.fixture.ts";

const el8 = "red_hat_enterprise_linux_8";
const el9 = "red_hat_enterprise_linux_9";
const baseos8 = "BaseOS-8.10.0.Z.MAIN";
const appstream8 = "AppStream-8.10.0.Z.MAIN";
const eus = "BaseOS-8.6.0.Z.EUS";
const platforms = {
  [el8]: "cpe:/o:redhat:enterprise_linux:8",
  [el9]: "cpe:/o:redhat:enterprise_linux:9",
  [baseos8]: "cpe:/o:redhat:enterprise_linux:8::baseos",
  [appstream8]: "cpe:/a:redhat:enterprise_linux:8::appstream",
  [eus]: "cpe:/o:redhat:rhel_eus:8.6::baseos",
  amq: "cpe:/a:redhat:a_mq_clients:2",
};
const vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H";

/** A document in which everything is named that its statuses name. */
function document(fixture: Omit<CsafFixture, "id" | "platforms" | "parts"> & { parts?: CsafFixture["parts"] }): object {
  const named = Object.values(fixture.status).flat();
  const parts = named.flatMap((id) => {
    const whole = Object.keys(platforms).find((platform) => id.startsWith(`${platform}:`));
    return whole === undefined ? [] : [[whole, id.slice(whole.length + 1)] as const];
  });
  return csafDocument({ id: "CVE-2024-1000", platforms, parts: [...(fixture.parts ?? parts)], ...fixture });
}

function read(fixture: Parameters<typeof document>[0]): readonly AdvisoryRecord[] {
  return records("redhat-csaf", "2024/cve-2024-1000.json", document(fixture));
}

describe("Red Hat's VEX documents", () => {
  it("fixed: by binary package, once for all architectures, by stream", () => {
    const found = read({
      components: {
        "pam-0:1.3.1-36.el8_10.x86_64": "pkg:rpm/redhat/pam@1.3.1-36.el8_10?arch=x86_64",
        "pam-0:1.3.1-36.el8_10.aarch64": "pkg:rpm/redhat/pam@1.3.1-36.el8_10?arch=aarch64",
        "pam-0:1.3.1-36.el8_10.src": "pkg:rpm/redhat/pam@1.3.1-36.el8_10?arch=src",
        "pam-debuginfo-0:1.3.1-36.el8_10.x86_64": "pkg:rpm/redhat/pam-debuginfo@1.3.1-36.el8_10?arch=x86_64",
        "vim-2:8.0-16.el8_6.1.x86_64": "pkg:rpm/redhat/vim@8.0-16.el8_6.1?arch=x86_64&epoch=2",
      },
      status: {
        fixed: [
          `${baseos8}:pam-0:1.3.1-36.el8_10.x86_64`,
          `${baseos8}:pam-0:1.3.1-36.el8_10.aarch64`,
          `${appstream8}:pam-0:1.3.1-36.el8_10.x86_64`,
          `${baseos8}:pam-0:1.3.1-36.el8_10.src`,
          `${baseos8}:pam-debuginfo-0:1.3.1-36.el8_10.x86_64`,
          `${eus}:vim-2:8.0-16.el8_6.1.x86_64`,
        ],
      },
      severity: "important",
      title: "pam: names of files are trusted",
      threats: [
        { category: "impact", details: "Moderate", product_ids: [`${baseos8}:pam-0:1.3.1-36.el8_10.x86_64`] },
        { category: "exploit_status", details: "CISA" },
      ],
      scores: [{ cvss_v3: { vectorString: vector, baseScore: 7.5 }, products: [] }],
      references: [{ category: "self", url: "https://access.redhat.com/security/cve/CVE-2024-1000" }],
    });
    expect(found).toMatchObject([
      {
        id: "CVE-2024-1000",
        source: "redhat-csaf",
        ecosystem: "rhel",
        package: "pam",
        ranges: [{ introduced: "0", fixed: "0:1.3.1-36.el8_10" }],
        state: "fixed",
        severity: "medium",
        cvss: [{ vector, source: "redhat-csaf" }],
        title: "pam: names of files are trusted",
        url: "https://access.redhat.com/security/cve/CVE-2024-1000",
        modified: "2025-01-02",
        conditions: { cpes: ["cpe:/o:redhat:enterprise_linux:8::baseos"] },
      },
      { package: "pam", severity: "high" },
      { package: "vim", ranges: [{ fixed: "2:8.0-16.el8_6.1" }], severity: "high" },
    ]);
    expect(found).toHaveLength(3);
  });

  it("unfixed: what becomes of it, by the remediation's words", () => {
    const components = Object.fromEntries(
      ["a", "b", "c", "d", "e", "f"].map((name) => [name, `pkg:rpm/redhat/${name}`] as const),
    );
    const about = (name: string) => ({ product_ids: [`${el9}:${name}`] });
    const found = read({
      components,
      status: {
        known_affected: ["a", "b", "c", "d", "e"].map((name) => `${el9}:${name}`),
        under_investigation: [`${el9}:f`],
      },
      remediations: [
        { category: "none_available", details: "Affected", ...about("a") },
        { category: "none_available", details: "Fix deferred", ...about("b") },
        { category: "no_fix_planned", details: "Will not fix", ...about("c") },
        { category: "no_fix_planned", details: "Out of support scope", ...about("d") },
        { category: "workaround", details: "Do not use it.", ...about("e") },
      ],
    });
    expect(found.map(({ package: name, state, status }) => [name, state, status])).toEqual([
      ["a", "unfixed", undefined],
      ["b", "deferred", undefined],
      ["c", "will-not-fix", undefined],
      ["d", "will-not-fix", "out-of-support"],
      ["e", "unfixed", undefined],
      ["f", "unknown", "under-investigation"],
    ]);
    // A release as a whole stands for the repositories that installations name.
    expect(found[0]?.conditions?.cpes).toEqual([
      "cpe:/o:redhat:enterprise_linux:9",
      "cpe:/o:redhat:enterprise_linux:9::appstream",
      "cpe:/o:redhat:enterprise_linux:9::baseos",
      "cpe:/o:redhat:enterprise_linux:9::crb",
    ]);
  });

  it("not affected, unless the same release says otherwise", () => {
    const found = read({
      components: {
        curl: "pkg:rpm/redhat/curl",
        libcurl: "pkg:rpm/redhat/libcurl",
        "libcurl-0:7.61.1-34.el8.x86_64": "pkg:rpm/redhat/libcurl@7.61.1-34.el8?arch=x86_64",
      },
      status: {
        known_not_affected: [`${el8}:curl`, `${el8}:libcurl`, `${el9}:libcurl`],
        fixed: [`${baseos8}:libcurl-0:7.61.1-34.el8.x86_64`],
      },
    });
    expect(
      found.map((record) => [record.package, record.notAffected ?? false, record.conditions?.cpes?.[0]]).sort(),
    ).toEqual([
      ["curl", true, "cpe:/o:redhat:enterprise_linux:8"],
      ["libcurl", false, "cpe:/o:redhat:enterprise_linux:8::baseos"],
      ["libcurl", true, "cpe:/o:redhat:enterprise_linux:9"],
    ]);
  });

  it("not affected anywhere: the source alone is told of, unless a binary is affected in another release", () => {
    const found = read({
      components: {
        "xz-src": "pkg:rpm/redhat/xz?arch=src",
        xz: "pkg:rpm/redhat/xz",
        "xz-libs": "pkg:rpm/redhat/xz-libs",
        "xz-lzma": "pkg:rpm/redhat/xz-lzma",
      },
      status: {
        known_not_affected: [`${el8}:xz-src`, `${el8}:xz`, `${el8}:xz-libs`, `${el8}:xz-lzma`, `${el9}:xz-src`],
        known_affected: [`${el9}:xz-libs`],
      },
    });
    expect(found.map(({ package: name, notAffected }) => [name, notAffected ?? false]).sort()).toEqual([
      ["xz", true],
      ["xz-libs", false],
      ["xz-libs", true],
    ]);
  });

  it("modules: as a qualifier, as a relationship between, and in the name", () => {
    const qualifier = read({
      components: {
        "nodejs-1:18.20-1.x86_64":
          "pkg:rpm/redhat/nodejs@18.20-1.module%2Bel8?arch=x86_64&epoch=1&rpmmod=nodejs:18:8090:ab",
        "nodejs:16/nodejs": "pkg:rpm/redhat/nodejs@16?arch=src&rpmmod=nodejs:16",
        "firefox-flatpak": "pkg:rpm/redhat/firefox-flatpak?arch=src&rpmmod=rhel10",
      },
      status: {
        fixed: [`${appstream8}:nodejs-1:18.20-1.x86_64`],
        known_affected: [`${el8}:nodejs:16/nodejs`, `${el8}:firefox-flatpak`],
      },
    });
    expect(
      qualifier.map(({ package: name, ranges, conditions }) => [name, ranges[0]?.fixed, conditions?.module]),
    ).toEqual([
      ["nodejs", "1:18.20-1.module+el8", "nodejs:18"],
      ["nodejs", undefined, "nodejs:16"],
    ]);
    const module = "postgresql:13:8090020240101:ad008a3a";
    const relationship = read({
      components: { "pg-0:13.1-1.x86_64": "pkg:rpm/redhat/pg@13.1-1.module%2Bel8?arch=x86_64" },
      modules: [[appstream8, module, "pkg:rpmmod/redhat/postgresql@13:8090020240101:ad008a3a"]],
      parts: [[`${appstream8}:${module}`, "pg-0:13.1-1.x86_64"]],
      status: { fixed: [`${appstream8}:${module}:pg-0:13.1-1.x86_64`, `${appstream8}:${module}`] },
    });
    expect(relationship).toMatchObject([
      { package: "pg", ranges: [{ fixed: "0:13.1-1.module+el8" }], conditions: { module: "postgresql:13" } },
    ]);
    expect(relationship).toHaveLength(1);
    const named = read({
      components: { "ruby:2.5/rubygem-json": undefined, "php:7.4/php": "pkg:rpmmod/redhat/php:7.4/php" },
      status: { known_affected: [`${el8}:ruby:2.5/rubygem-json`, `${el8}:php:7.4/php`] },
    });
    expect(named).toMatchObject([
      { package: "rubygem-json", conditions: { module: "ruby:2.5" } },
      { package: "php", conditions: { module: "php:7.4" } },
    ]);
  });

  it("source packages stand for binary ones that are not named", () => {
    const found = read({
      components: {
        "samba-src": "pkg:rpm/redhat/samba?arch=src",
        samba: "pkg:rpm/redhat/samba",
        "gcc-src": "pkg:rpm/redhat/gcc?arch=src",
        oldstyle: undefined,
      },
      status: {
        known_affected: [`${el8}:samba-src`, `${el8}:gcc-src`, `${el8}:oldstyle`],
        known_not_affected: [`${el8}:samba`],
      },
    });
    expect(found.map(({ package: name, notAffected }) => [name, notAffected ?? false])).toEqual([
      ["samba", true],
      ["gcc", false],
      ["oldstyle", false],
    ]);
  });

  it("makes no rpm of images, libraries, whole products and unknown ids", () => {
    const found = read({
      components: {
        "openshift4/ose-console-rhel9":
          "pkg:oci/ose-console-rhel9?repository_url=registry.example/openshift4/ose-console",
        "openshift/ose-x": undefined,
        "io.quarkus/quarkus-vertx-http": "pkg:maven/io.quarkus/quarkus-vertx-http",
        "quarkus-vertx-http": undefined,
      },
      status: {
        known_affected: [
          `${el9}:openshift4/ose-console-rhel9`,
          `${el9}:openshift/ose-x`,
          "amq:io.quarkus/quarkus-vertx-http",
          "amq:quarkus-vertx-http",
          el9,
          "nobody:knows",
        ],
      },
    });
    expect(found).toEqual([]);
  });

  it("leaves out what Red Hat scores 0.0 without an impact, and documents that were deleted", () => {
    const fixture = {
      components: { a: "pkg:rpm/redhat/a" },
      status: { known_affected: [`${el9}:a`] },
      scores: [{ cvss_v3: { baseScore: 0, vectorString: vector.replace("A:H", "A:N") }, products: [`${el9}:a`] }],
    };
    expect(read(fixture)).toEqual([]);
    expect(
      read({ ...fixture, threats: [{ category: "impact", details: "Low", product_ids: [`${el9}:a`] }] }),
    ).toHaveLength(1);
    const deleted = document({ ...fixture, scores: [] }) as { document: { tracking: { status: string } } };
    deleted.document.tracking.status = "deleted";
    expect(records("redhat-csaf", "cve-2024-1000.json", deleted)).toEqual([]);
  });
});

describe("matching with Red Hat's VEX", () => {
  const rhel8 = linux("rhel", "8.10");
  const erratum = (fixed: string): AdvisoryRecord => ({
    id: "RHSA-2024:1",
    aliases: [],
    related: ["CVE-2024-1000"],
    source: "redhat-osv",
    ecosystem: "rhel",
    package: "pam",
    ranges: [{ introduced: "0", fixed }],
    state: "fixed",
    conditions: { cpes: ["cpe:/a:redhat:enterprise_linux:8::baseos"] },
  });
  const fixed = read({
    components: { pam: "pkg:rpm/redhat/pam@1.3.1-36.el8_10?arch=x86_64" },
    status: { fixed: [`${baseos8}:pam`] },
  });
  const pam = (version: string) => installed("rpm", "pam", version);

  it("agrees with the errata: one finding, none where it is fixed", () => {
    const both = { records: [...fixed, erratum("0:1.3.1-36.el8_10")] };
    expect(rows(matched([pam("1.3.1-33.el8")], rhel8, both))).toEqual(["pam CVE-2024-1000 0:1.3.1-36.el8_10"]);
    expect(rows(matched([pam("1.3.1-36.el8_10")], rhel8, both))).toEqual([]);
    const [match] = matched([pam("1.3.1-33.el8")], rhel8, both).matches;
    expect(match).toMatchObject({ id: "CVE-2024-1000", aliases: ["RHSA-2024:1"], state: "fixed" });
  });

  it("lets an erratum stand where the document has not been updated yet", () => {
    const stale = read({ components: { pam: "pkg:rpm/redhat/pam" }, status: { known_affected: [`${el8}:pam`] } });
    const both = { records: [...stale, erratum("0:1.3.1-36.el8_10")] };
    expect(rows(matched([pam("1.3.1-36.el8_10")], rhel8, both))).toEqual([]);
    expect(rows(matched([pam("1.3.1-33.el8")], rhel8, both))).toEqual(["pam CVE-2024-1000 0:1.3.1-36.el8_10"]);
  });

  it("knows the streams that an image's repositories stand for", () => {
    const unfixed = read({ components: { pam: "pkg:rpm/redhat/pam" }, status: { known_affected: [`${el8}:pam`] } });
    const repositories = {
      "rhel-8-for-x86_64-baseos-rpms": ["cpe:/o:redhat:enterprise_linux:8::baseos"],
      "rhel-9-for-x86_64-baseos-rpms": ["cpe:/o:redhat:enterprise_linux:9::baseos"],
    };
    const from = (name: string) => ({ ...pam("1.3.1-33.el8"), properties: { repositories: name } });
    const found = (name: string) => rows(matched([from(name)], rhel8, { records: unfixed, repositories }));
    expect(found("rhel-8-for-x86_64-baseos-rpms")).toEqual(["pam CVE-2024-1000 -"]);
    expect(found("rhel-9-for-x86_64-baseos-rpms")).toEqual([]);
  });
});

describe("hostile documents", () => {
  const hostile = (change: (whole: Record<string, unknown>) => void) => {
    const whole = document({
      components: { a: "pkg:rpm/redhat/a" },
      status: { known_affected: [`${el9}:a`] },
    }) as Record<string, unknown>;
    change(whole);
    return () => records("redhat-csaf", "cve-2024-1000.json", whole);
  };

  it("with relationships in a ring, branches without end or no vulnerabilities are refused", () => {
    const ring = (id: string, part: string) => ({
      full_product_name: { product_id: id },
      product_reference: part,
      relates_to_product_reference: el9,
    });
    expect(
      hostile((whole) => {
        (whole["product_tree"] as { relationships: object[] }).relationships = [
          ring(`${el9}:a`, "b"),
          ring("b", `${el9}:a`),
        ];
      }),
    ).toThrow(/relationships without an end/);
    expect(
      hostile((whole) => {
        let branch: object = {};
        for (let depth = 0; depth < 300; depth++) branch = { branches: [branch] };
        whole["product_tree"] = { branches: [branch] };
      }),
    ).toThrow(/200 levels of branches/);
    expect(hostile((whole) => delete whole["vulnerabilities"])).toThrow(/has no vulnerabilities/);
  });

  it("yield records or an AppError, whatever is put where", () => {
    const places = ["document", "product_tree", "vulnerabilities"] as const;
    const odd = fc.oneof(
      fc.jsonValue(),
      fc.array(fc.record({ product_id: fc.string(), product_ids: fc.jsonValue(), cve: fc.constant("CVE-2024-1000") })),
      fc.record({ product_status: fc.jsonValue(), relationships: fc.array(fc.jsonValue()), branches: fc.jsonValue() }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...places), odd, fc.webUrl(), (place, value, purl) => {
        const whole = document({
          components: { a: purl, b: `pkg:rpm/redhat/${purl}` },
          status: { known_affected: [`${el9}:a`, `${el9}:b`], fixed: [`${el9}:b`] },
        });
        try {
          records("redhat-csaf", "cve-2024-1000.json", { ...whole, [place]: value });
          records("suse-csaf", "cve-2024-1000.json", { ...whole, [place]: value });
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("with an id of millions of colons are read at once", () => {
    const status = { known_affected: [":".repeat(5_000_000)] };
    expect(records("redhat-csaf", "cve-2024-1000.json", document({ components: {}, parts: [], status }))).toEqual([]);
  });
});
