import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";
import { hostileText, sampleInput } from "../../test/sample-assessment.ts";
import { prettyJson } from "../core/canonical-json.ts";
import json from "./json.ts";
import ndjson from "./ndjson.ts";
import { Report, reportJsonSchema } from "./report-schema.ts";

const published = fileURLToPath(new URL("../../docs/formats/report.schema.json", import.meta.url));
const inputs = [{}, { singleImage: true, withoutBaseline: true }, { hostile: hostileText }, { order: () => [] }];

describe("JSON report", () => {
  it("is valid by the published schema", () => {
    const validate = new Ajv2020({ strict: false, allErrors: true }).compile(reportJsonSchema());
    for (const options of inputs) {
      validate(JSON.parse(json.render(sampleInput(options))));
      expect(validate.errors ?? []).toEqual([]);
    }
  });
  it("keeps what the assessment says through writing and reading", () => {
    const input = sampleInput({ hostile: hostileText });
    const report = Report.parse(JSON.parse(json.render(input)));
    expect(report.findings).toEqual(JSON.parse(JSON.stringify(input.assessment.findings)));
    expect(report.recommendations.map(({ id, status }) => [id, status])).toEqual(
      input.assessment.recommendations.map(({ id, status }) => [id, status]),
    );
    expect(report.snapshot.digest).toBe(input.assessment.snapshot.digest);
  });
  it("lists what was set aside apart from the findings, with whose word it is", () => {
    const { setAside = [], findings } = Report.parse(JSON.parse(json.render(sampleInput())));
    expect(setAside.map(({ id, status, source }) => [id, status, source])).toEqual([
      ["CVE-2025-10006", "not_affected", "api.vex.json"],
      ["CVE-2010-4756", "unimportant", "debian"],
      ["CVE-2019-9192", "unimportant", "debian"],
    ]);
    for (const { id } of setAside) expect(findings.filter(({ key }) => key.endsWith(id))).toEqual([]);
  });
  it("has a schema that is published", () => {
    if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(published, prettyJson(reportJsonSchema()));
    expect(prettyJson(reportJsonSchema())).toBe(readFileSync(published, "utf8"));
  });
  it("would be refused by its schema without a status", () => {
    const validate = new Ajv2020({ strict: false }).compile(reportJsonSchema());
    const report = JSON.parse(json.render(sampleInput())) as { findings: { status?: string }[] };
    delete report.findings[0]!.status;
    expect(validate(report)).toBe(false);
  });
});

describe("NDJSON report", () => {
  it("has one object a line, the assessment first, then as many as the JSON report has", () => {
    const input = sampleInput({ hostile: hostileText });
    const lines = ndjson.render(input).split("\n");
    expect(lines.pop()).toBe("");
    const types = lines.map((line) => (JSON.parse(line) as { type: string }).type);
    const { findings, recommendations } = input.assessment;
    expect(types).toEqual([
      "assessment",
      ...recommendations.map(() => "recommendation"),
      ...findings.map(() => "finding"),
      ...[1, 2, 3].map(() => "set-aside"),
    ]);
  });
});
