import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { record } from "../../../test/fakes/advisory-store.ts";
import { installed, linux, matched, rows } from "../../../test/fakes/matching.ts";

describe("packages of third parties", () => {
  const nginx = installed("deb", "nginx", "1.25.3-1~bookworm", { vendor: "NGINX Packaging <nginx-packaging@f5.com>" });
  it("are not judged by the distribution", () => {
    const report = matched([nginx], linux("debian", "12"), {
      records: [record("debian:12", "nginx", "CVE-2023-44487", "9")],
    });
    expect(report.matches).toEqual([]);
    expect(report.unjudged[0]?.reason).toMatch(/built by nginx.org/);
  });
  it("are judged by advisories of their own where there are some", () => {
    const report = matched([nginx], linux("debian", "12"), {
      records: [
        record("debian:12", "nginx", "CVE-2023-44487", "9"),
        record("bitnami", "nginx", "CVE-2024-7347", "1.26.2"),
      ],
    });
    expect(rows(report)).toEqual(["nginx CVE-2024-7347 1.26.2"]);
    expect(report.matches[0]?.confidence).toBe("medium");
  });
  it("are told by the vendor tag of an rpm", () => {
    const epel = installed("rpm", "htop", "3.2-1.el8", { vendor: "Fedora Project" });
    expect(matched([epel], linux("rhel", "8.6"), { ecosystems: ["rhel"] }).unjudged[0]?.reason).toMatch(/EPEL/);
    expect(matched([{ ...epel, vendor: "Red Hat, Inc." }], linux("rhel", "8.6"), { ecosystems: ["rhel"] }).judged).toBe(
      1,
    );
  });
});

describe("programs of conda and Bitnami", () => {
  const records = [
    record("generic", "python", "CVE-2024-1", "3.12.4"),
    record("cpe", "python:python", "CVE-2024-2", "3.12.5"),
  ];
  const properties = { program: "python", cpe: "cpe:2.3:a:python:python:3.12.1:*:*:*:*:*:*:*" };

  it("are judged by the program that lies at the same place", () => {
    const conda = installed("conda", "python", "3.12.1", { properties });
    expect(rows(matched([conda], undefined, { records }))).toEqual([
      "python CVE-2024-1 3.12.4",
      "python CVE-2024-2 3.12.5",
    ]);
    const bitnami = installed("bitnami", "python", "3.12.1-3", { properties });
    expect(rows(matched([bitnami], undefined, { records, ecosystems: ["bitnami"] }))).toEqual([
      "python CVE-2024-2 3.12.5",
    ]);
  });

  it("are not judged where nothing tells the program", () => {
    const report = matched([installed("conda", "python", "3.12.1")], undefined, { records });
    expect([report.matches.length, report.unjudged.length]).toEqual([0, 1]);
  });
});

