import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../core/errors.ts";
import { contentPart, contentSize, imageTarget, namespaceNames } from "./containerd/messages.ts";
import { protobufFields, protobufInteger, protobufIntegerField, protobufMessage, protobufText } from "./protobuf.ts";

describe("protobuf messages", () => {
  it("give back what was written", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 2 ** 28 }), fc.uint8Array({ minLength: 1 }))),
        fc.nat({ max: Number.MAX_SAFE_INTEGER }),
        (fields, number) => {
          const message = Buffer.concat([protobufMessage(fields), protobufIntegerField(7, number)]);
          const read = [...protobufFields(message, "x")];
          expect(read.slice(0, -1)).toEqual(fields.map(([one, bytes]) => ({ number: one, bytes: Buffer.from(bytes) })));
          expect(read.at(-1)).toEqual({ number: 7, integer: BigInt(number) });
        },
      ),
    );
  });

  it("have the last of several values, and nothing for what is absent", () => {
    const message = Buffer.concat([
      protobufMessage([
        [1, "first"],
        [1, "last"],
      ]),
      // A fixed64, a fixed32 and a negative number, which are skipped.
      Buffer.from([0x19, 1, 2, 3, 4, 5, 6, 7, 8, 0x25, 1, 2, 3, 4]),
      Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]),
    ]);
    expect(protobufText(message, 1, "x")).toBe("last");
    expect(protobufText(message, 2, "x")).toBe("");
    expect(protobufInteger(message, 2, "x")).toBe(0);
    expect(() => protobufInteger(message, 6, "x")).toThrow(AppError);
  });

  it.each<[string, number[]]>([
    ["cut off in a text", [0x0a, 5, 1]],
    ["cut off in a number", [0x08, 0x80]],
    ["with a number without end", [0x08, ...new Array(11).fill(0x80)]],
    ["with a group", [0x0b]],
  ])("%s are refused", (_what, bytes) => {
    expect(() => [...protobufFields(Uint8Array.from(bytes), "x")]).toThrow(
      expect.objectContaining({ code: "CORRUPT_INPUT" }),
    );
  });

  it("of containerd yield nothing but AppErrors, whatever is in them", () => {
    const readers = [imageTarget, contentSize, contentPart, namespaceNames];
    const bytes = fc.oneof(
      fc.uint8Array(),
      fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.uint8Array())).map(protobufMessage),
    );
    fc.assert(
      fc.property(bytes, (message) => {
        for (const read of readers) {
          try {
            read(message, "x");
          } catch (error) {
            expect(error).toBeInstanceOf(AppError);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});
