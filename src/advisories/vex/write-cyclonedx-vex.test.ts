import { Spec, Validation } from "@cyclonedx/cyclonedx-library";
import fc from "fast-check";
import { expect, it } from "vitest";
import { anyDecisions, decided, decidedIn, head, several, told } from "./vex.fixture.ts";
import { writeCyclonedxVex } from "./write-cyclonedx-vex.ts";

it("writes CycloneDX that is valid by its schema, of one product", async () => {
  const text = writeCyclonedxVex(several, head);
  expect(writeCyclonedxVex(several, head)).toBe(text);
  expect(told(text)).toEqual([
    ["CVE-2024-1", "affected", undefined],
    ["CVE-2024-3", "fixed", undefined],
    ["GHSA-b", "not_affected", "code_not_reachable"],
  ]);
  expect(await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text)).toBeNull();
  const two = [...several, { ...several[0]!, products: [{ "@id": "pkg:oci/other" }] }];
  expect(() => writeCyclonedxVex(two, head)).toThrow(/describes one product/);
});

it("says the same when it is read again, whatever the texts of the decisions", () => {
  fc.assert(
    fc.property(anyDecisions, (decisions) => {
      expect(decidedIn(writeCyclonedxVex(decisions, head))).toEqual(decided(decisions));
    }),
  );
});
