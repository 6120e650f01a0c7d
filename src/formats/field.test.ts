import { describe, expect, it } from "vitest";
import { Field } from "./field.ts";

const root = new Field({ spec: { containers: [{ name: "a", port: 80, on: true, labels: { x: 1 } }], none: null } });

describe("a field of a document", () => {
  it("is found by its path and told by it", () => {
    const field = root.at("spec", "containers", 0, "name");
    expect([field.text(), field.shown]).toEqual(["a", "spec.containers[0].name"]);
    expect(new Field({ items: [{ a: 1 }] }, ["items", 0], 2).at("a", 3).shown).toBe("a[3]");
  });
  it("is unset where nothing is", () => {
    for (const field of [
      root.at("nothing"),
      root.at("spec", "none"),
      root.at("spec", "containers", 5, "x"),
      root.at("constructor"),
    ]) {
      expect([field.isSet, field.text(), field.flag(), field.number(), field.items(), field.entries()]).toEqual([
        false,
        undefined,
        undefined,
        undefined,
        [],
        [],
      ]);
    }
  });
  it("refuses another type than asked for", () => {
    expect(() => root.at("spec", "containers", 0, "on").items()).toThrow(
      "spec.containers[0].on: a boolean where a list belongs",
    );
    expect(() => root.at("spec", "containers", 0, "name").flag()).toThrow("a string where true or false belongs");
    expect(() => root.at("spec", "containers", 0, "name").number()).toThrow("a number");
    expect(() => root.at("spec", "containers").text()).toThrow("a list where a text belongs");
    expect(() => root.at("spec", "containers").record()).toThrow("a list where a mapping belongs");
  });
  it("gives texts of scalars", () => {
    expect(root.at("spec", "containers", 0, "labels").record()).toEqual({ x: "1" });
  });
});
