import { describe, expect, it } from "vitest";
import { readVex } from "./read-vex.ts";
import { matchesPurl, statementAbout } from "./statement.ts";
import { openVex } from "./vex.fixture.ts";

const match = { id: "CVE-2024-1", aliases: ["GHSA-a"], purl: "pkg:npm/a@1" };

describe("a statement about a package", () => {
  it("knows an image by its digest however it is written", () => {
    const digest = "a".repeat(64);
    const statements = readVex(
      JSON.stringify({
        ...openVex,
        statements: [{ ...openVex.statements[0], products: [{ "@id": `pkg:oci/app@sha256%3A${digest}` }] }],
      }),
      "vex.json",
    );
    expect(statementAbout(statements, match, [`sha256:${digest}`])?.status).toBe("not_affected");
    expect(statementAbout(statements, match, [`sha256:${"b".repeat(64)}`])).toBeUndefined();
  });
  it("lets the latest statement count", () => {
    const at = (date: string, status: "not_affected" | "affected") => ({
      vulnerability: "CVE-2024-1",
      aliases: [],
      products: ["pkg:npm/a"],
      subcomponents: [],
      status,
      document: "d",
      date,
    });
    expect(statementAbout([at("2025-01-01", "not_affected"), at("2025-02-01", "affected")], match, [])).toBeUndefined();
    expect(statementAbout([at("2025-03-01", "not_affected"), at("2025-02-01", "affected")], match, [])?.status).toBe(
      "not_affected",
    );
  });
});

it.each([
  ["pkg:npm/a", "pkg:npm/a@1", true],
  ["pkg:npm/a@1", "pkg:npm/a@1?x=y", true],
  ["pkg:npm/a@2", "pkg:npm/a@1", false],
  ["pkg:npm/@s/a", "pkg:npm/%40s/a@1", true],
  ["pkg:apk/alpine/a?distro=alpine-3.11", "pkg:apk/alpine/a@1?distro=alpine-3.12", false],
  ["pkg:npm/%zz", "pkg:npm/a", false],
])("%s stands for %s: %s", (stated, purl, expected) => {
  expect(matchesPurl(stated, purl)).toBe(expected);
});
