import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hostileText, sampleInput } from "../../test/sample-assessment.ts";
import type { Evidence } from "../core/check.ts";
import type { ReportInput } from "../core/reporter.ts";
import sarif from "./sarif.ts";

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly kind: string;
  readonly level: string;
  readonly baselineState?: string;
  readonly message: { readonly text: string };
  readonly locations: readonly {
    readonly physicalLocation: {
      readonly artifactLocation: { readonly uri: string; readonly uriBaseId?: string };
      readonly region?: unknown;
    };
    readonly logicalLocations: readonly { readonly fullyQualifiedName: string }[];
  }[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly suppressions?: readonly { readonly kind: string; readonly status: string; readonly justification: string }[];
}
interface Rule {
  readonly id: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly relationships: readonly { readonly target: { readonly id: string; readonly guid: string } }[];
}
interface Run {
  readonly automationDetails: { readonly id: string };
  readonly results: readonly Result[];
  readonly properties: Readonly<Record<string, unknown>>;
  readonly taxonomies: readonly {
    readonly guid: string;
    readonly taxa: readonly { readonly id: string; readonly guid: string }[];
  }[];
  readonly tool: { readonly driver: { readonly rules: readonly Rule[] } };
}
const runOf = (input: ReportInput): Run => (JSON.parse(sarif.render(input)) as { runs: [Run] }).runs[0];

const carried = fileURLToPath(
  new URL("../../node_modules/@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json", import.meta.url),
);
const schema = process.env["PLIMSOLL_SARIF_SCHEMA"] ?? carried;

