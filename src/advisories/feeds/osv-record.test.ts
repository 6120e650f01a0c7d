import { describe, expect, it } from "vitest";
import { osvDocument } from "../feed.fixture.ts";
import { versionOrder } from "../versions/version-order.ts";
import { normalEcosystem } from "./osv-ecosystem.ts";
import { affectedRanges } from "./osv-record.ts";
import { records } from "./reading.fixture.ts";

describe("OSV documents", () => {
  it.each([
    ["Debian:12", { ecosystem: "debian:12" }],
    ["Debian:6.0", { ecosystem: "debian:6" }],
    ["Debian:3.1", { ecosystem: "debian:3.1" }],
    ["Alpine:v3.18", { ecosystem: "alpine:3.18" }],
    ["Ubuntu:22.04:LTS", { ecosystem: "ubuntu:22.04" }],
    ["Ubuntu:Pro:18.04:LTS", { ecosystem: "ubuntu:18.04", flavour: "esm" }],
    [
      "Red Hat:enterprise_linux:9::appstream",
      { ecosystem: "rhel", cpe: "cpe:/a:redhat:enterprise_linux:9::appstream" },
    ],
    ["Rocky Linux:8", { ecosystem: "rocky:8" }],
    ["crates.io", { ecosystem: "cargo" }],
    ["Go", { ecosystem: "golang" }],
    ["kubernetes", { ecosystem: "kubernetes" }],
  ])("%s", (osv, expected) => expect(normalEcosystem(osv)).toEqual(expected));

  it("reads ranges, last affected versions, GitHub's bound for what has no fix, withdrawal and severity", () => {
    const document = {
      id: "GHSA-1",
      aliases: ["CVE-2024-1111"],
      withdrawn: "2024-02-03T00:00:00Z",
      database_specific: { severity: "MODERATE" },
      severity: [{ type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" }],
      affected: [
        {
          package: { ecosystem: "npm", name: "a" },
          ranges: [
            {
              type: "SEMVER",
              events: [
                { introduced: "1.0.0" },
                { fixed: "1.2.0" },
                { introduced: "2.0.0" },
                { last_affected: "2.5.0" },
              ],
            },
          ],
          versions: ["1.1.0", "3.0.0"],
        },
        {
          package: { ecosystem: "npm", name: "b" },
          ranges: [{ type: "ECOSYSTEM", events: [{ introduced: "0" }] }],
          database_specific: { last_known_affected_version_range: "<= 4.0.0" },
        },
        {
          package: { ecosystem: "PyPI", name: "elsewhere" },
          ranges: [{ type: "ECOSYSTEM", events: [{ introduced: "0" }] }],
        },
        { package: { ecosystem: "npm", name: "git-only" }, ranges: [{ type: "GIT", events: [{ introduced: "0" }] }] },
      ],
    };
    const shared = {
      id: "GHSA-1",
      aliases: ["CVE-2024-1111"],
      source: "ghsa",
      ecosystem: "npm",
      severity: "medium",
      withdrawn: "2024-02-03",
      cvss: [{ vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", source: "ghsa" }],
    };
    expect(records("ghsa-npm", "GHSA-1.json", document)).toEqual([
      {
        ...shared,
        package: "a",
        ranges: [
          { introduced: "1.0.0", fixed: "1.2.0" },
          { introduced: "2.0.0", lastAffected: "2.5.0" },
        ],
        versions: ["3.0.0"],
        state: "fixed",
      },
      { ...shared, package: "b", ranges: [{ introduced: "0", lastAffected: "4.0.0" }], state: "unfixed" },
    ]);
  });

  it("puts events in order that are not, and merges spans of one package", () => {
    const npm = versionOrder("npm");
    expect(
      affectedRanges([{ fixed: "2.0.0" }, { introduced: "1.0.0" }, { fixed: "4.0.0" }, { introduced: "3.0.0" }], npm),
    ).toEqual([
      { introduced: "1.0.0", fixed: "2.0.0" },
      { introduced: "3.0.0", fixed: "4.0.0" },
    ]);
    const affected = ["1", "2"].map((major) => ({
      package: { ecosystem: "npm", name: "x" },
      ranges: [{ type: "SEMVER", events: [{ introduced: `${major}.0.0` }, { fixed: `${major}.1.0` }] }],
    }));
    expect(records("ghsa-npm", "GHSA-2.json", { id: "GHSA-2", affected })).toMatchObject([
      {
        ranges: [
          { introduced: "1.0.0", fixed: "1.1.0" },
          { introduced: "2.0.0", fixed: "2.1.0" },
        ],
      },
    ]);
  });

  it("Debian: urgency is rating or state, 0 is not affected, an advisory is about several CVEs", () => {
    const affected = (name: string, urgency: string, fixed?: string) => ({
      package: { ecosystem: "Debian:12", name },
      ranges: [{ type: "ECOSYSTEM", events: [{ introduced: "0" }, ...(fixed === undefined ? [] : [{ fixed }])] }],
      ecosystem_specific: { urgency },
    });
    const document = {
      id: "CVE-2024-2222",
      related: ["DSA-1"],
      details: "A flaw. More of it.",
      affected: [
        affected("a", "unimportant"),
        affected("b", "end-of-life"),
        affected("c", "low", "1.2-1"),
        affected("d", "not yet assigned", "0"),
      ],
    };
    expect(records("debian-osv", "CVE-2024-2222.json", document)).toMatchObject([
      { package: "a", severity: "info", status: "unimportant", state: "unfixed", title: "A flaw" },
      { package: "b", state: "will-not-fix", status: "end-of-life" },
      { package: "c", severity: "low", state: "fixed" },
      { package: "d", notAffected: true, ranges: [] },
    ]);
    expect(
      records(
        "debian-osv",
        "DSA-1.json",
        osvDocument("DSA-1-1", "Debian:12", "curl", "7-2", {
          summary: "curl - security update",
          related: ["CVE-2024-3", "CVE-2024-1"],
        }),
      ),
    ).toEqual([
      {
        id: "DSA-1-1",
        aliases: [],
        related: ["CVE-2024-1", "CVE-2024-3"],
        source: "debian-osv",
        ecosystem: "debian:12",
        package: "curl",
        ranges: [{ introduced: "0", fixed: "7-2" }],
        state: "fixed",
        modified: "2024-05-06",
      },
    ]);
  });

  it("Go: packages and symbols at fault", () => {
    const ecosystem_specific = {
      imports: [{ path: "net/http", symbols: ["Serve", "Client.Do"] }, { path: "net/url" }],
    };
    const affected = [
      {
        package: { ecosystem: "Go", name: "stdlib" },
        ranges: [{ type: "SEMVER", events: [{ introduced: "0" }, { fixed: "1.20.1" }] }],
        ecosystem_specific,
      },
    ];
    expect(
      records("govulndb", "data/osv/GO-2024-1.json", { id: "GO-2024-1", modified: "0001-01-01T00:00:00Z", affected }),
    ).toMatchObject([
      { package: "stdlib", conditions: { symbols: ["net/http#Client.Do", "net/http#Serve", "net/url"] } },
    ]);
  });

  it("malicious packages are so whatever their version", () => {
    expect(
      records("malicious-packages", "MAL-2024-1.json", osvDocument("MAL-2024-1", "npm", "evil", undefined)),
    ).toMatchObject([{ malicious: true, package: "evil", state: "unfixed" }]);
  });
});
