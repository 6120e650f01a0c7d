import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { letteredOrder, programOrder, programVersion } from "./program-order.ts";

/** ProFTPD's releases in the order of their dates (proftpd.org, release notes). */
const proftpd = [
  "1.3.5rc4",
  "1.3.5",
  "1.3.5a",
  "1.3.5e",
  "1.3.6rc1",
  "1.3.6rc4",
  "1.3.6",
  "1.3.6e",
  "1.3.7a",
  "1.3.8b",
  "1.3.9rc1",
  "1.3.10",
];

describe("programs with letters for releases", () => {
  it("orders them as they were released", () => {
    for (const [index, version] of proftpd.entries())
      for (const [other, later] of proftpd.entries())
        expect(Math.sign(letteredOrder.compare(version, later))).toBe(Math.sign(index - other));
  });
  it("reads a hyphen before a word as none", () => {
    expect(letteredOrder.compare("1.2.0-rc2", "1.2.0rc2")).toBe(0);
    expect(letteredOrder.compare("1.2.0-rc2", "1.2.0")).toBe(-1);
  });
  it("knows versions from other text", () => {
    for (const version of proftpd) expect(letteredOrder.isValid(version)).toBe(true);
    for (const text of ["", "master", "v", "1.x"]) expect(letteredOrder.isValid(text)).toBe(false);
  });
  it("is a total preorder on all strings", () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^\d\.\d(a|b|rc\d|-beta\d)?$/));
    fc.assert(
      fc.property(text, text, text, (a, b, c) => {
        expect(letteredOrder.compare(a, a)).toBe(0);
        expect(letteredOrder.compare(a, b) + letteredOrder.compare(b, a)).toBe(0);
        if (letteredOrder.compare(a, b) <= 0 && letteredOrder.compare(b, c) <= 0)
          expect(letteredOrder.compare(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });
});

describe("orders by program", () => {
  it("knows whose letters mean what", () => {
    expect(programOrder("openssl").compare("1.0.2y", "1.0.2za")).toBe(-1);
    expect(programOrder("proftpd").compare("1.3.8", "1.3.8b")).toBe(-1);
    // Of Python a and b are pre-releases.
    expect(programOrder("python").compare("3.13.0a1", "3.13.0")).toBe(-1);
    expect(programOrder("openssh").compare("9.3p1", "9.3p2")).toBe(-1);
    expect(programOrder("openssh").compare("9.8p1", "9.8")).toBe(1);
  });
});

describe("versions by program", () => {
  it.each([
    ["java", "1.8.0_451-b10", "8.0.451"],
    ["java", "1.8.0_282", "8.0.282"],
    ["java", "8u292", "8.0.292"],
    ["jre", "1.8.0-update291", "8.0.291"],
    ["jre", "1.8.0-update_291", "8.0.291"],
    ["openjdk", "8-update282", "8.0.282"],
    ["java", "1.8.0-b132", "8.0.0"],
    ["java", "1.7.0", "7.0.0"],
    ["java", "11.0.22+7", "11.0.22"],
    ["java", "17.0.9", "17.0.9"],
    ["java", "21-ea", "21"],
    ["java", "unknown", "unknown"],
    ["percona_server", "8.0.35-27.1", "8.0.35"],
    ["redis", "7.0.0-rc1", "7.0.0-rc1"],
  ])("%s %s is %s", (program, version, expected) => expect(programVersion(program, version)).toBe(expected));
});
