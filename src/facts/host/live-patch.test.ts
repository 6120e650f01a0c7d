import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { flawsNamedBy } from "./live-patch.ts";

describe("the flaws that a live patch names", () => {
  it("are read in any case and with either mark", () => {
    expect(flawsNamedBy("livepatch_CVE_2024_1086")).toEqual(["CVE-2024-1086"]);
    expect(flawsNamedBy("kpatch-cve-2024-1086-2024-26581")).toEqual(["CVE-2024-1086", "CVE-2024-26581"]);
    expect(flawsNamedBy("lp_cve_2024_1086_cve_2024_1086")).toEqual(["CVE-2024-1086"]);
  });

  it("are none where a version or number stands in the name", () => {
    for (const name of [
      "kpatch_5_14_0_427_1_1",
      "livepatch_5_3_18_150300_59_195",
      "patch_1",
      "lkp_2024_1086",
      "cve_24_1086",
    ])
      expect(flawsNamedBy(name), name).toEqual([]);
  });

  it("have the form of an id whatever the name", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."cveCVE_-0129x"), maxLength: 40 }), (name) =>
        flawsNamedBy(name).every((id) => /^CVE-(19|20)\d{2}-\d{4,7}$/.test(id)),
      ),
    );
  });
});
