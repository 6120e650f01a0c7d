import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { record } from "../../../test/fakes/advisory-store.ts";
import { installed, linux, matched, rows } from "../../../test/fakes/matching.ts";
import { namesakeOf } from "./namesake.ts";

const without = { foundIn: [] };

describe("a package without a path", () => {
  it.each([
    ["gem", "json", "2.1.0", installed("rpm", "rubygem-json", "2.1.0-110.module+el8")],
    ["gem", "json", "2.1.0", installed("deb", "ruby-json", "2.1.0+dfsg-2")],
    ["pypi", "PyYAML", "3.10", installed("deb", "python3-yaml", "3.10-4ubuntu0.1", { sourceName: "pyyaml" })],
    ["pypi", "urllib3", "1.24.2", installed("rpm", "python3-urllib3", "0:1.24.2-5.el8")],
    ["pypi", "zope.interface", "5.0", installed("rpm", "python38-zope-interface", "5.0-1.el8")],
    ["pypi", "requests", "2.31.0", installed("apk", "py3-requests", "2.31.0-r0")],
    ["npm", "semver", "7.3.4", installed("deb", "node-semver", "7.3.4-1")],
    ["maven", "org.jsoup:jsoup", "1.11.3", installed("rpm", "jsoup", "1.11.3-3.module+el8")],
    ["maven", "com.google.guava:guava", "20.0", installed("rpm", "guava20", "20.0-8.module+el8")],
    ["maven", "commons-io:commons-io", "2.8.0", installed("deb", "libcommons-io-java", "2.8.0-1")],
    ["generic", "redis", "7.0.15", installed("deb", "redis-tools", "5:7.0.15-1", { sourceName: "redis" })],
  ])("%s %s %s is the distribution's where that has it", (type, name, version, owner) => {
    expect(namesakeOf(installed(type, name, version, without), [owner])).toBe(owner);
  });
  it.each([
    ["another version", "gem", "json", "2.2.0", installed("rpm", "rubygem-json", "2.1.0-110.el8")],
    ["a longer version", "gem", "json", "2.1", installed("rpm", "rubygem-json", "2.1.0-110.el8")],
    ["another name", "gem", "json", "2.1.0", installed("rpm", "rubygem-json-pure", "2.1.0-110.el8")],
    ["another language", "pypi", "json", "2.1.0", installed("rpm", "rubygem-json", "2.1.0-110.el8")],
    ["digits of the name", "maven", "a:log", "2.0", installed("rpm", "log4", "2.0-1.el8")],
    ["no distribution package", "gem", "json", "2.1.0", installed("gem", "rubygem-json", "2.1.0")],
    [
      "a kind that distributions do not package by name",
      "golang",
      "json",
      "2.1.0",
      installed("rpm", "json", "2.1.0-1"),
    ],
    ["no version", "gem", "json", "", installed("rpm", "rubygem-json", "-1")],
  ])("is not with %s", (_, type, name, version, other) => {
    expect(namesakeOf(installed(type, name, version, without), [other])).toBeUndefined();
  });
  it("is judged by the distribution's advisories", () => {
    const records = [record("gem", "json", "GHSA-aaaa-bbbb-cccc", "2.3.0", { aliases: ["CVE-2020-10663"] })];
    const data = { records, ecosystems: ["rhel"] };
    const gem = installed("gem", "json", "2.1.0", without);
    const owner = installed("rpm", "rubygem-json", "2.1.0-110.el8");
    expect(rows(matched([gem, owner], linux("rhel", "8.6"), data))).toEqual([]);
    expect(rows(matched([gem], linux("rhel", "8.6"), data))).toEqual(["json CVE-2020-10663 2.3.0"]);
    // No advisories of the distribution: nobody else would judge it.
    expect(rows(matched([gem, owner], linux("rhel", "8.6"), { records }))).toEqual(["json CVE-2020-10663 2.3.0"]);
  });
  it("is no namesake where it has a path: another copy may lie there", () => {
    const gem = installed("gem", "json", "2.1.0", { foundIn: ["/srv/app/vendor/json-2.1.0.gemspec"] });
    expect(namesakeOf(gem, [installed("rpm", "rubygem-json", "2.1.0-110.el8")])).toBeUndefined();
  });
  it("takes any text for a name and a version", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), fc.string(), (name, version, other, release) => {
        const found = namesakeOf(installed("pypi", name, version, without), [installed("deb", other, release)]);
        expect(found === undefined || release.includes(version)).toBe(true);
      }),
    );
  });
});
