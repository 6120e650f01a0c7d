import { describe, expect, it } from "vitest";
import { z } from "zod";
import { type AssessmentInput, assess, type GuideRecommendation } from "./assessment.ts";
import { defineCheck, fail, type JudgedCheck, notApplicable, pass, unknown } from "./check.ts";
import { againstBaseline, difference } from "./difference.ts";
import { defineFact } from "./fact.ts";
import { defaultSettings } from "./settings.ts";
import { type Observation, Snapshot } from "./snapshot.ts";

const door = defineFact({
  id: "host/door",
  summary: "the doors of the host",
  obtain: "look at the doors",
  schema: z.object({ open: z.array(z.string()), kind: z.enum(["door", "wall", "fog", "broken"]).default("door") }),
});
const openDoor = defineCheck({
  title: "Open door",
  severity: "high",
  clauses: ["4.5.1-d", "4.4.3-f"],
  why: "Anyone can walk in.",
  fix: "Close it.",
  needs: { door },
  evaluate({ door }) {
    if (door.kind === "wall") return notApplicable("there is no door");
    if (door.kind === "fog") return unknown("too foggy", "wait");
    if (door.kind === "broken") throw new TypeError("hinge");
    const [first, ...rest] = door.open.map((name) => ({
      at: `door ${name}`,
      found: "open",
      expected: "closed",
      key: name,
    }));
    return first ? fail(first, ...rest) : pass({ at: "doors", found: "closed" });
  },
  examples: { pass: [{ door: { open: [] } }], fail: [{ door: { open: ["a"] } }] },
});
const checks = new Map<string, JudgedCheck>([["host/open-door", openDoor]]);
const guide: GuideRecommendation[] = [
  { id: "4.4.3-f", countermeasure: "4.4.3", area: "container", class: "machine" },
  { id: "4.5.1-d", countermeasure: "4.5.1", area: "host", class: "machine" },
  { id: "4.5.1-b", countermeasure: "4.5.1", area: "host", class: "machine-and-declaration" },
  { id: "4.6-g", countermeasure: "4.6", area: "hardware", class: "declaration" },
];
const input: AssessmentInput = { settings: defaultSettings, checks: {}, waivers: [], declarations: [] };

function snapshotOf(doors: Record<string, unknown>, created = "2026-06-15T12:00:00Z"): Snapshot {
  const observations: Observation[] = Object.entries(doors).map(([name, value]) =>
    typeof value === "string"
      ? { fact: "host/door", subject: `host/${name}`, source: "eye", unavailable: value }
      : { fact: "host/door", subject: `host/${name}`, source: "eye", value },
  );
  return new Snapshot({
    tool: "t",
    created,
    targets: [{ kind: "host", name: "n1", subject: "host/n1", identity: "host/node" }],
    observations,
  });
}
const statusOf = (assessment: ReturnType<typeof assess>, id: string) =>
  assessment.recommendations.find((result) => result.id === id)!;

describe("a recommendation", () => {
  it("is satisfied when a check passed on evidence and none failed", () => {
    expect(statusOf(assess(guide, checks, snapshotOf({ n1: { open: [] } }), input), "4.5.1-d")).toMatchObject({
      status: "satisfied",
      counts: { pass: 1 },
    });
  });
  it("says so when part of the evidence is missing", () => {
    const result = statusOf(assess(guide, checks, snapshotOf({ n1: { open: [] }, n2: "EACCES" }), input), "4.5.1-d");
    expect(result).toMatchObject({
      status: "satisfied",
      reason: "1 passed; on partial evidence: 1 could not be judged",
    });
  });
  it("is not satisfied when anything failed, whatever else passed", () => {
    const result = statusOf(
      assess(guide, checks, snapshotOf({ n1: { open: [] }, n2: { open: ["x", "y"] } }), input),
      "4.5.1-d",
    );
    expect(result).toMatchObject({ status: "not-satisfied", reason: "2 failed, 1 passed" });
  });
  it.each([
    ["a fact is unavailable", "EACCES", "EACCES", "look at the doors"],
    ["the check lacks the part that matters", { open: [], kind: "fog" }, "too foggy", "wait"],
    [
      "the check has a bug",
      { open: [], kind: "broken" },
      "check host/open-door failed: hinge",
      "report this as a bug of Plimsoll",
    ],
  ])("is unknown when %s", (_, value, reason, remedy) => {
    expect(statusOf(assess(guide, checks, snapshotOf({ n1: value }), input), "4.5.1-d")).toMatchObject({
      status: "unknown",
      reason,
      remedies: [remedy],
    });
  });
  it("is unknown when nothing was collected, and says what to do", () => {
    expect(statusOf(assess(guide, checks, snapshotOf({}), input), "4.5.1-d")).toMatchObject({
      status: "unknown",
      reason: "nothing collected: the doors of the host",
      remedies: ["look at the doors"],
    });
  });
  it("does not apply only when nothing is unknown beside it", () => {
    const wall = { open: [], kind: "wall" };
    expect(statusOf(assess(guide, checks, snapshotOf({ n1: wall }), input), "4.5.1-d")).toMatchObject({
      status: "not-applicable",
      reason: "there is no door",
    });
    expect(statusOf(assess(guide, checks, snapshotOf({ n1: wall, n2: "EACCES" }), input), "4.5.1-d").status).toBe(
      "unknown",
    );
  });
});

