import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sharedData } from "../../test/shared-data.ts";
import { distributionOf, distributionOfReleaseFile, identifyDistribution, parseOsRelease } from "./os-release.ts";

const cases = sharedData("package-databases/claircore/osrelease");

describe.skipIf(!cases)("os-release cases of claircore (skipped where package-databases is absent)", () => {
  for (const file of cases ? readdirSync(cases) : []) {
    it(`parses ${file}`, () => {
      const parts = txtar(readFileSync(`${cases}/${file}`, "utf8"));
      const text = parts.get("os-release")!;
      expect(Object.fromEntries(parseOsRelease(text))).toEqual(JSON.parse(parts.get("Parsed")!));
      const expected = JSON.parse(parts.get("Distribution")!);
      expect(distributionOf(text)).toMatchObject({ id: expected.did, versionId: expected.version_id });
      expect(distributionOf(text)?.cpeName).toBe(expected.cpe);
      expect(distributionOf(text)?.versionCodename).toBe(expected.version_code_name);
    });
  }
});

function txtar(text: string): Map<string, string> {
  const pieces = text.split(/^-- (.+) --\n/m);
  const parts = new Map<string, string>();
  for (let at = 1; at < pieces.length; at += 2) parts.set(pieces[at]!, pieces[at + 1]!);
  return parts;
}

describe("parseOsRelease", () => {
  it("follows the quoting rules of os-release(5)", () => {
    const text = [
      "# A=comment",
      String.raw`DOUBLE="a \"b\" \$c \\ \x"`,
      String.raw`SINGLE='a "b" \$c'`,
      String.raw`PLAIN=a\ b`,
      "EMPTY=",
      "LAST=1",
      'LAST="2"',
      "OPEN='never ended",
      "1BAD=x",
      "no assignment",
    ].join("\n");
    expect(Object.fromEntries(parseOsRelease(text))).toEqual({
      DOUBLE: 'a "b" $c \\ \\x',
      SINGLE: String.raw`a "b" \$c`,
      PLAIN: "a b",
      EMPTY: "",
      LAST: "2",
      OPEN: "never ended",
    });
  });

  it("reads what it wrote for any value", () => {
    fc.assert(
      fc.property(
        fc.string().filter((value) => !/[\r\n]/.test(value)),
        (value) => {
          const quoted = value.replace(/[$"\\`]/g, "\\$&");
          expect(parseOsRelease(`KEY="${quoted}"\n`).get("KEY")).toBe(value);
        },
      ),
    );
  });

  it("never throws and never invents an identifier", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const found = distributionOf(text);
        if (found) expect(found.id).not.toBe("");
      }),
    );
  });
});

describe("distributions without a complete os-release", () => {
  it("tells distroless and other files without ID by their names", () => {
    expect(distributionOf('PRETTY_NAME="Distroless"\n')).toMatchObject({ id: "debian" });
    expect(distributionOf('PRETTY_NAME="Alpine Linux v3.10"\n')).toMatchObject({ id: "alpine", versionId: "3.10" });
    expect(distributionOf('NAME="Something else"\n')?.id).toBe("linux");
    expect(distributionOf("ANSI_COLOR=1\n")).toBeUndefined();
  });

  it.each([
    ["etc/redhat-release", "CentOS release 6.10 (Final)\n", "centos", "6.10"],
    ["etc/redhat-release", "Red Hat Enterprise Linux Server release 6.9 (Santiago)", "rhel", "6.9"],
    ["etc/system-release", "Amazon Linux AMI release 2018.03", "amzn", "2018.03"],
    ["etc/fedora-release", "Fedora release 20 (Heisenbug)", "fedora", "20"],
    ["etc/oracle-release", "Oracle Linux Server release 6.8", "ol", "6.8"],
    ["etc/SuSE-release", "SUSE Linux Enterprise Server 11 (x86_64)\nVERSION = 11\nPATCHLEVEL = 4\n", "sles", "11.4"],
    ["etc/alpine-release", "3.11.5\n", "alpine", "3.11.5"],
    ["etc/debian_version", "9.13\n", "debian", "9"],
    ["etc/lsb-release", "DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=10.04\nDISTRIB_CODENAME=lucid\n", "ubuntu", "10.04"],
    ["etc/photon-release", "VMware Photon OS 3.0\nPHOTON_BUILD_NUMBER=1", "photon", "3.0"],
  ])("reads %s", (path, text, id, versionId) => {
    expect(distributionOfReleaseFile(path, text)).toMatchObject({ id, versionId });
  });

  it("names a file that it cannot understand by nothing", () => {
    expect(distributionOfReleaseFile("etc/redhat-release", "Welcome")).toBeUndefined();
    expect(distributionOfReleaseFile("etc/alpine-release", "")).toBeUndefined();
  });
});

describe("identifyDistribution", () => {
  const of = (files: Record<string, string>) => identifyDistribution((path) => files[path]);

  it("asks etc/os-release, then usr/lib/os-release, then the older files", () => {
    expect(of({ "etc/os-release": "ID=a\n", "usr/lib/os-release": "ID=b\n" })).toMatchObject({
      id: "a",
      path: "etc/os-release",
    });
    expect(of({ "etc/os-release": "", "usr/lib/os-release": "ID=b\n" })).toMatchObject({
      id: "b",
      path: "usr/lib/os-release",
    });
    expect(of({ "etc/redhat-release": "CentOS release 6.10 (Final)" })).toMatchObject({
      id: "centos",
      path: "etc/redhat-release",
    });
    expect(of({})).toBeUndefined();
  });

  it("completes Debian from debian_version and gives testing no number", () => {
    expect(of({ "etc/os-release": "ID=debian\n", "etc/debian_version": "12.5\n" })).toMatchObject({ versionId: "12" });
    const testing = of({ "etc/os-release": "ID=debian\n", "etc/debian_version": "trixie/sid\n" });
    expect(testing?.versionCodename).toBe("trixie");
    expect(testing?.versionId).toBeUndefined();
  });
});
