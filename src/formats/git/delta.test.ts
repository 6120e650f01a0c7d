import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../core/errors.ts";
import { applyDelta, deltaSizes } from "./delta.ts";
import { deltaOf } from "./pack.fixture.ts";

const base = Buffer.from("0123456789");

describe("a delta", () => {
  it("copies 64 KiB where a delta tells no length", () => {
    const base = Buffer.alloc(0x10001, "a");
    const delta = Buffer.from([0x81, 0x80, 0x04, 0x80, 0x80, 0x04, 0x80]);
    expect(deltaSizes(delta, "x")).toEqual({ base: 0x10001, result: 0x10000 });
    expect(applyDelta(base, delta, "x")).toHaveLength(0x10000);
  });
  it.each<[string, number[], RegExp]>([
    ["for another base", [9, 1, 1, 0x61], /for a base of another size/],
    ["that copies from beyond its base", [10, 5, 0x91, 8, 5], /beyond its base/],
    ["that makes more than it says", [10, 1, 2, 0x61, 0x61], /makes more/],
    ["that makes less than it says", [10, 2, 1, 0x61], /makes less/],
    ["with an instruction that is not defined", [10, 1, 0], /not defined/],
    ["that is cut off in new bytes", [10, 5, 5, 0x61], /cut off/],
    ["that is cut off in an offset", [10, 5, 0x81], /cut off/],
    ["without an end of its size", Array<number>(9).fill(0xff), /size of more than/],
    ["of nothing", [], /cut off/],
  ])("%s is refused", (_, bytes, message) =>
    expect(() => applyDelta(base, Buffer.from(bytes), "x")).toThrow(
      expect.objectContaining({ code: "CORRUPT_INPUT", message: expect.stringMatching(message) }),
    ),
  );
  it("gives what it was made of, and of any bytes an object or an AppError", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.nat(300),
        fc.uint8Array({ maxLength: 300 }),
        (whole, kept, added) => {
          const length = Math.min(kept, whole.length);
          const made = applyDelta(whole, deltaOf(whole.length, length, added), "x");
          expect(Buffer.from(made)).toEqual(Buffer.concat([whole.subarray(0, length), added]));
        },
      ),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 30 }), (bytes) => {
        // The reader of packs asks for the size of the result before it is made.
        const sized = Buffer.concat([Buffer.from([10, 20]), bytes]);
        try {
          expect(applyDelta(base, sized, "x")).toHaveLength(20);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
    );
  });
});