describe("SARIF", () => {
  it.skipIf(!existsSync(schema))(
    "is valid by the schema of SARIF 2.1.0 (needs the package @microsoft/jest-sarif, which carries it)",
    () => {
      const { $schema: _draft04, id: _id, ...document } = JSON.parse(readFileSync(schema, "utf8"));
      // One pattern of the schema is no pattern in Unicode mode.
      const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
      addFormats.default(ajv);
      const validate = ajv.compile(document);
      for (const options of [
        {},
        { singleImage: true, withoutBaseline: true },
        { hostile: hostileText },
        { order: () => [] },
      ]) {
        validate(JSON.parse(sarif.render(sampleInput(options))));
        expect((validate.errors ?? []).slice(0, 5).map((error) => `${error.instancePath} ${error.message}`)).toEqual(
          [],
        );
      }
    },
  );

  const run = runOf(sampleInput());
  const resultOf = (ruleId: string, kind = "fail") =>
    run.results.find((result) => result.ruleId === ruleId && result.kind === kind);

  it("places a failure in the file and line that a person can open", () => {
    expect(resultOf("image/runs-as-root")?.locations[0]?.physicalLocation).toEqual({
      artifactLocation: { uri: "services/api/Dockerfile", uriBaseId: "%SRCROOT%" },
      region: { startLine: 7 },
    });
  });
  it("places a failure without a file at its target, with the subject as logical location", () => {
    const [location] = resultOf("image/embedded-secret")!.locations;
    expect(location?.physicalLocation).toEqual({ artifactLocation: { uri: "shop/api%3A1.4.2" } });
    expect(location?.logicalLocations[0]?.fullyQualifiedName).toMatch(/^image\/sha256:1a/);
  });
  it("suppresses what was waived and no other failure", () => {
    const suppressed = run.results.filter((result) => result.kind === "fail" && result.suppressions);
    expect(suppressed.map((result) => result.message.text)).toEqual([expect.stringContaining("CVE-2025-10005")]);
    expect(suppressed[0]?.suppressions).toEqual([
      { kind: "external", status: "accepted", justification: expect.stringContaining("2026-06-30") },
    ]);
  });
  it("gives what could not be judged as open, without a level, and leaves passes out", () => {
    expect(resultOf("orchestrator/anonymous-access", "open")).toMatchObject({
      level: "none",
      message: { text: expect.stringContaining("connection refused") },
    });
    expect(new Set(run.results.map(({ kind }) => kind))).toEqual(new Set(["fail", "open", "informational"]));
    expect(run.properties).toMatchObject({ passed: 3, notApplicable: 3 });
  });
  it("tells what was set aside without a level, suppressed with whose word it is, and counts it apart", () => {
    const aside = run.results.filter(({ kind }) => kind === "informational");
    expect(aside.map(({ level }) => level)).toEqual(["none", "none", "none"]);
    expect(aside.map(({ suppressions }) => suppressions)).toContainEqual([
      { kind: "external", status: "accepted", justification: "not affected: it is never loaded (api.vex.json)" },
    ]);
    expect(run.tool.driver.rules[aside[0]!.ruleIndex]).toMatchObject({ id: "image/vulnerable-package" });
    expect(run.properties).toMatchObject({ setAside: { unimportant: 2, "not affected": 1 } });
    expect(new Set(run.results.map(({ partialFingerprints }) => partialFingerprints["plimsoll/v1"])).size).toBe(
      run.results.length,
    );
  });
  it("tells new from unchanged with a baseline only", () => {
    expect(new Set(run.results.map((result) => result.baselineState))).toEqual(
      new Set(["new", "unchanged", undefined]),
    );
    expect(
      new Set(runOf(sampleInput({ withoutBaseline: true })).results.map((result) => result.baselineState)),
    ).toEqual(new Set([undefined]));
  });
  it("carries fingerprints, and rules that the results point at", () => {
    const { rules } = run.tool.driver;
    for (const result of run.results) {
      expect(result.partialFingerprints["plimsoll/v1"]).toMatch(/^[0-9a-f]{64}$/);
      expect(rules[result.ruleIndex]?.id).toBe(result.ruleId);
    }
    expect(rules.find((rule) => rule.id === "image/embedded-secret")?.properties["security-severity"]).toBe("9.5");
  });
  it("relates every rule to recommendations of the taxonomy", () => {
    const taxa = new Map(run.taxonomies[0]!.taxa.map((taxon) => [taxon.id, taxon.guid]));
    for (const rule of run.tool.driver.rules) {
      expect(rule.relationships.length).toBeGreaterThan(0);
      for (const { target } of rule.relationships) expect(taxa.get(target.id)).toBe(target.guid);
    }
  });
  it("has one category for runs over the same targets", () => {
    expect(runOf(sampleInput({ created: "2026-04-01T00:00:00.000Z" })).automationDetails.id).toBe(
      run.automationDetails.id,
    );
    expect(runOf(sampleInput({ singleImage: true })).automationDetails.id).toBe(
      "plimsoll/image/registry.example/shop/api/",
    );
  });
});

describe("artifact locations", () => {
  const input = sampleInput();
  const uriOf = (file: string) => {
    const findings = input.assessment.findings
      .slice(0, 1)
      .map((finding) => ({ ...finding, evidence: [{ at: "x", found: 1, location: { file } } satisfies Evidence] }));
    return runOf({ ...input, assessment: { ...input.assessment, findings } }).results[0]!.locations[0]!.physicalLocation
      .artifactLocation;
  };
  it.each([
    ["a b/ü#?.yaml", "a%20b/%C3%BC%23%3F.yaml"],
    ["./deploy/x.yaml", "deploy/x.yaml"],
    ["deploy\\x.yaml", "deploy/x.yaml"],
    ["a:b", "a%3Ab"],
    ["", "unnamed"],
  ])("relative %j", (file, uri) => {
    expect(uriOf(file)).toEqual({ uri, uriBaseId: "%SRCROOT%" });
  });
  it.each([
    ["/etc/docker/daemon.json", "file:///etc/docker/daemon.json"],
    ["C:\\a\\b.yaml", "file:///C:/a/b.yaml"],
  ])("absolute %j", (file, uri) => {
    expect(uriOf(file)).toEqual({ uri });
  });
  it("are URI references for any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (file) => {
        expect(uriOf(file).uri).toMatch(/^(file:\/\/)?[A-Za-z0-9\-._~!*'()%/:]+$/);
      }),
      { numRuns: 50 },
    );
  });
});