describe("a declaration", () => {
  const declaration = {
    recommendations: ["4.6-g", "4.5.1-d"],
    owner: "platform team",
    text: "contract §7",
    expires: "2026-06-15",
  };
  it("answers what no check answered, up to the end of its last day", () => {
    const assessment = assess(guide, checks, snapshotOf({}), { ...input, declarations: [declaration] });
    expect(statusOf(assessment, "4.6-g").status).toBe("declared");
    expect(assessment.coverage).toMatchObject({ total: 4, declared: 2, unknown: 2, assessed: 2 });
  });
  it("never outweighs a failure", () => {
    const assessment = assess(guide, checks, snapshotOf({ n1: { open: ["a"] } }), {
      ...input,
      declarations: [declaration],
    });
    expect(statusOf(assessment, "4.5.1-d").status).toBe("not-satisfied");
  });
  it("counts nowhere once expired, and is reported", () => {
    const assessment = assess(guide, checks, snapshotOf({}, "2026-06-16T00:00:00Z"), {
      ...input,
      declarations: [declaration],
    });
    expect(statusOf(assessment, "4.6-g").status).toBe("unknown");
    expect(assessment.unusedDecisions).toEqual([expect.objectContaining({ kind: "declaration", state: "expired" })]);
  });
});

describe("a waiver", () => {
  const waiver = {
    check: "host/open-door",
    key: "a",
    reason: "garden party",
    approver: "owner of n1",
    expires: "2026-06-30",
  };
  const doors = { n1: { open: ["a", "b"] } };
  it("marks its finding, which still counts as failed", () => {
    const assessment = assess(guide, checks, snapshotOf(doors), { ...input, waivers: [waiver] });
    expect(assessment.findings.map((finding) => [finding.key, finding.waiver?.reason])).toEqual([
      ["b", undefined],
      ["a", "garden party"],
    ]);
    expect(statusOf(assessment, "4.5.1-d")).toMatchObject({
      status: "not-satisfied",
      reason: "2 failed, 1 of them waived",
    });
  });
  it.each([
    ["expired", { ...waiver, expires: "2026-06-14" }],
    ["unused", { ...waiver, key: "c" }],
    ["unused", { ...waiver, subject: "host/n2" }],
  ])("that is %s covers nothing and is reported", (state, given) => {
    const assessment = assess(guide, checks, snapshotOf(doors), { ...input, waivers: [given] });
    expect(assessment.findings.every((finding) => finding.waiver === undefined)).toBe(true);
    expect(assessment.unusedDecisions).toEqual([expect.objectContaining({ kind: "waiver", state })]);
  });
});

describe("findings", () => {
  it("are one for each failing item, with fingerprints that survive a rename of the subject behind a target", () => {
    const [first] = assess(guide, checks, snapshotOf({ n1: { open: ["a"] } }), input).findings;
    const renamed = new Snapshot({
      tool: "t",
      created: "2027-01-01T00:00:00Z",
      targets: [{ kind: "host", name: "n9", subject: "host/n9", identity: "host/node" }],
      observations: [{ fact: "host/door", subject: "host/n9", source: "eye", value: { open: ["a"] } }],
    });
    expect(assess(guide, checks, renamed, input).findings[0]!.fingerprint).toBe(first!.fingerprint);
    expect(first).toMatchObject({
      id: expect.stringMatching(/^con-[0-9a-f]{4}$/),
      recommendations: ["4.4.3-f", "4.5.1-d"],
      subjectName: "n1",
    });
  });
  it("of two builds of one target share the fingerprint and not the id", () => {
    const observed = (subject: string): Observation => ({
      fact: "host/door",
      subject,
      source: "eye",
      value: { open: ["a"] },
    });
    const target = (subject: string) => ({ kind: "host" as const, name: subject, subject, identity: "host/node" });
    const builds = ["host/n1", "host/n2", "host/n3"];
    const snapshot = new Snapshot({
      tool: "t",
      created: "2026-06-15T12:00:00Z",
      targets: builds.map(target),
      observations: builds.map(observed),
    });
    const { findings } = assess(guide, checks, snapshot, input);
    expect(new Set(findings.map(({ fingerprint }) => fingerprint)).size).toBe(1);
    expect(new Set(findings.map(({ id }) => id)).size).toBe(3);
  });
  it("take the severity that the policy sets", () => {
    const [finding] = assess(guide, checks, snapshotOf({ n1: { open: ["a"] } }), {
      ...input,
      checks: { "host/open-door": { severity: "low" } },
    }).findings;
    expect(finding?.severity).toBe("low");
  });
});

describe("two assessments", () => {
  const before = assess(guide, checks, snapshotOf({ n1: { open: ["a", "b"] } }), input);
  it("differ in what is new, resolved and changed", () => {
    const after = assess(guide, checks, snapshotOf({ n1: { open: ["b", "c"] } }), input);
    const found = difference(before, after);
    expect(
      [found.newFailures, found.resolvedFailures, found.lost].map((list) => list.map((finding) => finding.key)),
    ).toEqual([["c"], ["a"], []]);
    expect(found.remaining).toBe(1);
  });
  it("do not call resolved what can no longer be seen", () => {
    const after = assess(guide, checks, snapshotOf({ n1: "EACCES" }), input);
    expect(difference(before, after)).toMatchObject({
      resolvedFailures: [],
      lost: [{ key: "a" }, { key: "b" }],
      recommendations: expect.arrayContaining([{ id: "4.5.1-d", before: "not-satisfied", after: "unknown" }]),
    });
  });
  it("mark what a baseline lacked", () => {
    const after = assess(guide, checks, snapshotOf({ n1: { open: ["b", "c"] } }), input);
    const marked = againstBaseline(after, new Set(before.findings.map((finding) => finding.fingerprint)));
    expect(marked.findings.map((finding) => [finding.key, finding.isNew])).toEqual([
      ["b", false],
      ["c", true],
    ]);
  });
});
