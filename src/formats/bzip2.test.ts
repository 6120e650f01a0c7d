import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../core/errors.ts";
import { unbzip2 } from "./bzip2.ts";

/** As bzip2 1.0.8 writes them: the numbers 1 to 60 a line each, nothing, one byte, and runs around the length at which they are shortened. */
const files = {
  numbers:
    "QlpoOTFBWSZTWdTm+YsAACHIAAAQf+AgAGhQZNP9Ug0pm/VUn5U2r1yJ7Xl0bAdHAJCAQBu7vdu75mZmX/C5UODsqDpyVAt5KgFVAIABAfC7kinChIanN8xY",
  empty: "QlpoORdyRThQkAAAAAA=",
  one: "QlpoOTFBWSZTWRmTm2sAAAABACAAIAAhGEaC7kinChIDMnNtYA==",
  runs: "QlpoOTFBWSZTWYXVaD8AAAPRAOAAACA+AAAIIAAiPVNpppCDJiFr1EQ8OlkOa+LuSKcKEhC6rQfg",
} as const;
const contents = {
  numbers: Array.from({ length: 60 }, (_, index) => `${index + 1}\n`).join(""),
  empty: "",
  one: "a",
  runs: `${"a".repeat(4)}${"b".repeat(5)}${"c".repeat(300)}dddde`,
} as const;
/** "abc" 400,000 times in blocks of 100,000 bytes: thirteen blocks. */
const manyBlocks =
  "QlpoMTFBWSZTWVoLN+QAQRcBADgAIAAwzAUppqpCB1UhA1UhA8xQVkmU1laCzfkAEEXAQA4ACAAMMwFKaaqQgdVIQNVIQPMUFZJlNZWgs35ABBFwEAOAAgADDMBSmmqkIHVSEDVSEDzFBWSZTWVoLN+QAQRcBADgAIAAwzAUppqpCB1UhA1UhA8xQVkmU1laCzfkAEEXAQA4ACAAMMwFKaaqQgdVIQNVIQPMUFZJlNZWgs35ABBFwEAOAAgADDMBSmmqkIHVSEDVSEDzFBWSZTWVoLN+QAQRcBADgAIAAwzAUppqpCB1UhA1UhA8xQVkmU1laCzfkAEEXAQA4ACAAMMwFKaaqQgdVIQNVIQPMUFZJlNZWgs35ABBFwEAOAAgADDMBSmmqkIHVSEDVSEDzFBWSZTWVoLN+QAQRcBADgAIAAwzAUppqpCB1UhA1UhA8xQVkmU1laCzfkAEEXAQA4ACAAMMwFKaaqQgdVIQNVIQPMUFZJlNZWgs35ABBFwEAOAAgADDMBSmmqkIHVSEDVSEDzFBWSZTWQ2iQVAAACWBADgAIAAwzAUppijijFHi7kinChIXgIOlAA==";

const bytesOf = (text: string) => Buffer.from(text, "base64");

async function decoded(bytes: Uint8Array, step = 7): Promise<Buffer> {
  async function* source() {
    for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
  }
  const pieces: Uint8Array[] = [];
  for await (const piece of unbzip2(source(), "test.bz2")) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

describe("bzip2", () => {
  it.each(Object.keys(files) as (keyof typeof files)[])("decodes %s", async (name) => {
    expect((await decoded(bytesOf(files[name]))).toString()).toBe(contents[name]);
  });

  it("decodes several blocks, and several streams one behind the other", async () => {
    expect((await decoded(bytesOf(manyBlocks))).equals(Buffer.from("abc".repeat(400_000)))).toBe(true);
    const streams = Buffer.concat([bytesOf(files.runs), bytesOf(files.empty), bytesOf(files.numbers)]);
    expect((await decoded(streams, 1000)).toString()).toBe(contents.runs + contents.numbers);
  });

  it.each([
    ["is cut off", bytesOf(files.numbers).subarray(0, 60), /ends within/],
    ["has words behind it", Buffer.concat([bytesOf(files.one), Buffer.from("and more")]), /is no bzip2 stream/],
    ["is none", Buffer.from("plain text"), /is no bzip2 stream/],
    ["is empty", Buffer.alloc(0), /ends within/],
    ["has no block where one should be", Buffer.from("BZh9 and then words"), /should be/],
  ])("that %s is refused", async (_, bytes, message) => {
    await expect(decoded(bytes)).rejects.toThrow(message);
  });

  it("with any bit turned is refused with nothing but CORRUPT_INPUT, or was not needed", async () => {
    const whole = bytesOf(files.numbers);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length * 8 - 1), async (bit) => {
        const damaged = Buffer.from(whole);
        damaged[bit >> 3]! ^= 0x80 >> (bit & 7);
        try {
          // A greater size of blocks and the bits that fill the last byte change nothing.
          expect((await decoded(damaged)).toString()).toBe(contents.numbers);
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
          expect((error as AppError).code).toBe("CORRUPT_INPUT");
        }
      }),
      { numRuns: 300 },
    );
  });

  it("of any bytes behind a heading yields an AppError", async () => {
    const heading = Buffer.from([0x42, 0x5a, 0x68, 0x39, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, 0, 0, 0, 0]);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (rest) => {
        await expect(decoded(Buffer.concat([heading, rest]))).rejects.toBeInstanceOf(AppError);
      }),
      { numRuns: 300 },
    );
  });
});
