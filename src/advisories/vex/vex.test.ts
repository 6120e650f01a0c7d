import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../core/errors.ts";
import type { Finding } from "../../core/finding.ts";
import { importIgnoreFile } from "./ignore-file.ts";
import { readVex } from "./read-vex.ts";
import { matchesPurl, statementAbout } from "./statement.ts";
import { writeCsafVex } from "./write-csaf-vex.ts";
import { writeCyclonedxVex } from "./write-cyclonedx-vex.ts";
import { type SetAside, vexDecisions, writeOpenVex } from "./write-vex.ts";

const openVex = {
  "@context": "https://openvex.dev/ns/v0.2.0",
  "@id": "https://vex.example/1",
  author: "Example Team",
  timestamp: "2025-01-01T00:00:00Z",
  statements: [
    {
      vulnerability: { name: "CVE-2024-1" },
      products: [{ "@id": "pkg:oci/app@sha256%3Aabc", subcomponents: [{ "@id": "pkg:npm/a@1" }] }],
      status: "not_affected",
      justification: "component_not_present",
    },
  ],
};
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

describe("writing VEX", () => {
  const finding = {
    subject: "image/sha256:1",
    waiver: { reason: "behind a proxy", approver: "A. Person", expires: "2026-03-01" },
    evidence: [
      {
        at: "a",
        found: "a 1",
        details: { kind: "vulnerability", id: "CVE-2024-1", aliases: ["GHSA-a"], purl: "pkg:npm/a@1" },
      },
    ],
  } as unknown as Finding;
  const head = { author: "Example", timestamp: "2026-01-01T00:00:00Z", tool: "plimsoll 0" };

  const written = (
    findings: readonly Finding[],
    setAside?: readonly SetAside[],
    productOf?: (subject: string) => string,
  ) => writeOpenVex(vexDecisions(findings, head, setAside, productOf), head);

  it("states an accepted risk as affected with the decision as the action", () => {
    const document = JSON.parse(written([finding, { ...finding, waiver: undefined }]));
    expect(document.statements).toEqual([
      {
        vulnerability: { name: "CVE-2024-1", aliases: ["GHSA-a"] },
        timestamp: "2026-01-01T00:00:00Z",
        products: [{ "@id": "image/sha256:1", subcomponents: [{ "@id": "pkg:npm/a@1" }] }],
        status: "affected",
        action_statement: "Accepted until 2026-03-01 by A. Person: behind a proxy",
      },
    ]);
  });
  it("states a judgement where the reason begins with a justification of OpenVEX", () => {
    const reason = "vulnerable_code_not_in_execute_path: the parser is never called";
    const judged = { ...finding, waiver: { ...finding.waiver!, reason } } as Finding;
    expect(JSON.parse(written([judged])).statements).toMatchObject([
      {
        status: "not_affected",
        justification: "vulnerable_code_not_in_execute_path",
        impact_statement: "the parser is never called (judged by A. Person, until 2026-03-01)",
      },
    ]);
    const other = { ...finding, waiver: { ...finding.waiver!, reason: "not_so: x" } } as Finding;
    expect(JSON.parse(written([other])).statements).toMatchObject([{ status: "affected" }]);
  });
  it("hands on what statements took back, but not what was set aside otherwise", () => {
    const match = { id: "CVE-2024-2", aliases: [], purl: "pkg:npm/b@1" };
    const one = { subject: "image/x", match, source: "doc by Z" };
    const text = written(
      [],
      [
        { ...one, status: "not_affected", reason: "not affected: vulnerable code not present; built without it" },
        { ...one, status: "fixed", reason: "fixed" },
        { ...one, status: "unimportant", reason: "unimportant" },
      ],
      (subject) => `pkg:oci/${subject}`,
    );
    expect(readVex(text, "own.json")).toMatchObject([
      { status: "fixed", products: ["pkg:oci/image/x"] },
      {
        status: "not_affected",
        justification: "vulnerable_code_not_present",
        impact: "not affected: vulnerable code not present; built without it (doc by Z)",
      },
    ]);
  });
  const image = "pkg:oci/app@sha256%3A1";
  const several = vexDecisions(
    [
      finding,
      {
        ...finding,
        waiver: { ...finding.waiver!, reason: "vulnerable_code_not_in_execute_path: never called" },
        evidence: [
          { ...finding.evidence[0]!, details: { kind: "vulnerability", id: "GHSA-b", purl: "pkg:npm/%40s/b@2" } },
        ],
      } as Finding,
    ],
    head,
    [
      {
        subject: "x",
        match: { id: "CVE-2024-3", aliases: [], purl: "pkg:npm/c@1" },
        status: "fixed",
        reason: "",
        source: "d",
      },
    ],
    () => image,
  );
  const told = (text: string) =>
    readVex(text, "own.json")
      .map(({ vulnerability, status, justification }) => [vulnerability, status, justification])
      .sort();

  it("writes CSAF that names each package as a part of its product, and is valid by the rules of the profile", () => {
    const text = writeCsafVex(several, head);
    expect(writeCsafVex(several, head)).toBe(text);
    expect(told(text)).toEqual([
      ["CVE-2024-1", "affected", undefined],
      ["CVE-2024-3", "fixed", undefined],
      ["GHSA-b", "not_affected", "vulnerable_code_not_in_execute_path"],
    ]);
    expect(readVex(text, "own.json")).toContainEqual(
      expect.objectContaining({ products: [image], subcomponents: ["pkg:npm/%40s/b@2"] }),
    );
    const document = JSON.parse(text);
    expect(document.document).toMatchObject({
      category: "csaf_vex",
      csaf_version: "2.0",
      publisher: { category: "user" },
    });
    const tree = document.product_tree;
    const known = new Set([
      ...tree.full_product_names.map((one: { product_id: string }) => one.product_id),
      ...tree.relationships.map(
        (one: { full_product_name: { product_id: string } }) => one.full_product_name.product_id,
      ),
    ]);
    for (const one of document.vulnerabilities) {
      expect(one.cve ?? one.ids[0].text).toMatch(/-/);
      expect(one.notes.length).toBeGreaterThan(0);
      for (const id of Object.values<string[]>(one.product_status).flat()) expect(known.has(id)).toBe(true);
      // What is affected has an action, what is not has a reason (CSAF 2.0, profile VEX).
      if (one.product_status.known_affected) expect(one.remediations).toHaveLength(1);
      if (one.product_status.known_not_affected) expect(one.flags).toHaveLength(1);
    }
  });
  it("writes CycloneDX that is valid by its schema, of one product", async () => {
    const text = writeCyclonedxVex(several, head);
    expect(writeCyclonedxVex(several, head)).toBe(text);
    expect(told(text)).toEqual([
      ["CVE-2024-1", "affected", undefined],
      ["CVE-2024-3", "fixed", undefined],
      ["GHSA-b", "not_affected", "code_not_reachable"],
    ]);
    expect(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text)).toBeNull();
    const two = [...several, { ...several[0]!, products: [{ "@id": "pkg:oci/other" }] }];
    expect(() => writeCyclonedxVex(two, head)).toThrow(/describes one product/);
  });
  it("can be read again and is the same every time", () => {
    const text = written([finding]);
    expect(written([finding])).toBe(text);
    expect(readVex(text, "own.json")).toMatchObject([{ vulnerability: "CVE-2024-1", status: "affected" }]);
  });
});

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
