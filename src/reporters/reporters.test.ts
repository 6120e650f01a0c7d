import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { expectGolden } from "../../test/golden-file.ts";
import { hostileText, sampleInput } from "../../test/sample-assessment.ts";
import type { Observation } from "../core/snapshot.ts";
import csv from "./csv.ts";
import github from "./github.ts";
import gitlab from "./gitlab.ts";
import json from "./json.ts";
import junit from "./junit.ts";
import markdown from "./markdown.ts";
import ndjson from "./ndjson.ts";
import oscal from "./oscal.ts";
import sarif from "./sarif.ts";
import terminal from "./terminal.ts";

const reporters = [csv, github, gitlab, json, junit, markdown, ndjson, oscal, sarif, terminal];
const filesOf = (reporter: (typeof reporters)[number], input = sampleInput()) =>
  reporter.renderAll?.(input) ?? [{ name: reporter.defaultName, text: reporter.render(input) }];
const backwards = (observations: readonly Observation[]) => [...observations].reverse();

describe.each(reporters.map((reporter) => [reporter.id, reporter] as const))("%s", (id, reporter) => {
  it("gives the expected text", () => {
    expectGolden(`reporters/expected-${reporter.defaultName}`, reporter.render(sampleInput()));
  });
  it("gives the same bytes for the same facts in another order", () => {
    expect(filesOf(reporter, sampleInput({ order: backwards }))).toEqual(filesOf(reporter));
  });
  it("changes nothing that it is given", () => {
    const input = sampleInput();
    const before = JSON.stringify(input.assessment);
    filesOf(reporter, input);
    expect(JSON.stringify(input.assessment)).toBe(before);
  });
  it("shows what was waived, unknown and failed", () => {
    const text = filesOf(reporter)
      .map((file) => file.text)
      .join("\n");
    expect(text).toMatch(/critical/i);
    expect(text, "the failure").toContain("openssl");
    if (id !== "github" && id !== "gitlab") expect(text, "the unknown").toContain("connection refused");
  });
  it("renders an assessment of nothing", () => {
    const input = sampleInput();
    const { assessment } = sampleInput({ order: () => [] });
    expect(() =>
      filesOf(reporter, {
        ...input,
        assessment,
        gate: { allowed: false, exitCode: 3, reasons: ["nothing could be assessed"] },
      }),
    ).not.toThrow();
  });
  it("holds no character that acts instead of showing, whatever a target is called", () => {
    for (const options of [{ hostile: hostileText }, { hostile: hostileText, singleImage: true }]) {
      for (const { text } of filesOf(reporter, sampleInput(options))) {
        // Lines are made of these two by the formats themselves; JSON escapes what is below U+0020 only, so its strings are looked at once they are parsed.
        const shown = text.replaceAll("\n", "").replaceAll("\r", "");
        if (!/json|sarif/.test(reporter.mediaType)) expect(shown).not.toMatch(/[\p{Cc}\u202e\u200b\ufffe\ud800]/u);
        else expect(shown).not.toMatch(/[\u0000-\u001f]/);
      }
    }
  });
});

it("every format has a page", () => {
  const pages = readdirSync(fileURLToPath(new URL("../../docs/formats/", import.meta.url)));
  for (const reporter of reporters) expect(pages).toContain(`${reporter.id}.md`);
});

it("every reporter has an id of its own and a file name of its own", () => {
  expect(new Set(reporters.map((reporter) => reporter.id)).size).toBe(reporters.length);
  expect(new Set(reporters.map((reporter) => reporter.defaultName)).size).toBe(reporters.length);
});
