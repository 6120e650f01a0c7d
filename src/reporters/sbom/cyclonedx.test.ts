import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareText } from "../../core/canonical-json.ts";
import type { BillOfMaterials } from "./bill-of-materials.ts";
import { cyclonedx } from "./cyclonedx.ts";
import { writtenByLibrary } from "./cyclonedx-library.fixture.ts";
import { billOf, onePackage, sample, textOf } from "./sbom.fixture.ts";

/** The text with every list in one order, and all members where they stood: the library orders lists by the language of the machine. */
function withSortedLists(text: string): string {
  const inOrder = (_name: string, value: unknown) =>
    Array.isArray(value)
      ? value
          .map((one) => JSON.stringify(one))
          .sort(compareText)
          .map((one) => JSON.parse(one))
      : value;
  return `${JSON.stringify(JSON.parse(text, inOrder), null, 2)}\n`;
}

function expectSame(bill: BillOfMaterials): void {
  const text = textOf(cyclonedx, bill);
  expect(withSortedLists(text)).toBe(withSortedLists(writtenByLibrary(bill)));
  expect(text).toBe(`${JSON.stringify(JSON.parse(text), null, 2)}\n`);
}

describe("CycloneDX beside the library of CycloneDX", () => {
  it("has the same members with the same values, whatever packages are called", () => {
    fc.assert(
      fc.property(fc.array(onePackage, { maxLength: 8 }), (packages) => expectSame(billOf(packages))),
      { numRuns: 200 },
    );
  });

  it("has them for an image without packages, distribution and digest too", () => {
    expectSame(billOf([]));
    expectSame({ ...billOf([]), osRelease: undefined });
    expectSame({ ...billOf([sample]), osRelease: undefined, digest: "folder:/srv/root" });
    expectSame({ ...billOf([sample]), osRelease: { id: "arch", idLike: [], path: "/etc/os-release" } });
  });
});

describe("CycloneDX", () => {
  const referencesOf = (purls: readonly string[]): string[] => {
    const bill = billOf(purls.map((purl) => ({ ...sample, purl })));
    const { components, dependencies } = JSON.parse(textOf(cyclonedx, bill));
    const references = components.map((one: { "bom-ref": string }) => one["bom-ref"]).slice(1);
    expect(dependencies.at(-1)).toEqual({
      ref: bill.digest,
      ...(references.length > 0 ? { dependsOn: references } : {}),
    });
    return references;
  };

  it("lists components by code units, whatever the language of the machine", () => {
    const purls = ["pkg:npm/t@1", "pkg:npm/z@1", "pkg:npm/B@1", "pkg:npm/a.b@1", "pkg:npm/a-b@1"];
    expect(referencesOf(purls)).toEqual([
      "pkg:npm/B@1",
      "pkg:npm/a-b@1",
      "pkg:npm/a.b@1",
      "pkg:npm/t@1",
      "pkg:npm/z@1",
    ]);
  });

  it("gives every component a reference of its own, though a package URL end like one", () => {
    expect(referencesOf(["pkg:golang/a@1", "pkg:golang/a@1#2", "pkg:golang/a@1", "pkg:golang/a@1"])).toEqual([
      "pkg:golang/a@1",
      "pkg:golang/a@1#2",
      "pkg:golang/a@1#3",
      "pkg:golang/a@1#2#2",
    ]);
    const purl = fc.constantFrom("", "#1", "#2", "#3", "#2#2", "os:debian", `sha256:${"a".repeat(64)}`);
    fc.assert(
      fc.property(fc.array(purl, { maxLength: 12 }), (purls) => {
        const references = referencesOf(purls);
        const all = new Set([...references, "", "os:debian", `sha256:${"a".repeat(64)}`]);
        expect(all.size).toBe(purls.length + 3);
        expect(referencesOf(purls.toReversed())).toEqual(references);
      }),
    );
  });
});
