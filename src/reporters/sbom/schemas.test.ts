import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { prettyJson } from "../../core/canonical-json.ts";
import { cyclonedx } from "./cyclonedx.ts";
import { billOf, onePackage, sample, textOf } from "./sbom.fixture.ts";
import { spdx } from "./spdx.ts";
import { spdxStructure } from "./spdx-structure.fixture.ts";

const packages = fc.array(onePackage, { maxLength: 5 });

describe("CycloneDX", () => {
  const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);

  it("is valid by the schema of version 1.6, whatever packages are called", async () => {
    expect(
      await validator.validate(textOf(cyclonedx, billOf([sample, { ...sample, foundIn: ["/elsewhere"] }]))),
    ).toBeNull();
    expect(await validator.validate(textOf(cyclonedx, billOf([sample, sample])))).toBeNull();
    await fc.assert(
      fc.asyncProperty(packages, async (all) => {
        expect(await validator.validate(textOf(cyclonedx, billOf(all)))).toBeNull();
      }),
      { numRuns: 40 },
    );
  });

  it("would not be valid with a member that the schema does not know", async () => {
    const document = { ...JSON.parse(textOf(cyclonedx, billOf([sample]))), unknown: true };
    expect(await validator.validate(JSON.stringify(document))).not.toBeNull();
  });
});

describe("SPDX", () => {
  const faultsOf = (text: string) => spdxStructure.safeParse(JSON.parse(text)).error?.issues ?? [];

  it("has the structure of version 2.3, whatever packages are called", () => {
    expect(faultsOf(textOf(spdx, billOf([sample, { ...sample, foundIn: ["/elsewhere"] }])))).toEqual([]);
    expect(faultsOf(textOf(spdx, billOf([sample, sample])))).toEqual([]);
    fc.assert(
      fc.property(packages, (all) => {
        expect(faultsOf(textOf(spdx, billOf(all)))).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it("has its members in the order of their names, indented by two spaces", () => {
    fc.assert(
      fc.property(packages, (all) => {
        const text = textOf(spdx, billOf(all));
        expect(text).toBe(prettyJson(JSON.parse(text)));
      }),
    );
  });

  it("would not have it with an identifier used twice, a relationship to nothing, or a foreign member", () => {
    const document = JSON.parse(textOf(spdx, billOf([sample])));
    const [image, one] = document.packages;
    const changed = (change: object) => faultsOf(JSON.stringify({ ...document, ...change }));
    expect(changed({ packages: [image, one, one] })).toHaveLength(1);
    expect(changed({ packages: [image] })).toHaveLength(1);
    expect(changed({ unknown: true })).toHaveLength(1);
    expect(changed({ packages: [image, { ...one, supplier: "somebody" }] })).toHaveLength(1);
  });
});
