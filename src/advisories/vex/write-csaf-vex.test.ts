import fc from "fast-check";
import { expect, it } from "vitest";
import { readVex } from "./read-vex.ts";
import { anyDecisions, decided, decidedIn, head, image, several, told } from "./vex.fixture.ts";
import { writeCsafVex } from "./write-csaf-vex.ts";

it("writes CSAF that names each package as a part of its product, and is valid by the rules of the profile", () => {
  const text = writeCsafVex(several, head);
  expect(writeCsafVex(several, head)).toBe(text);
  expect(told(text)).toEqual([
    ["CVE-2024-1", "affected", undefined],
    ["CVE-2024-3", "fixed", undefined],
    ["GHSA-b", "not_affected", "vulnerable_code_not_in_execute_path"],
  ]);
  expect(readVex(text, "own.json")).toContainEqual(
    expect.objectContaining({ products: [image], subcomponents: ["pkg:npm/%40s/b@2"] }),
  );
  const document = JSON.parse(text);
  expect(document.document).toMatchObject({
    category: "csaf_vex",
    csaf_version: "2.0",
    publisher: { category: "user" },
  });
  const tree = document.product_tree;
  const known = new Set([
    ...tree.full_product_names.map((one: { product_id: string }) => one.product_id),
    ...tree.relationships.map((one: { full_product_name: { product_id: string } }) => one.full_product_name.product_id),
  ]);
  for (const one of document.vulnerabilities) {
    expect(one.cve ?? one.ids[0].text).toMatch(/-/);
    expect(one.notes.length).toBeGreaterThan(0);
    for (const id of Object.values<string[]>(one.product_status).flat()) expect(known.has(id)).toBe(true);
    // What is affected has an action, what is not has a reason (CSAF 2.0, profile VEX).
    if (one.product_status.known_affected) expect(one.remediations).toHaveLength(1);
    if (one.product_status.known_not_affected) expect(one.flags).toHaveLength(1);
  }
});

it("says the same when it is read again, whatever the texts of the decisions", () => {
  fc.assert(
    fc.property(anyDecisions, (decisions) => {
      expect(decidedIn(writeCsafVex(decisions, head))).toEqual(decided(decisions));
    }),
  );
});