describe("language packages", () => {
  it("are looked up by normal name", () => {
    const records = [record("pypi", "zope-interface", "PYSEC-1", "2", { aliases: ["CVE-2024-1"] })];
    expect(rows(matched([installed("pypi", "Zope.Interface", "1.0")], undefined, { records }))).toEqual([
      "Zope.Interface CVE-2024-1 2",
    ]);
  });
  it("count once for CVE, GHSA, PYSEC and GO ids that are aliases", () => {
    const records = [
      record("pypi", "x", "GHSA-aaaa-bbbb-cccc", "2.1", { aliases: ["CVE-2024-1"] }),
      record("pypi", "x", "PYSEC-2024-1", "2.0", { aliases: ["CVE-2024-1"] }),
      record("pypi", "x", "OSV-1", "2.0", { aliases: ["GHSA-aaaa-bbbb-cccc"] }),
    ];
    const { matches } = matched([installed("pypi", "x", "1.0")], undefined, { records });
    expect(matches).toHaveLength(1);
    expect(matches[0]).toMatchObject({
      id: "CVE-2024-1",
      aliases: ["GHSA-aaaa-bbbb-cccc", "OSV-1", "PYSEC-2024-1"],
      fixedVersion: "2.1",
    });
  });
  it("stay two where one advisory is about two CVEs", () => {
    const both = record("npm", "x", "GHSA-aaaa-bbbb-cccc", "2.0", { aliases: ["CVE-2024-1", "CVE-2024-2"] });
    expect(rows(matched([installed("npm", "x", "1.0")], undefined, { records: [both] }))).toEqual([
      "x CVE-2024-1 2.0",
      "x CVE-2024-2 2.0",
    ]);
  });
  it("are one finding under one id where none of their names is a CVE", () => {
    const records = [
      record("npm", "x", "GHSA-aaaa-bbbb-cccc", "2.0", { aliases: ["OSV-1"] }),
      record("npm", "x", "OSV-1", "2.0"),
    ];
    expect(rows(matched([installed("npm", "x", "1.0")], undefined, { records }))).toEqual([
      "x GHSA-aaaa-bbbb-cccc 2.0",
    ]);
  });
  it("are clear of what was withdrawn", () => {
    const records = [
      record("npm", "x", "GHSA-aaaa-bbbb-cccc", "2.0", { withdrawn: "2024-01-01T00:00:00Z" }),
      record("npm", "x", "GHSA-aaaa-bbbb-dddd", "2.0", { title: "Withdrawn: not a flaw" }),
    ];
    expect(rows(matched([installed("npm", "x", "1.0")], undefined, { records }))).toEqual([]);
  });
  it("honour ranges that open and close more than once, last affected versions and single ones", () => {
    const ranges = [
      { introduced: "1.0.0", fixed: "1.2.0" },
      { introduced: "2.0.0", lastAffected: "2.3.0" },
    ];
    const records = [record("npm", "x", "CVE-2024-1", undefined, { ranges, versions: ["0.5.0"], state: "fixed" })];
    const at = (version: string) => rows(matched([installed("npm", "x", version)], undefined, { records }));
    expect(at("0.9.0")).toEqual([]);
    expect(at("0.5.0")).toEqual(["x CVE-2024-1 -"]);
    expect(at("1.1.0")).toEqual(["x CVE-2024-1 1.2.0"]);
    expect(at("1.2.0")).toEqual([]);
    expect(at("2.3.0")).toEqual(["x CVE-2024-1 -"]);
    expect(at("2.3.1")).toEqual([]);
  });
  it("are malware as a whole", () => {
    const [match] = matched([installed("npm", "evil", "1.0.0")], undefined, {
      records: [record("npm", "evil", "MAL-2024-1", undefined, { malicious: true })],
    }).matches;
    expect(match).toMatchObject({ id: "MAL-2024-1", severity: "critical", severitySource: "malicious-package" });
    expect(match?.priority).toBeGreaterThan(800);
  });
  it("are judged by the distribution that owns their files, which the trace tells", () => {
    const owner = installed("deb", "python3-urllib3", "1.26.5-1", {
      sourceName: "python-urllib3",
      sourceVersion: "1.26.5-1",
    });
    const library = installed("pypi", "urllib3", "1.26.5", { ownedBy: owner.purl });
    const records = [record("pypi", "urllib3", "CVE-2023-43804", "1.26.17")];
    const told: string[] = [];
    const report = matched(
      [owner, library],
      linux("debian", "12"),
      { records, ecosystems: ["debian:12"] },
      { onRuling: ({ because }) => void told.push(because ?? "") },
    );
    expect(report.matches).toEqual([]);
    expect(report.judged).toBe(2);
    expect(told).toEqual([expect.stringContaining("python3-urllib3 1.26.5-1 owns its files")]);
    expect(rows(matched([owner, library], linux("debian", "12"), { records }))).toEqual([
      "urllib3 CVE-2023-43804 1.26.17",
    ]);
  });
  it("found by their bytes are the distribution's where it has a package of that name and version", () => {
    const openssl = installed("generic", "openssl", "1.1.1d");
    const libssl = installed("apk", "libssl1.1", "1.1.1d-r3", { sourceName: "openssl", sourceVersion: "1.1.1d-r3" });
    const records = [
      record("generic", "openssl", "CVE-2021-3711", "1.1.1l"),
      record("alpine:3.11", "openssl", "CVE-2021-3712", "1.1.1l-r0"),
    ];
    const alpine = linux("alpine", "3.11.5");
    expect(rows(matched([openssl, libssl], alpine, { records }))).toEqual(["libssl1.1 CVE-2021-3712 1.1.1l-r0"]);
    expect(rows(matched([openssl], alpine, { records }))).toEqual(["openssl CVE-2021-3711 1.1.1l"]);
    expect(rows(matched([installed("generic", "openssl", "1.1.1"), libssl], alpine, { records }))).toContain(
      "openssl CVE-2021-3711 1.1.1l",
    );
  });
  it("are unjudged where nobody knows their kind, and say what would help", () => {
    const report = matched(
      [installed("conda", "numpy", "1"), installed("maven", "guava", "20.0"), installed("npm", "x", "1")],
      undefined,
      {},
    );
    expect(report.judged).toBe(0);
    expect(report.unjudged.map(({ reason }) => reason).sort()).toEqual([
      "Java archives whose group is not known cannot be looked up",
      "no advisory source for packages of type conda is known",
      "the advisory data holds nothing about npm packages",
    ]);
  });
  it("take the leading numbers of a .NET product version", () => {
    expect(
      rows(
        matched([installed("nuget", "log4net", "2.0.6.0-.NET 4.5")], undefined, {
          records: [record("nuget", "log4net", "CVE-2018-1285", "2.0.10")],
        }),
      ),
    ).toHaveLength(1);
  });
  it("of Bitnami are compared without the revision of the build", () => {
    const records = [record("bitnami", "spark", "CVE-2023-1", "3.2.4")];
    expect(rows(matched([installed("bitnami", "spark", "3.2.4-8")], undefined, { records }))).toEqual([]);
    expect(rows(matched([installed("bitnami", "spark", "3.2.3-8")], undefined, { records }))).toHaveLength(1);
  });
});

