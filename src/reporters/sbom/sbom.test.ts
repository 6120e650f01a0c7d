import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "../../core/canonical-json.ts";
import { readSbom } from "../../formats/sbom/read-sbom.ts";
import { cyclonedx } from "./cyclonedx.ts";
import { billOf, onePackage, sample, textOf } from "./sbom.fixture.ts";
import { spdx } from "./spdx.ts";

function inOrder(packages: readonly unknown[]): string[] {
  return packages.map(canonicalJson).sort();
}

describe.each([
  ["CycloneDX", cyclonedx],
  ["SPDX", spdx],
])("an SBOM as %s", (_name, write) => {
  it("gives back every package, whatever it is called", () => {
    fc.assert(
      fc.property(fc.array(onePackage, { maxLength: 6 }), (packages) => {
        const bill = billOf(packages);
        const read = readSbom(new TextEncoder().encode(textOf(write, bill)), "sbom");
        expect(inOrder(read.packages)).toEqual(inOrder(JSON.parse(JSON.stringify(bill.inventory.packages))));
      }),
      { numRuns: 60 },
    );
  });

  it("gives back image, distribution and what could not be read", () => {
    const bill = billOf([sample]);
    const read = readSbom(new TextEncoder().encode(textOf(write, bill)), "sbom");
    expect(read.image).toEqual(bill.identity);
    expect(read.distribution).toEqual(bill.osRelease);
    expect(read.unread).toEqual(bill.inventory.unread);
    expect(read.databases).toEqual(bill.inventory.databases);
  });

  it("is the same for the same input, whatever the order of packages", () => {
    const other = { ...sample, name: "other", purl: "pkg:deb/debian/other@1" };
    expect(textOf(write, billOf([sample, other]))).toBe(textOf(write, billOf([other, sample])));
  });
});
