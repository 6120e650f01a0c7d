import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { record } from "../../../test/fakes/advisory-store.ts";
import { installed, linux, matched } from "../../../test/fakes/matching.ts";
import type { AdvisoryRecord } from "../record.ts";

const fixesOf = (records: readonly AdvisoryRecord[], version = "1.0.0") =>
  matched([installed("npm", "x", version)], undefined, { records })
    .matches.map(({ id, fixedVersion, fixedVersionAll }) => `${id} ${fixedVersion ?? "-"} ${fixedVersionAll ?? "-"}`)
    .sort();

describe("the version that is clear of all that has a fix", () => {
  it("is the highest of the fixes, named where it is another", () => {
    expect(
      fixesOf([
        record("npm", "x", "CVE-1-1", "1.2.0"),
        record("npm", "x", "CVE-1-2", "1.10.0"),
        record("npm", "x", "CVE-1-3", undefined),
      ]),
    ).toEqual(["CVE-1-1 1.2.0 1.10.0", "CVE-1-2 1.10.0 -", "CVE-1-3 - -"]);
  });
  it("steps over a later range of another vulnerability", () => {
    const two = {
      ranges: [
        { introduced: "0", fixed: "1.2.0" },
        { introduced: "2.0.0", fixed: "2.0.5" },
      ],
    };
    expect(fixesOf([record("npm", "x", "CVE-1-1", "1.2.0", two), record("npm", "x", "CVE-1-2", "2.0.1")])).toEqual([
      "CVE-1-1 1.2.0 2.0.5",
      "CVE-1-2 2.0.1 2.0.5",
    ]);
  });
  it("is not named where a later range has no end", () => {
    const open = { ranges: [{ introduced: "0", fixed: "1.2.0" }, { introduced: "2.0.0" }] };
    expect(fixesOf([record("npm", "x", "CVE-1-1", "1.2.0", open), record("npm", "x", "CVE-1-2", "2.0.1")])).toEqual([
      "CVE-1-1 1.2.0 -",
      "CVE-1-2 2.0.1 -",
    ]);
  });
  it("is compared as the distribution compares versions", () => {
    const records = [
      record("debian:12", "a", "CVE-1-1", "1.0-1+deb12u9"),
      record("debian:12", "a", "CVE-1-2", "1.0-1+deb12u10"),
    ];
    const { matches } = matched([installed("deb", "a", "1.0-1")], linux("debian", "12"), { records });
    expect(matches.map(({ fixedVersionAll }) => fixedVersionAll)).toEqual(["1.0-1+deb12u10", undefined]);
  });
  it("leaves out what is set aside", () => {
    const records = [
      record("debian:12", "a", "CVE-1-1", "2"),
      record("debian:12", "a", "CVE-1-2", "3"),
      record("debian:12", "a", "CVE-1-3", "9", { status: "unimportant" }),
    ];
    const { matches } = matched([installed("deb", "a", "1")], linux("debian", "12"), { records });
    expect(matches.map(({ fixedVersionAll }) => fixedVersionAll)).toEqual(["3", undefined]);
  });
  it("is clear of them, and nothing below it that advisories name is", () => {
    const version = fc.tuple(fc.nat(3), fc.nat(3)).map(([major, minor]) => `${major}.${minor}.0`);
    const range = fc.record({ introduced: version, fixed: version });
    const records = fc.array(fc.array(range, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(records, (all) => {
        const data = all.map((ranges, index) => record("npm", "x", `CVE-1-${index + 1}`, "0", { ranges }));
        const fixable = (installedVersion: string) =>
          matched([installed("npm", "x", installedVersion)], undefined, { records: data }).matches.filter(
            ({ fixedVersion }) => fixedVersion !== undefined,
          );
        const found = fixable("1.1.0");
        const common = found.find(({ fixedVersionAll }) => fixedVersionAll)?.fixedVersionAll;
        if (common === undefined) return;
        const left = new Set(fixable(common).map(({ id }) => id));
        expect(found.filter(({ id }) => left.has(id))).toEqual([]);
      }),
    );
  });
});
