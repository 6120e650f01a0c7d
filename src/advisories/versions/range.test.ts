import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluateEvents, listsVersion, type RangeEvent } from "./range.ts";
import { type VersionOrder, versionOrder } from "./version-order.ts";

const npm = versionOrder("npm") as VersionOrder;
const deb = versionOrder("deb") as VersionOrder;

function affectedOf(events: readonly RangeEvent[], versions: readonly string[], order = npm): string[] {
  return versions.filter((version) => evaluateEvents(order, events, version).affected);
}

const line = ["0.0.0-alpha", "0.9.0", "1.0.0", "1.5.0", "2.0.0", "2.5.0", "3.0.0", "4.0.0"];

describe("evaluateEvents", () => {
  it.each<[string, RangeEvent[], string[]]>([
    ["all before a fix", [{ introduced: "0" }, { fixed: "2.0.0" }], line.slice(0, 4)],
    ["from a version on", [{ introduced: "2.0.0" }], line.slice(4)],
    ["up to the last affected", [{ introduced: "0" }, { last_affected: "2.0.0" }], line.slice(0, 5)],
    ["one version", [{ introduced: "1.5.0" }, { last_affected: "1.5.0" }], ["1.5.0"]],
    [
      "two branches in any order of events",
      [{ fixed: "3.0.0" }, { introduced: "2.0.0" }, { fixed: "1.5.0" }, { introduced: "1.0.0" }],
      ["1.0.0", "2.0.0", "2.5.0"],
    ],
    [
      "adjoining branches without a gap",
      [{ introduced: "1.0.0" }, { fixed: "2.0.0" }, { introduced: "2.0.0" }, { fixed: "3.0.0" }],
      ["1.0.0", "1.5.0", "2.0.0", "2.5.0"],
    ],
    ["nothing where a range closes as it opens", [{ introduced: "2.0.0" }, { fixed: "2.0.0" }], []],
    ["nothing without an introduction", [{ fixed: "2.0.0" }], []],
    ["nothing without events", [], []],
    ["only versions before the limit", [{ introduced: "1.0.0" }, { limit: "2.0.0" }], ["1.0.0", "1.5.0"]],
    ["all where the limit is *", [{ introduced: "3.0.0" }, { limit: "*" }], ["3.0.0", "4.0.0"]],
  ])("affects %s", (_title, events, expected) => {
    expect(affectedOf(events, line)).toEqual(expected);
  });

  it("names the fix of the branch that the version is on", () => {
    const events = [{ introduced: "0" }, { fixed: "1.5.0" }, { introduced: "2.0.0" }, { fixed: "3.0.0" }];
    expect(evaluateEvents(npm, events, "1.0.0")).toEqual({ affected: true, fixed: "1.5.0", certain: true });
    expect(evaluateEvents(npm, events, "2.5.0").fixed).toBe("3.0.0");
    expect(evaluateEvents(npm, events, "3.0.0")).toEqual({ affected: false, fixed: undefined, certain: true });
    expect(evaluateEvents(npm, [{ introduced: "0" }], "1.0.0").fixed).toBeUndefined();
  });

  it("puts 0 before every version of the scheme, pre-releases and ~ included", () => {
    expect(affectedOf([{ introduced: "0" }, { fixed: "1.0-1" }], ["0~~alpha", "1.0-1~deb12u1", "1.0-1"], deb)).toEqual([
      "0~~alpha",
      "1.0-1~deb12u1",
    ]);
  });

  it("says where the version means nothing to the scheme", () => {
    const go = versionOrder("Go") as VersionOrder;
    expect(evaluateEvents(go, [{ introduced: "0" }, { fixed: "1.2.3" }], "(devel)").certain).toBe(false);
  });

  it("compares Composer's normal forms: 1.0 is 1.0.0", () => {
    const composer = versionOrder("Packagist") as VersionOrder;
    expect(
      affectedOf([{ introduced: "0" }, { last_affected: "1.0" }], ["1.0.0", "v1.0.0.0", "1.0.1"], composer),
    ).toEqual(["1.0.0", "v1.0.0.0"]);
  });

  it("answers as a search through the sorted line of versions does", () => {
    const points = fc.uniqueArray(fc.nat({ max: 30 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(points, fc.nat({ max: 31 }), fc.boolean(), (unsorted, at, closed) => {
        const sorted = [...unsorted].sort((a, b) => a - b);
        const close = closed ? "last_affected" : "fixed";
        const events = unsorted.map(
          (point): RangeEvent => ({ [sorted.indexOf(point) % 2 === 0 ? "introduced" : close]: `1.${point}.0` }),
        );
        const expected = sorted.some((from, index) => {
          if (index % 2 === 1 || at < from) return false;
          const to = sorted[index + 1];
          return to === undefined || at < to || (closed && at === to);
        });
        expect(evaluateEvents(npm, events, `1.${at}.0`).affected).toBe(expected);
      }),
    );
  });

  it("never throws on any text", () => {
    const text = fc.option(fc.string(), { nil: undefined });
    const event = fc.record({ introduced: text, fixed: text, last_affected: text, limit: text });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 4 }), fc.string(), (events, version) => {
        expect(typeof evaluateEvents(deb, events, version).affected).toBe("boolean");
      }),
    );
  });
});

describe("listsVersion", () => {
  it("finds a version as written or as the scheme compares it", () => {
    expect(listsVersion(npm, ["1.0.0", "2.0.0"], "v2.0.0")).toBe(true);
    expect(listsVersion(npm, ["1.0.0", "2.0.0"], "1.5.0")).toBe(false);
    expect(listsVersion(npm, [], "1.5.0")).toBe(false);
  });
});
