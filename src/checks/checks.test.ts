import { describe, expect, it } from "vitest";
import { allRecommendations, allRequirements } from "../catalog/catalog.ts";
import { catalog } from "../catalog/load.ts";
import type { Check, CheckContext, Example, Needs } from "../core/check.ts";
import { defaultSettings, Settings } from "../core/settings.ts";
import { checks } from "./index.generated.ts";

const known = new Set<string>([...allRecommendations(catalog), ...allRequirements(catalog)].map(({ id }) => id));

/** Runs an example the way the engine would: facts through their schemas, then the check. */
function verdictOf(check: Check, example: Example<Needs>) {
  const given = Object.fromEntries(
    Object.entries(check.needs).map(([name, fact]) => [name, fact.schema.parse(example[name])]),
  );
  const { now, settings, params } = example.context ?? {};
  const context: CheckContext = {
    now: new Date(now ?? "2026-01-01T00:00:00Z"),
    settings: Settings.parse({ ...defaultSettings, ...settings }),
    params: check.params?.parse(params ?? {}),
  };
  return check.evaluate(given, context);
}

describe.each([...checks])("%s", (_id, check) => {
  it.each(check.examples.pass.map((example) => [example]))("passes example %#", (example) => {
    const verdict = verdictOf(check, example);
    expect(verdict).toMatchObject({ status: "pass" });
  });
  it.each(check.examples.fail.map((example) => [example]))("fails example %#", (example) => {
    expect(verdictOf(check, example)).toMatchObject({ status: "fail" });
  });
  it.each((check.examples.notApplicable ?? []).map((example) => [example]))(
    "does not apply to example %#",
    (example) => {
      expect(verdictOf(check, example)).toMatchObject({ status: "not-applicable", reason: expect.stringMatching(/./) });
    },
  );
  it.each((check.examples.unknown ?? []).map((example) => [example]))("cannot judge example %#", (example) => {
    expect(verdictOf(check, example)).toMatchObject({ status: "unknown", reason: expect.stringMatching(/./) });
  });

  it("says what fails, why it matters and what to do", () => {
    expect(check.title).toMatch(/^[\p{Lu}\d/]/u);
    for (const prose of [check.title, check.why, check.fix]) expect(prose.trim().length).toBeGreaterThan(8);
    expect(check.title.endsWith(".")).toBe(false);
  });

  it("names recommendations that exist", () => {
    for (const clause of check.clauses) expect(known).toContain(clause);
  });

  it("gives evidence of what it found and expected", () => {
    for (const example of check.examples.fail) {
      const verdict = verdictOf(check, example);
      if (verdict.status !== "fail") continue;
      for (const evidence of verdict.evidence) {
        expect(evidence.at).not.toBe("");
        expect(evidence).toHaveProperty("found");
      }
    }
  });
});
