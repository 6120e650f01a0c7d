import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defineFact } from "./fact.ts";
import { Missing, type Observation, Snapshot, type SnapshotContent } from "./snapshot.ts";

const level = defineFact({ id: "host/level", summary: "the level", obtain: "measure it", schema: z.number() });

function content(observations: readonly Observation[]): SnapshotContent {
  return { tool: "plimsoll 0", created: "2026-01-01T00:00:00Z", targets: [], observations };
}

describe("finding a fact", () => {
  const snapshot = new Snapshot(
    content([
      { fact: "host/level", subject: "cluster/a", source: "x", value: 1 },
      { fact: "host/level", subject: "cluster/a/pod/b", source: "x", unavailable: "EACCES" },
      { fact: "host/level", subject: "cluster/a/pod/c", source: "x", unavailable: "EACCES" },
      { fact: "host/level", subject: "cluster/a/pod/c", source: "y", value: 3 },
    ]),
  );
  it("takes the nearest more general subject", () => {
    expect(snapshot.find(level, "cluster/a/pod/z/container/q")).toBe(1);
  });
  it("does not look past what is known to be missing", () => {
    expect(snapshot.find(level, "cluster/a/pod/b")).toEqual(new Missing("host/level", "EACCES", "measure it"));
  });
  it("prefers what was observed to what was not", () => {
    expect(snapshot.find(level, "cluster/a/pod/c")).toBe(3);
  });
  it("says how to obtain what nothing collected", () => {
    expect(snapshot.find(level, "host/x")).toMatchObject({
      reason: "the level: nothing collected it",
      remedy: "measure it",
    });
  });
  it("refuses a replayed value that breaks the schema", () => {
    const altered = new Snapshot(content([{ fact: "host/level", subject: "h", source: "x", value: "high" }]));
    expect(() => altered.find(level, "h")).toThrow(/fact host\/level of h/);
  });
});

describe("saving and loading", () => {
  const saved = new Snapshot(content([{ fact: "host/level", subject: "h", source: "x", value: 7 }])).serialise();
  it("gives the same bytes again", () => {
    expect(Snapshot.parse(saved, "facts.json").serialise()).toBe(saved);
  });
  it("notices an altered value", () => {
    expect(() => Snapshot.parse(saved.replace('"value":7', '"value":8'), "facts.json")).toThrow(
      /facts\.json: the snapshot was altered/,
    );
  });
  it.each([
    ["not JSON", "{"],
    ["something else", "{}"],
    ["an old schema", saved.replace("snapshot/1", "snapshot/0")],
  ])("refuses %s", (_, text) => {
    expect(() => Snapshot.parse(text, "facts.json")).toThrow(expect.objectContaining({ code: "CORRUPT_INPUT" }));
  });
  it("notices every altered character or gives the same content", () => {
    fc.assert(
      fc.property(fc.nat(saved.length - 1), fc.constantFrom("0", "a", '"', "{", " "), (at, character) => {
        const altered = saved.slice(0, at) + character + saved.slice(at + 1);
        try {
          expect(Snapshot.parse(altered, "f").digest).toBe(Snapshot.parse(saved, "f").digest);
        } catch (error) {
          expect(error).toMatchObject({ code: "CORRUPT_INPUT" });
        }
      }),
    );
  });
  it("does not depend on the order of observations", () => {
    const observations: Observation[] = ["b", "a", "c"].map((subject) => ({
      fact: "host/level",
      subject,
      source: "x",
      value: 1,
    }));
    expect(new Snapshot(content(observations)).serialise()).toBe(
      new Snapshot(content([...observations].reverse())).serialise(),
    );
  });
});
