import { describe, expect, it } from "vitest";
import { record } from "../../../test/fakes/advisory-store.ts";
import { installed, linux, matched, rows } from "../../../test/fakes/matching.ts";
import type { InstalledPackage } from "./inventory.ts";

describe("Debian and Ubuntu", () => {
  const debian = linux("debian", "12.5");

  it("asks by source name and source version", () => {
    const libssl = installed("deb", "libssl3", "3.0.11-1~deb12u2", {
      sourceName: "openssl",
      sourceVersion: "3.0.11-1~deb12u2",
    });
    const data = { records: [record("debian:12", "openssl", "CVE-2023-5678", "3.0.13-1~deb12u1")] };
    const report = matched([libssl], debian, data);
    expect(rows(report)).toEqual(["libssl3 CVE-2023-5678 3.0.13-1~deb12u1"]);
    expect(report.matches[0]?.decision).toBe("debian:12: source package openssl 3.0.11-1~deb12u2 < 3.0.13-1~deb12u1");
  });

  it("lets a source version differ from the binary one", () => {
    const libgcc = installed("deb", "libgcc1", "1:12.2.0-14", { sourceName: "gcc-12", sourceVersion: "12.2.0-14" });
    expect(
      rows(matched([libgcc], debian, { records: [record("debian:12", "gcc-12", "CVE-2023-4039", "12.2.0-14")] })),
    ).toEqual([]);
  });

  it("takes not affected for an answer, also where another record says otherwise", () => {
    const records = [
      record("debian:12", "curl", "CVE-1-2", undefined),
      record("debian:12", "curl", "CVE-2024-1", undefined),
      record("debian:12", "curl", "CVE-2024-1", undefined, { ranges: [], notAffected: true }),
    ];
    expect(rows(matched([installed("deb", "curl", "7.88-1")], debian, { records }))).toEqual(["curl CVE-1-2 -"]);
  });

  it("counts each CVE of a DSA once, and lets its fix stand where the CVE's own record has none", () => {
    const dsa = record("debian:12", "curl", "DSA-5500-1", "7.88-1+deb12u2", { related: ["CVE-2023-1", "CVE-2023-2"] });
    const records = [
      record("debian:12", "curl", "CVE-2023-1", "7.88-1+deb12u2"),
      record("debian:12", "curl", "CVE-2023-2", undefined),
      dsa,
    ];
    expect(rows(matched([installed("deb", "curl", "7.88-1")], debian, { records }))).toEqual([
      "curl CVE-2023-1 7.88-1+deb12u2",
      "curl CVE-2023-2 7.88-1+deb12u2",
    ]);
    expect(rows(matched([installed("deb", "curl", "7.88-1+deb12u2")], debian, { records }))).toEqual([]);
  });

  it("keeps the word of the distribution on severity and state", () => {
    const records = [
      record("debian:12", "tar", "CVE-2005-2541", undefined, {
        severity: "low",
        status: "no-dsa",
        cvss: [{ vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", source: "nvd" }],
      }),
    ];
    const [match] = matched([installed("deb", "tar", "1.34-1")], debian, { records }).matches;
    expect(match).toMatchObject({ severity: "low", severitySource: "fake", state: "unfixed", cvss: [{ score: 9.8 }] });
    expect(match?.reasons).toContain("fake: no-dsa");
  });

  it("judges kernel headers as headers unless a kernel is there", () => {
    const headers = installed("deb", "linux-libc-dev", "6.1.55-1", { sourceName: "linux", sourceVersion: "6.1.55-1" });
    const image = installed("deb", "linux-image-6.1.0-13-amd64", "6.1.55-1", {
      sourceName: "linux",
      sourceVersion: "6.1.55-1",
    });
    const records = [record("debian:12", "linux", "CVE-2024-1086", "6.1.76-1", { severity: "high" })];
    expect(matched([headers], debian, { records }).matches[0]).toMatchObject({
      severity: "info",
      reasons: expect.arrayContaining(["headers only: no kernel is installed here"]),
    });
    expect(matched([headers, image], debian, { records }).matches.map(({ severity }) => severity)).toEqual([
      "high",
      "high",
    ]);
  });

  it("does not look for code in texts", () => {
    const locales = installed("deb", "locales", "2.36-9", { sourceName: "glibc", sourceVersion: "2.36-9" });
    expect(
      rows(matched([locales], debian, { records: [record("debian:12", "glibc", "CVE-2023-4911", "2.36-9+deb12u3")] })),
    ).toEqual([]);
  });

  it("knows testing by its code name and says where a release is not known", () => {
    const records = [record("debian:13", "curl", "CVE-2024-1", undefined)];
    expect(
      rows(
        matched([installed("deb", "curl", "8-1")], linux("debian", undefined, { versionCodename: "trixie" }), {
          records,
        }),
      ),
    ).toHaveLength(1);
    expect(matched([installed("deb", "curl", "8-1")], linux("debian"), { records }).unjudged[0]?.reason).toMatch(
      /which release of debian/,
    );
  });

  describe("Ubuntu's ESM", () => {
    const bionic = linux("ubuntu", "18.04");
    const esm = (fixed: string | undefined, more = {}) =>
      record("ubuntu:18.04", "zlib", "CVE-2022-1", fixed, { conditions: { flavour: "esm-infra" }, ...more });
    const main = record("ubuntu:18.04", "zlib", "CVE-2022-1", undefined, {
      state: "will-not-fix",
      status: "end-of-life",
    });

    it("is no fix for who does not have it, but is named", () => {
      const [match] = matched([installed("deb", "zlib", "1.2.11-0ubuntu2")], bionic, {
        records: [main, esm("1.2.11-0ubuntu2+esm1")],
      }).matches;
      expect(match).toMatchObject({
        state: "will-not-fix",
        reasons: expect.arrayContaining(["with Ubuntu Pro (ESM) fixed in 1.2.11-0ubuntu2+esm1"]),
      });
      expect(match?.fixedVersion).toBeUndefined();
    });
    it("is a fix for who has it", () => {
      expect(
        rows(
          matched([installed("deb", "zlib", "1.2.11-0ubuntu2+esm1")], bionic, {
            records: [main, esm("1.2.11-0ubuntu2+esm1")],
          }),
        ),
      ).toEqual([]);
    });
    it("says nothing about plain builds when it is not affected", () => {
      expect(
        rows(
          matched([installed("deb", "zlib", "1.2.11-0ubuntu2")], bionic, {
            records: [main, esm(undefined, { ranges: [], notAffected: true })],
          }),
        ),
      ).toHaveLength(1);
    });
    it("reads not-affected with a version as a fix in that version", () => {
      const never = record("ubuntu:18.04", "zlib", "CVE-2022-1", undefined, {
        ranges: [],
        notAffected: true,
        status: "not-affected 1.2.11-0ubuntu2.1",
      });
      expect(rows(matched([installed("deb", "zlib", "1.2.11-0ubuntu2")], bionic, { records: [never] }))).toEqual([
        "zlib CVE-2022-1 1.2.11-0ubuntu2.1",
      ]);
      expect(rows(matched([installed("deb", "zlib", "1.2.11-0ubuntu2.1")], bionic, { records: [never] }))).toEqual([]);
    });
    it("keeps FIPS builds apart", () => {
      const fips = record("ubuntu:18.04", "zlib", "CVE-2022-1", "1.2.11-0ubuntu9", {
        conditions: { flavour: "fips-updates" },
      });
      expect(rows(matched([installed("deb", "zlib", "1.2.11-0ubuntu2")], bionic, { records: [fips] }))).toEqual([]);
    });
  });
});

describe("Alpine", () => {
  const data = {
    records: [
      record("alpine:3.11", "openssl", "CVE-2021-3711", "1.1.1l-r0"),
      record("alpine:3.11", "openssl", "CVE-2014-1", undefined, { ranges: [], notAffected: true }),
      record("alpine:edge", "openssl", "CVE-2030-1", "9-r0"),
    ],
  };
  const libssl = installed("apk", "libssl1.1", "1.1.1d-r3", { sourceName: "openssl" });

  it("asks by origin in the branch of the release", () => {
    expect(rows(matched([libssl], linux("alpine", "3.11.5"), data))).toEqual(["libssl1.1 CVE-2021-3711 1.1.1l-r0"]);
    expect(rows(matched([libssl], linux("alpine", "3.23_alpha20250612"), data))).toEqual(["libssl1.1 CVE-2030-1 9-r0"]);
  });
  it("takes the branch from the repositories where all of them are edge", () => {
    const from = (...urls: readonly string[]) => ({ ...libssl, properties: { repositories: urls.join(" ") } });
    const edge = "https://dl-cdn.alpinelinux.org/alpine/edge/main";
    const stable = "https://dl-cdn.alpinelinux.org/alpine/v3.11/main";
    expect(rows(matched([from(edge)], linux("alpine", "3.11.5"), data))).toEqual(["libssl1.1 CVE-2030-1 9-r0"]);
    expect(rows(matched([from(stable, edge)], linux("alpine", "3.11.5"), data))).toEqual([
      "libssl1.1 CVE-2021-3711 1.1.1l-r0",
    ]);
  });
  it("needs every fix where one was not enough", () => {
    const records = [
      record("alpine:3.11", "musl", "CVE-2020-1", "1-r1"),
      record("alpine:3.11", "musl", "CVE-2020-1", "1-r3"),
    ];
    expect(rows(matched([installed("apk", "musl", "1-r2")], linux("alpine", "3.11.5"), { records }))).toEqual([
      "musl CVE-2020-1 1-r3",
    ]);
  });
  it("orders a letter that a digit follows", () => {
    const records = [record("alpine:3.14", "libretls", "CVE-2022-0778", "3.3.3p1-r3")];
    expect(rows(matched([installed("apk", "libretls", "3.3.3p1-r3")], linux("alpine", "3.14.9"), { records }))).toEqual(
      [],
    );
    expect(
      rows(matched([installed("apk", "libretls", "3.3.3p1-r2")], linux("alpine", "3.14.9"), { records })),
    ).toHaveLength(1);
  });
});

describe("rpm", () => {
  const rhel8 = linux("rhel", "8.6");
  const cpes = (product: string) => ({ conditions: { cpes: [`cpe:/a:redhat:${product}`] } });

  it("follows the main stream of its release unless repositories name others", () => {
    const records = [
      record("rhel", "bash", "CVE-2022-3715", "0:4.4.20-5.el8", cpes("enterprise_linux:8::baseos")),
      record("rhel", "bash", "CVE-2022-9", "0:4.4.20-4.el8_4", cpes("rhel_eus:8.4::baseos")),
      record("rhel", "bash", "CVE-2022-9", "0:5.1-9.el9", cpes("enterprise_linux:9::baseos")),
    ];
    const bash = installed("rpm", "bash", "4.4.20-3.el8");
    expect(rows(matched([bash], rhel8, { records }))).toEqual(["bash CVE-2022-3715 0:4.4.20-5.el8"]);
    const eus = { ...bash, properties: { repositories: "rhel-8-for-x86_64-baseos-eus-rpms" } };
    const repositories = { "rhel-8-for-x86_64-baseos-eus-rpms": ["cpe:/o:redhat:rhel_eus:8.4::baseos"] };
    expect(rows(matched([eus], rhel8, { records, repositories }))).toEqual(["bash CVE-2022-9 0:4.4.20-4.el8_4"]);
  });
  it("takes the smallest fix of several advisories", () => {
    const records = [
      record("almalinux:8", "vim-minimal", "ALSA-1", "2:8.0-16.el8_5.9", { related: ["CVE-2022-1"] }),
      record("almalinux:8", "vim-minimal", "ALSA-2", "2:8.0-19.el8_6", { related: ["CVE-2022-1"] }),
    ];
    const vim = installed("rpm", "vim-minimal", "8.0-16.el8_5.4", {
      purl: "pkg:rpm/almalinux/vim-minimal@8.0-16.el8_5.4?epoch=2",
    });
    expect(rows(matched([vim], linux("almalinux", "8.6"), { records }))).toEqual([
      "vim-minimal CVE-2022-1 2:8.0-16.el8_5.9",
    ]);
    expect(rows(matched([{ ...vim, version: "8.0-16.el8_5.9" }], linux("almalinux", "8.6"), { records }))).toEqual([]);
  });
  it("reads a bound without an epoch as one of the package's epoch", () => {
    const perl = installed("rpm", "perl", "5.26.3-420.el8", { purl: "pkg:rpm/almalinux/perl@5.26.3-420.el8?epoch=4" });
    const fixed = (bound: string) =>
      rows(
        matched([perl], linux("almalinux", "8.6"), { records: [record("almalinux:8", "perl", "CVE-2020-1", bound)] }),
      );
    expect(fixed("5.26.3-421.el8")).toHaveLength(1);
    expect(fixed("5.26.3-419.el8")).toEqual([]);
    expect(fixed("4:5.26.3-421.el8")).toHaveLength(1);
    expect(fixed("3:9-1")).toEqual([]);
  });
  it("tells module streams apart by label, by the module's main package, and from plain packages", () => {
    const gem = (module?: string) =>
      installed("rpm", "rubygem-json", "2.1.0-110.module+el8.6.0+1+aa", module === undefined ? {} : { module });
    const newer = [
      record("almalinux:8", "rubygem-json", "ALSA-26", "2.3.0-1.module+el8.5.0+9+bb", { related: ["CVE-2020-1"] }),
      record("almalinux:8", "ruby", "ALSA-26", "2.6.9-1.module+el8.5.0+9+bb", { related: ["CVE-2020-1"] }),
    ];
    const find = (one: InstalledPackage, records = newer) =>
      rows(matched([one], linux("almalinux", "8.6"), { records }));
    expect(find(gem("ruby:2.6:8050020211215:b4b4"))).toHaveLength(1);
    expect(find(gem("ruby:2.5:8050020211215:b4b4"))).toEqual([]);
    expect(find(installed("rpm", "rubygem-json", "2.1.0-110.el8"))).toEqual([]);
    expect(
      find(gem("ruby:2.5:x"), [
        record("almalinux:8", "rubygem-json", "CVE-2020-1", "9-1.module+el8", { conditions: { module: "ruby:2.5" } }),
      ]),
    ).toHaveLength(1);
  });
  it("does not compare build numbers of two builders", () => {
    const php = installed("rpm", "php", "7.4.30-1.module_el8.7.0+1190+d11b935a");
    expect(
      rows(
        matched([php], linux("almalinux", "8.7"), {
          records: [record("almalinux:8", "php", "CVE-2022-1", "7.4.30-1.module+el8.7.0+15886+8e29b882")],
        }),
      ),
    ).toEqual([]);
    expect(
      rows(
        matched([php], linux("almalinux", "8.7"), {
          records: [record("almalinux:8", "php", "CVE-2022-1", "7.4.33-1.module+el8.7.0+15886+8e29b882")],
        }),
      ),
    ).toHaveLength(1);
  });
  it("keeps ksplice and FIPS builds apart", () => {
    const oracle = linux("ol", "8.6");
    const ksplice = record("oracle:8", "glibc", "CVE-2021-1", "2:2.28-151.0.1.ksplice2.el8", {});
    const fips = record("oracle:8", "gnutls", "CVE-2021-2", "10:3.6.16-4.0.1.el8_fips");
    const plain = [installed("rpm", "glibc", "2.28-127.0.1.el8_3.2"), installed("rpm", "gnutls", "3.6.14-7.el8_3")];
    expect(rows(matched(plain, oracle, { records: [ksplice, fips] }))).toEqual([]);
    expect(
      rows(matched([installed("rpm", "glibc", "2.28-127.0.1.ksplice1.el8")], oracle, { records: [ksplice] })),
    ).toHaveLength(1);
  });
  it("keeps Oracle's kernels in their branch, and takes the fix of a build that is versioned apart for one", () => {
    const oracle = linux("ol", "9.4");
    const records = [
      record("oracle:9", "kernel-uek", "ELSA-2024-1", "5.4.17-2136", { related: ["CVE-2024-1"] }),
      record("oracle:9", "kernel-uek", "ELSA-2024-2", "5.15.0-206", { related: ["CVE-2024-1"] }),
      record("oracle:9", "openssl-libs", "ELSA-2024-3", "1:3.0.7-28.0.1.el9_fips", {
        related: ["CVE-2024-2"],
        conditions: { flavour: "fips" },
      }),
    ];
    expect(rows(matched([installed("rpm", "kernel-uek", "5.15.0-100")], oracle, { records }))).toEqual([
      "kernel-uek CVE-2024-1 5.15.0-206",
    ]);
    expect(rows(matched([installed("rpm", "kernel-uek", "5.15.0-207")], oracle, { records }))).toEqual([]);
    expect(rows(matched([installed("rpm", "openssl-libs", "1:3.0.7-18.el9_fips")], oracle, { records }))).toEqual([
      "openssl-libs CVE-2024-2 1:3.0.7-28.0.1.el9_fips",
    ]);
    expect(rows(matched([installed("rpm", "openssl-libs", "1:3.0.7-18.el9")], oracle, { records }))).toEqual([]);
  });

  it("does not let Red Hat's word on a plain package judge a module's build, nor the other way round", () => {
    const redhat = linux("rhel", "8.9");
    const cpes = ["cpe:/a:redhat:enterprise_linux:8::appstream"];
    const records = [
      record("rhel", "perl", "CVE-2024-1", undefined, { ranges: [], notAffected: true, conditions: { cpes } }),
      record("rhel", "perl", "CVE-2024-1", undefined, { conditions: { cpes, module: "perl:5.30" } }),
      record("rhel", "perl", "CVE-2024-2", undefined, { conditions: { cpes } }),
    ];
    const built = (version: string, module?: string) =>
      rows(matched([installed("rpm", "perl", version, module === undefined ? {} : { module })], redhat, { records }));
    expect(built("5.30.1-452.module+el8.4.0+8990+01326e37", "perl:5.30")).toEqual(["perl CVE-2024-1 -"]);
    expect(built("5.26.3-422.el8")).toEqual(["perl CVE-2024-2 -"]);
  });

  it("asks Amazon by binary name and keeps kernels and extras in their branch", () => {
    const amazon = linux("amzn", "2");
    const records = [
      record("amazon:2", "kernel", "ALAS2-1", "4.14.336-256.amzn2", {
        related: ["CVE-2024-1086"],
        conditions: { repository: "core" },
      }),
      record("amazon:2", "kernel", "ALAS2KERNEL-5.10-1", "5.10.209-198.amzn2", {
        related: ["CVE-2024-1086"],
        conditions: { repository: "extras" },
      }),
    ];
    expect(rows(matched([installed("rpm", "kernel", "5.10.205-195.amzn2")], amazon, { records }))).toEqual([
      "kernel CVE-2024-1086 5.10.209-198.amzn2",
    ]);
    expect(rows(matched([installed("rpm", "kernel", "4.14.300-1.amzn2")], amazon, { records }))).toEqual([
      "kernel CVE-2024-1086 4.14.336-256.amzn2",
    ]);
    expect(
      rows(
        matched([installed("rpm", "kernel", "4.14.300-1")], linux("amzn", "2018.03"), {
          records: [record("amazon:1", "kernel", "CVE-1-1", "4.14.336-1")],
        }),
      ),
    ).toHaveLength(1);
  });
  it("names architectures that an advisory is about", () => {
    const arm = record("almalinux:8", "bash", "CVE-2020-1", "9-1", { conditions: { architectures: ["aarch64"] } });
    expect(
      rows(
        matched([installed("rpm", "bash", "1-1", { architecture: "x86_64" })], linux("almalinux", "8"), {
          records: [arm],
        }),
      ),
    ).toEqual([]);
    expect(
      rows(
        matched([installed("rpm", "bash", "1-1", { architecture: "aarch64" })], linux("almalinux", "8"), {
          records: [arm],
        }),
      ),
    ).toHaveLength(1);
  });
});

describe("CentOS Stream", () => {
  const stream = linux("centos", "8", { name: "CentOS Stream" });
  const minor = record("rhel", "a", "RHSA-1", "0:1.0-9.el8_4.2", { related: ["CVE-2024-1"] });
  const main = record("rhel", "a", "RHSA-2", "0:1.0-11.el8", { related: ["CVE-2024-1"] });
  const ids = (version: string, records: readonly ReturnType<typeof record>[], distribution = stream) =>
    rows(matched([installed("rpm", "a", version)], distribution, { records: [...records] }));

  it("is not cleared by the fix of a minor release while the main line has one that is not there yet", () => {
    expect(ids("1.0-10.el8", [minor, main])).toEqual(["a CVE-2024-1 0:1.0-11.el8"]);
    expect(ids("1.0-11.el8", [minor, main])).toEqual([]);
    expect(ids("1.0-8.el8", [minor, main])).toHaveLength(1);
  });
  it("is cleared by it where the main line has none, and so is every other rebuild", () => {
    expect(ids("1.0-10.el8", [minor])).toEqual([]);
    expect(ids("1.0-10.el8", [minor, main], linux("rhel", "8.5"))).toEqual([]);
    expect(ids("1.0-10.el8", [minor, main], linux("centos", "8", { name: "CentOS Linux" }))).toEqual([]);
  });
});

describe("what abuild splits off without code of the origin", () => {
  const records = [record("alpine:3.18", "nginx", "CVE-2024-1", "9-r0")];
  const found = (name: string) =>
    rows(matched([installed("apk", name, "1-r0", { sourceName: "nginx" })], linux("alpine", "3.18"), { records }));
  it.each(["nginx-doc", "nginx-lang", "nginx-openrc", "nginx-bash-completion", "nginx-zsh-completion"])(
    "%s has none of it",
    (name) => expect(found(name)).toEqual([]),
  );
  it.each(["nginx", "nginx-mod-http-lua", "nginx-dev", "nginx-docker", "openrc"])("%s may have", (name) =>
    expect(found(name)).toEqual([`${name} CVE-2024-1 9-r0`]),
  );
});
