import { describe, expect, it } from "vitest";
import { hostileText, sampleInput } from "../../../test/sample-assessment.ts";
import { setAsideGroups, setAsideOf, setAsideText, setAsideWhy } from "./set-aside.ts";

describe("what is set aside", () => {
  it("is listed by subject, the worst first, whatever the order of the facts", () => {
    const items = setAsideOf(sampleInput().assessment.snapshot);
    expect(items.map(({ subjectName, severity, id }) => [subjectName, severity, id])).toEqual([
      ["shop/api:1.4.2", "high", "CVE-2025-10006"],
      ["shop/api:1.4.2", "low", "CVE-2010-4756"],
      ["shop/api:1.4.2", "low", "CVE-2019-9192"],
    ]);
    const backwards = sampleInput({ order: (observations) => [...observations].reverse() });
    expect(setAsideOf(backwards.assessment.snapshot)).toEqual(items);
  });
  it("stands together for packages of one source, and never says of a package what is another's", () => {
    const [first] = setAsideOf(sampleInput().assessment.snapshot);
    const one = (name: string, id: string, reason: string) => ({ ...first!, package: name, id, reason });
    const groups = setAsideGroups([
      one("apt", "CVE-1", "as built"),
      one("libapt", "CVE-1", "as built"),
      one("bash", "CVE-2", "as built"),
      one("bash", "CVE-3", "never run"),
    ]);
    expect(groups.map((group) => group.map((item) => `${item.package} ${item.id}`))).toEqual([
      ["apt CVE-1", "libapt CVE-1"],
      ["bash CVE-2"],
      ["bash CVE-3"],
    ]);
  });
  it("is told once by whose word", () => {
    const source = "app.vex.json";
    expect(setAsideWhy({ status: "not_affected", reason: "it is never loaded", source })).toBe(
      "not affected: it is never loaded (app.vex.json)",
    );
    expect(setAsideWhy({ status: "not_affected", reason: "not affected: no such code", source })).toBe(
      "not affected: no such code (app.vex.json)",
    );
  });
  it("is counted in words that act on nothing", () => {
    expect(setAsideText([{ status: "not_affected" }])).toBe("1 vulnerability (not affected)");
    expect(setAsideText([{ status: hostileText }])).not.toMatch(/\p{Cc}/u);
  });
});
