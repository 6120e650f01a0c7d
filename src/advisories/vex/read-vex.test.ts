import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../core/errors.ts";
import { readVex } from "./read-vex.ts";
import { statementAbout } from "./statement.ts";
import { openVex } from "./vex.fixture.ts";

const cyclonedx = {
  bomFormat: "CycloneDX",
  serialNumber: "urn:uuid:1",
  metadata: { timestamp: "2025-01-01T00:00:00Z" },
  components: [{ "bom-ref": "a", purl: "pkg:npm/a@1", components: [{ "bom-ref": "inner", purl: "pkg:npm/inner@2" }] }],
  vulnerabilities: [
    {
      id: "CVE-2024-1",
      analysis: { state: "not_affected", justification: "code_not_reachable", detail: "no entry point" },
      affects: [{ ref: "a" }],
    },
    { id: "CVE-2024-2", analysis: { state: "exploitable" }, affects: [{ ref: "urn:cdx:1/1#inner" }] },
    { id: "CVE-2024-3", affects: [{ ref: "a" }] },
  ],
};
const csaf = {
  document: {
    category: "csaf_vex",
    csaf_version: "2.0",
    publisher: { name: "Vendor" },
    tracking: { id: "V-1", current_release_date: "2025-01-01T00:00:00Z" },
  },
  product_tree: {
    branches: [
      {
        category: "vendor",
        branches: [
          {
            category: "product_version",
            product: {
              product_id: "lib",
              product_identification_helper: { purl: "pkg:rpm/redhat/openssl@3?arch=src" },
            },
          },
          {
            category: "product_name",
            product: { product_id: "os", product_identification_helper: { cpe: "cpe:/o:redhat:enterprise_linux:9" } },
          },
        ],
      },
    ],
    relationships: [
      {
        category: "default_component_of",
        full_product_name: { product_id: "os:lib" },
        product_reference: "lib",
        relates_to_product_reference: "os",
      },
    ],
  },
  vulnerabilities: [
    {
      cve: "CVE-2024-1",
      product_status: { known_not_affected: ["os:lib"] },
      flags: [{ label: "vulnerable_code_not_present", product_ids: ["os:lib"] }],
    },
  ],
};
const match = { id: "CVE-2024-1", aliases: ["GHSA-a"], purl: "pkg:npm/a@1" };

describe("reading VEX", () => {
  it("reads OpenVEX and applies it to the named part of the named whole alone", () => {
    const statements = readVex(JSON.stringify(openVex), "vex.json");
    expect(statementAbout(statements, match, ["pkg:oci/app@sha256%3Aabc"])).toEqual({
      status: "not_affected",
      reason: "not affected: component not present",
      source: "https://vex.example/1 by Example Team",
    });
    expect(statementAbout(statements, match, ["pkg:oci/other"])).toBeUndefined();
    expect(statementAbout(statements, { ...match, purl: "pkg:npm/b@1" }, ["pkg:oci/app@sha256%3Aabc"])).toBeUndefined();
  });
  it("reads CycloneDX analysis, nested components and BOM links", () => {
    const statements = readVex(JSON.stringify(cyclonedx), "bom.json");
    expect(statements.map(({ vulnerability, status, products }) => [vulnerability, status, products])).toEqual([
      ["CVE-2024-1", "not_affected", ["pkg:npm/a@1"]],
      ["CVE-2024-2", "affected", ["pkg:npm/inner@2"]],
    ]);
    expect(statementAbout(statements, match, [])?.reason).toBe("not affected: code not reachable; no entry point");
  });
  it("reads CSAF through branches and relationships", () => {
    const [statement] = readVex(JSON.stringify(csaf), "csaf.json");
    expect(statement).toMatchObject({
      vulnerability: "CVE-2024-1",
      status: "not_affected",
      products: ["pkg:rpm/redhat/openssl@3?arch=src"],
      justification: "vulnerable_code_not_present",
      author: "Vendor",
    });
  });
  it("refuses what is no VEX document", () => {
    expect(() => readVex("{}", "x.json")).toThrow(/x.json: is no VEX document/);
    expect(() => readVex("{", "x.json")).toThrow(AppError);
  });
  it("throws AppErrors alone, whatever the document", () => {
    const head = fc.constantFrom(
      { "@context": "https://openvex.dev/ns" },
      { bomFormat: "CycloneDX" },
      { document: { csaf_version: "2.0" } },
    );
    const body = fc.dictionary(
      fc.constantFrom("statements", "vulnerabilities", "product_tree", "components", "metadata"),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(head, body, (a, b) => {
        try {
          readVex(JSON.stringify({ ...a, ...b }), "fuzz");
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
    );
  });
});