describe("Go", () => {
  const records = [
    record("golang", "stdlib", "GO-2023-1", "1.20.3", { aliases: ["CVE-2023-24538"] }),
    record("golang", "github.com/a/b", "GO-2023-2", "1.2.0"),
    record("golang", "golang.org/x/net", "GO-2023-3", "0.7.0"),
  ];
  const find = (name: string, version: string, properties = {}) =>
    rows(matched([installed("golang", name, version, { properties })], undefined, { records }));

  it("judges the standard library by the toolchain", () => {
    expect(find("stdlib", "go1.20.2")).toEqual(["stdlib CVE-2023-24538 1.20.3"]);
    expect(find("stdlib", "1.20.3")).toEqual([]);
    expect(find("stdlib", "1.20rc1")).toEqual(["stdlib CVE-2023-24538 1.20.3"]);
    expect(find("stdlib", "1.21rc1")).toEqual([]);
  });
  it("does not let a main module without a tag match everything", () => {
    expect(find("github.com/a/b", "(devel)")).toEqual([]);
    expect(find("github.com/a/b", "v0.0.0-20230101000000-abcdefabcdef", { main: "yes" })).toEqual([]);
  });
  it("compares pseudo-versions of dependencies and ignores +incompatible", () => {
    expect(find("golang.org/x/net", "v0.0.0-20210101000000-abcdefabcdef")).toHaveLength(1);
    expect(find("github.com/a/b", "v1.2.0+incompatible")).toEqual([]);
    expect(find("github.com/a/b", "v1.1.0+incompatible")).toHaveLength(1);
  });
});

describe("urgency", () => {
  it("puts what is exploited and can be fixed first, and says why", () => {
    const records = [
      record("npm", "a", "CVE-2024-1", "2", { severity: "high" }),
      record("npm", "a", "CVE-2024-2", undefined, { severity: "critical" }),
    ];
    const facts = {
      "CVE-2024-1": {
        knownExploited: { since: "2024-02-01", ransomware: true },
        epss: { score: 0.97, date: "2024-03-01" },
      },
    };
    const { matches } = matched([installed("npm", "a", "1")], undefined, { records, facts });
    expect(matches.map(({ id }) => id)).toEqual(["CVE-2024-1", "CVE-2024-2"]);
    expect(matches[0]?.reasons).toEqual([
      "known to be exploited since 2024-02-01 (CISA KEV)",
      "used in ransomware campaigns",
      "97 % chance of exploitation within 30 days (EPSS of 2024-03-01)",
      "fixed in 2",
    ]);
  });
});

it("suppresses what VEX takes back and keeps it in sight", () => {
  const statement = {
    vulnerability: "CVE-2024-1",
    aliases: [],
    products: ["pkg:npm/a@1"],
    subcomponents: [],
    status: "not_affected" as const,
    justification: "vulnerable_code_not_in_execute_path",
    document: "vex-1",
  };
  const report = matched(
    [installed("npm", "a", "1")],
    undefined,
    { records: [record("npm", "a", "CVE-2024-1", "2")] },
    { vex: [statement] },
  );
  expect(report.matches).toEqual([]);
  expect(report.suppressed).toMatchObject([
    { status: "not_affected", reason: "not affected: vulnerable code not in execute path", source: "vex-1" },
  ]);
});

it("gives equal reports for equal input in any order of packages", () => {
  const packages = [installed("npm", "a", "1"), installed("npm", "b", "1"), installed("npm", "c", "1")];
  const records = ["a", "b", "c"].map((name) => record("npm", name, `CVE-2024-${name.charCodeAt(0)}`, "2"));
  fc.assert(
    fc.property(fc.shuffledSubarray(packages, { minLength: 3 }), (shuffled) => {
      expect(matched(shuffled, undefined, { records }).matches).toEqual(
        matched(packages, undefined, { records }).matches,
      );
    }),
  );
});

it("judges any version text without throwing, and never a version at or past the fix", () => {
  fc.assert(
    fc.property(
      fc.string(),
      fc.constantFrom("npm", "pypi", "maven", "gem", "cargo", "composer", "nuget", "golang"),
      (version, type) => {
        const report = matched([installed(type, "g:x", version)], undefined, {
          records: [record(type, "g:x", "CVE-2024-1", version || "1")],
        });
        expect(report.matches).toEqual([]);
        expect(report.judged + report.unjudged.reduce((sum, { count }) => sum + count, 0)).toBe(1);
      },
    ),
  );
});
