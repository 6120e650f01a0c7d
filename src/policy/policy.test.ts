import { describe, expect, it } from "vitest";
import { z } from "zod";
import type { Assessment } from "../core/assessment.ts";
import { defineFact } from "../core/fact.ts";
import type { Finding } from "../core/finding.ts";
import { defaultSettings } from "../core/settings.ts";
import { customCheck } from "./custom-check.ts";
import { decide } from "./gate.ts";
import { defaultPolicy, parsePolicy } from "./policy-file.ts";

describe("a policy file", () => {
  it("has a default for everything", () => {
    expect(parsePolicy("", "p.yaml")).toEqual(defaultPolicy);
    expect(defaultPolicy.gate.allow).toEqual({ critical: 0 });
  });
  it.each([
    ["an unknown key", "settings:\n  cvsThreshold: 7\n", /^p\.yaml:\d+:\d+: settings: .*cvsThreshold/],
    [
      "a waiver without an expiry",
      "waivers:\n  - key: CVE-2020-1\n    reason: r\n    approver: a\n",
      /^p\.yaml:2:5: waivers\.0\.expires/,
    ],
    [
      "a waiver of everything",
      "waivers:\n  - reason: r\n    approver: a\n    expires: 2026-01-01\n",
      /a waiver names a check or a key/,
    ],
    [
      "a day that does not exist",
      "waivers:\n  - key: x\n    reason: r\n    approver: a\n    expires: 2026-13-01\n",
      /^p\.yaml:5:14: waivers\.0\.expires: there is no such day/,
    ],
    ["broken YAML", "waivers: [", /^p\.yaml:1:\d+: /],
    ["a key given twice", "version: 1\nversion: 1\n", /^p\.yaml:2:1: /],
    ["a list where a map belongs", "- 1\n", /^p\.yaml:1:1: the policy/],
  ])("with %s is refused with its place", (_, text, message) => {
    expect(() => parsePolicy(text, "p.yaml")).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID", message: expect.stringMatching(message) }),
    );
  });
});

describe("a custom check", () => {
  const fact = defineFact({
    id: "host/door",
    summary: "doors",
    obtain: "look",
    schema: z.object({ open: z.number().optional() }),
  });
  const facts = new Map([[fact.id, fact]]);
  const entry = {
    id: "custom/doors",
    title: "Open doors",
    severity: "low" as const,
    clauses: ["4.5.1-d"],
    why: "w",
    fix: "f",
    fact: "host/door",
    expression: "fact.open == 0",
  };
  const context = { now: new Date(0), settings: defaultSettings, params: undefined };
  it("passes and fails by its expression and shows what it found", () => {
    const check = customCheck({ ...entry, found: "fact.open" }, facts, "p.yaml");
    expect(check.evaluate({ fact: { open: 0 } }, context)).toEqual({
      status: "pass",
      evidence: [{ at: "host/door", found: 0, expected: "fact.open == 0" }],
    });
    expect(check.evaluate({ fact: { open: 2 } }, context)).toMatchObject({ status: "fail", evidence: [{ found: 2 }] });
  });
  it("cannot pass on a field that is not there", () => {
    expect(customCheck(entry, facts, "p.yaml").evaluate({ fact: {} }, context)).toMatchObject({ status: "unknown" });
  });
  it("cannot pass on an answer that is no truth value", () => {
    expect(
      customCheck({ ...entry, expression: "1 + 1" }, facts, "p.yaml").evaluate({ fact: {} }, context),
    ).toMatchObject({ status: "unknown" });
  });
  it.each([
    ["an unknown fact", { ...entry, fact: "host/roof" }, /there is no fact host\/roof/],
    ["an expression that is not CEL", { ...entry, expression: "fact.open ===" }, /is not CEL/],
  ])("with %s is refused", (_, given, message) => {
    expect(() => customCheck(given, facts, "p.yaml")).toThrow(message);
  });
});

describe("the gate", () => {
  const finding = (severity: Finding["severity"], more: Partial<Finding> = {}) =>
    ({ status: "fail", severity, ...more }) as Finding;
  const waiver = { key: "x", reason: "r", approver: "a", expires: "2099-01-01" };
  const assessment = (findings: Finding[], unknown = 0) =>
    ({ findings, coverage: { total: 10, unknown, assessed: 10 - unknown } }) as unknown as Assessment;
  it.each([
    ["nothing assessed", assessment([finding("critical", { status: "unknown" })]), {}, 3, "nothing could be assessed"],
    ["one critical", assessment([finding("critical")]), {}, 1, "1 critical, policy allows 0"],
    ["a waived critical", assessment([finding("critical", { waiver })]), {}, 0, "the policy allows 0 critical"],
    ["highs that are not limited", assessment([finding("high")]), {}, 0, "the policy allows 0 critical"],
    [
      "an old critical when only new ones count",
      assessment([finding("critical", { isNew: false })]),
      { newOnly: true },
      0,
      "the policy allows 0 new critical",
    ],
    [
      "a new critical when only new ones count",
      assessment([finding("critical", { isNew: true })]),
      { newOnly: true },
      1,
      "1 new critical, policy allows 0",
    ],
    [
      "too much unknown",
      assessment([finding("low")], 6),
      { unknown: 5 },
      1,
      "6 recommendations unknown, policy allows 5",
    ],
    [
      "too little assessed",
      assessment([finding("low")], 6),
      { minimumAssessed: 50 },
      1,
      "40.0 % of recommendations assessed, policy asks for 50 %",
    ],
  ] as const)("on %s", (_, given, rules, exitCode, reason) => {
    expect(decide(given, { ...defaultPolicy.gate, ...rules })).toEqual({
      allowed: exitCode === 0,
      exitCode,
      reasons: [reason],
    });
  });
});
