import { describe, expect, it } from "vitest";
import { agesOf, dataAgeVerdict } from "./advisory-age.ts";

const now = new Date("2026-01-03T12:00:00Z");
const report = (date: string, ...ecosystems: { name: string; date: string }[]) => ({
  advisories: { id: "a", date, source: "feeds", ecosystems },
});

describe("how old advisory data is", () => {
  it("is told by ecosystem, the oldest first, and of the whole where the feeds are not known", () => {
    const ages = agesOf(
      report("2026-01-03", { name: "npm", date: "2026-01-02T12:00:00Z" }, { name: "deb", date: "2025-12-31" }),
      now,
    );
    expect(ages.map(({ name, hours }) => [name, hours])).toEqual([
      ["deb", 60],
      ["npm", 24],
    ]);
    expect(agesOf(report("2026-01-03"), now)).toEqual([{ name: "feeds", date: "2026-01-03", hours: 0 }]);
  });
  it("puts data without a date first, which makes the answer unknown", () => {
    const undated = report("2026-01-03", { name: "npm", date: "2026-01-03" }, { name: "deb", date: "soon" });
    expect(agesOf(undated, now)[0]).toEqual({ name: "deb", date: "soon", hours: undefined });
    expect(dataAgeVerdict(undated, now, 48).status).toBe("unknown");
  });
  it("is held against the hours allowed, each ecosystem for itself", () => {
    const mixed = report("2026-01-03", { name: "npm", date: "2026-01-03" }, { name: "deb", date: "2025-12-31" });
    expect(dataAgeVerdict(mixed, now, 60).status).toBe("pass");
    expect(dataAgeVerdict(mixed, now, 59)).toMatchObject({ status: "fail", evidence: [{ key: "deb" }] });
  });
});
