import { describe, expect, it } from "vitest";
import { fakeStore, record } from "../../../test/fakes/advisory-store.ts";
import { installed, linux, matched } from "../../../test/fakes/matching.ts";
import { dateOfData } from "./data-date.ts";
import { matchInventory } from "./match-inventory.ts";

const held = [
  { id: "debian-lists", date: "2023-04-02", records: 1 },
  { id: "debian-osv", date: "2025-02-12", records: 1 },
  { id: "ghsa-npm", date: "2025-02-18", records: 1 },
  { id: "malicious-packages", date: "2026-08-22", records: 1 },
  { id: "repository-to-cpe", date: "2026-08-22", records: 1 },
  { id: "eol", date: "2026-08-22", records: 1 },
];

describe("how old the data about an ecosystem is", () => {
  it.each([
    ["debian:12", "2025-02-12"],
    ["npm", "2025-02-18"],
    ["rhel", undefined],
    ["cargo", undefined],
  ])("%s: %s, whatever other feeds say", (ecosystem, date) => {
    expect(dateOfData(held, ecosystem)).toBe(date);
  });
  it("is told of the ecosystems that judged something", () => {
    const store = fakeStore({
      records: [record("debian:12", "tar", "CVE-2024-1", "2"), record("npm", "a", "GHSA-1", "2")],
    });
    const dated = Object.assign(Object.create(store), { feeds: held });
    const packages = [installed("deb", "tar", "1"), installed("npm", "a", "1"), installed("cargo", "b", "1")];
    expect(matchInventory({ packages }, linux("debian", "12"), dated).advisories.ecosystems).toEqual([
      { name: "debian:12", date: "2025-02-12" },
      { name: "npm", date: "2025-02-18" },
    ]);
  });
  it("is not told where the feeds are not known", () => {
    const report = matched([installed("npm", "a", "1")], undefined, { records: [record("npm", "a", "GHSA-1", "2")] });
    expect(report.advisories.ecosystems).toEqual([]);
  });
});
