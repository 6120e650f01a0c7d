import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../core/errors.ts";
import { importIgnoreFile } from "./ignore-file.ts";

describe("ignore files of other scanners", () => {
  const terms = { approver: "A. Person", expires: "2026-06-30" };

  it("takes over .trivyignore with its comments and expiries", () => {
    const { waivers, left } = importIgnoreFile(
      "# no impact here\nCVE-2018-14618 exp:2026-01-31\n\nGHSA-aaaa-bbbb-cccc\nAVD-DS-0002\n",
      ".trivyignore",
      terms,
    );
    expect(waivers).toEqual([
      { key: "CVE-2018-14618", reason: "no impact here", approver: "A. Person", expires: "2026-01-31" },
      {
        key: "GHSA-aaaa-bbbb-cccc",
        reason: "taken over from .trivyignore, which gives no reason",
        approver: "A. Person",
        expires: "2026-06-30",
      },
    ]);
    expect(left).toEqual(["AVD-DS-0002: is no id that advisories know"]);
  });
  it("takes over .trivyignore.yaml and leaves what it cannot say", () => {
    const text =
      "vulnerabilities:\n  - id: CVE-2022-40897\n    purls: [pkg:pypi/setuptools]\n    statement: not used\n    expired_at: 2026-02-01\n  - id: CVE-2022-1\n    paths: [usr/lib/x]\nsecrets:\n  - id: aws\n";
    const { waivers, left } = importIgnoreFile(text, ".trivyignore.yaml", terms);
    expect(waivers).toEqual([
      { key: "setuptools@* CVE-2022-40897", reason: "not used", approver: "A. Person", expires: "2026-02-01" },
    ]);
    expect(left).toEqual(["CVE-2022-1: holds for some paths only", "aws: is about secrets"]);
  });
  it("takes over .grype.yaml", () => {
    const text =
      "ignore:\n  - vulnerability: CVE-2008-4318\n    reason: client only\n  - vulnerability: CVE-2020-1234\n    package: {name: libcurl}\n  - vulnerability: CVE-2020-12345\n    fix-state: unknown\n  - package: {type: gem}\n";
    const { waivers, left } = importIgnoreFile(text, ".grype.yaml", terms);
    expect(waivers.map(({ key }) => key)).toEqual(["CVE-2008-4318", "libcurl@* CVE-2020-1234"]);
    expect(left).toEqual(["CVE-2020-12345: holds for one fix-state only", "an entry: holds for one type only"]);
  });
  it("takes over .snyk and osv-scanner.toml", () => {
    expect(
      importIgnoreFile(
        "ignore:\n  CVE-2021-23337:\n    - '*':\n        reason: dev only\n        expires: 2026-04-01T00:00:00.000Z\n  SNYK-JS-LODASH-1018905:\n    - '*': {reason: x}\n",
        ".snyk",
        terms,
      ),
    ).toEqual({
      waivers: [{ key: "CVE-2021-23337", reason: "dev only", approver: "A. Person", expires: "2026-04-01" }],
      left: ["SNYK-JS-LODASH-1018905: is no id that advisories know"],
    });
    expect(
      importIgnoreFile(
        '[[IgnoredVulns]]\nid = "GO-2022-0968"\nignoreUntil = 2026-11-09\nreason = "no ssh servers"\n',
        "osv-scanner.toml",
        terms,
      ).waivers,
    ).toEqual([{ key: "GO-2022-0968", reason: "no ssh servers", approver: "A. Person", expires: "2026-11-09" }]);
  });
  it.each<[string, string, string[], string[]]>([
    [
      "audit.toml",
      '[advisories]\nignore = ["RUSTSEC-2020-0001"]\n',
      ["RUSTSEC-2020-0001 2026-06-30 taken over from audit.toml, which gives no reason"],
      [],
    ],
    [
      "deny.toml",
      '[advisories]\nignore = [{ id = "RUSTSEC-2020-0002", reason = "tests only" }, { crate = "yanked@1" }]\n',
      ["RUSTSEC-2020-0002 2026-06-30 tests only"],
      ["yanked@1: is about a whole package"],
    ],
    [
      ".bundler-audit.yml",
      "ignore:\n  - CVE-2020-8164\n",
      ["CVE-2020-8164 2026-06-30 taken over from .bundler-audit.yml, which gives no reason"],
      [],
    ],
    [
      ".nsprc",
      '{"GHSA-aaaa-bbbb-cccc": {"active": true, "notes": "no input", "expiry": "2026-02-03"}, "GHSA-aaaa-bbbb-dddd": {"active": false}, "1556": "x"}',
      ["GHSA-aaaa-bbbb-cccc 2026-02-03 no input"],
      ["1556: is no id that advisories know"],
    ],
    [
      ".nancy-ignore",
      "# head\nCVE-2020-1234 until=2026-02-01 # not used\nCVE-2020-12345\n",
      [
        "CVE-2020-1234 2026-02-01 not used",
        "CVE-2020-12345 2026-06-30 taken over from .nancy-ignore, which gives no reason",
      ],
      [],
    ],
    [
      "suppression.xml",
      '<suppressions><suppress until="2026-03-01Z"><notes><![CDATA[ false\n positive ]]></notes><packageUrl regex="true">^pkg:maven/org\\.a/b@.*$</packageUrl><cve>CVE-2020-1111</cve></suppress><suppress><sha1>x</sha1><cve>CVE-2020-2222</cve></suppress><suppress><cvssBelow>7</cvssBelow></suppress></suppressions>',
      ["b@* CVE-2020-1111 2026-03-01 false positive"],
      ["CVE-2020-2222: holds for one sha1 only", "an entry: names no vulnerability"],
    ],
  ])("takes over %s", (name, text, expected, rest) => {
    const { waivers, left } = importIgnoreFile(text, name, terms);
    expect(waivers.map(({ key, expires, reason }) => `${key} ${expires} ${reason}`)).toEqual(expected);
    expect(left).toEqual(rest);
  });
  it("asks for an expiry where there is none", () => {
    expect(() => importIgnoreFile("CVE-2018-14618\n", ".trivyignore", { approver: "A. Person" })).toThrow(
      /CVE-2018-14618 has no expiry, and a waiver needs one/,
    );
  });
  it("refuses other files and throws AppErrors alone", () => {
    expect(() => importIgnoreFile("", "notes.txt", terms)).toThrow(/is no ignore file/);
    fc.assert(
      fc.property(
        fc.string(),
        fc.constantFrom(
          ".trivyignore",
          ".trivyignore.yaml",
          ".grype.yaml",
          ".snyk",
          "osv-scanner.toml",
          "deny.toml",
          ".bundler-audit.yml",
          ".nsprc",
          ".nancy-ignore",
          "suppression.xml",
        ),
        (text, name) => {
          try {
            importIgnoreFile(text, name, terms);
          } catch (error) {
            expect(error).toBeInstanceOf(AppError);
          }
        },
      ),
    );
  });
});
