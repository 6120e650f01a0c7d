import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseQuantity } from "./quantity.ts";

describe("quantities (apimachinery, resource.Quantity)", () => {
  it.each([
    ["128974848", 128_974_848],
    ["129e6", 129_000_000],
    ["129M", 129_000_000],
    ["123Mi", 128_974_848],
    ["1.5Gi", 1_610_612_736],
    ["250m", 0.25],
    ["0.1", 0.1],
    [".5", 0.5],
    ["2", 2],
    ["1E3", 1000],
    ["1E", 1e18],
    ["100n", 1e-7],
    ["-1k", -1000],
  ])("%s", (text, value) => expect(parseQuantity(text)).toBeCloseTo(value, 9));
  it.each(["", "1 Gi", "Gi", "1gi", "1MiB", "1e", "1e3Mi", "0x10", "1,5", "1e9999"])("is none: %j", (text) =>
    expect(parseQuantity(text)).toBeUndefined(),
  );
  it("never throws", () => fc.assert(fc.property(fc.string(), (text) => void parseQuantity(text))));
});
