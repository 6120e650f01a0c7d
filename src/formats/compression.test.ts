import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import { collectBytes } from "./byte-source.ts";
import { decompress, sniffCompression } from "./compression.ts";

const numbers = Buffer.from(Array.from({ length: 60 }, (_, index) => `${index + 1}\n`).join(""));
/** The numbers 1 to 60, a line each, as xz 5.8 and zstd 1.5 compress them. */
const xzNumbers = fromBase64(
  "/Td6WFoAAATm1rRGBMBwqwEhARwAAAAAAAAAADMoxdvgAKoAaF0AGIKCjyJO+KZV9/CZpSUNkEWRWlG0m8qs3AUy7IVSn7FIbe/c6Eu5YbrgnFN/mMipVA78PSrTBtdmRD1WZKbNPdfHH0T0GN8CCz/ixsZ74ed/eUQcebdCrmW4G7UOhOGaghbdiXPE+uAA/Y6D0emQxDkAAYwBqwEAAP3d7wyxxGf7AgAAAAAEWVo=",
);
const xzSecond = fromBase64(
  "/Td6WFoAAATm1rRGBMALByEBFgAAAAAAAAAAAFkIF+YBAAZzZWNvbmQKAAAxvbf5XMDxbQABJwftkidkH7bzfQEAAAAABFla",
);
const xzSha256 = fromBase64(
  "/Td6WFoAAArh+wyhBMAGAiEBFgAAAAAAAAAAABHLwkwBAAF4CgAAAHPLOFimh6hJTKMyMFMBYoLz2tOdQs9iyk553aKqx9msAAE6An4KIesYm0uaAQAAAAAKWVo=",
);
const zstdNumbers = fromBase64(
  "KLUv/QRojQIAskoTCbDrJEmIcFKYdQN9s8010zyzzDF35gzzySaXTPLIIodcmTLIF1tcMcUTSxxxY8YQX7denfp06dHb2aEfN16c+HDhwcvJgd92Tc9y3BkA8vJCfg==",
);
/** Three million zeros. */
const zstdZeros = fromBase64(
  "KLUv/QRYVAAAEAAAAQD7/znAAgIAEAACABAAAgAQAAIAEAACABAAAgAQAAIAEAACABAAAgAQAAIAEAACABAAAgAQAAIAEAACABAAAgAQAAIAEAACABAAAgAQAAIAEAACABAAAgAQAAM2DgADya/W",
);
const bzip2 = fromBase64("QlpoOTFBWSZTWSs+z38AAADAgAAQAEAgACEAgrF3JFOFCQKz7Pfw");
const gzipNumbers = new Uint8Array(gzipSync(numbers));

function fromBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "base64"));
}

async function* pieces(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function join(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

async function run(bytes: Uint8Array, options: { size?: number; maxBytes?: number } = {}): Promise<Uint8Array> {
  const { size = 1 << 16, ...rest } = options;
  const output = decompress(pieces(bytes, size), { what: "blob", ...rest });
  return collectBytes(output, 1 << 28, () => new Error("too long"));
}

/** A zstd frame of one block that repeats a byte (RFC 8878 §3.1). */
function runLengthFrame(length: number, windowByte = 0x38): Uint8Array {
  const header = (length << 3) | (1 << 1) | 1;
  return Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, windowByte, header & 255, (header >> 8) & 255, header >> 16, 0x61);
}

describe("sniffCompression", () => {
  it.each([
    ["gzip", gzipNumbers],
    ["zstd", zstdNumbers],
    ["zstd", Uint8Array.of(0x5f, 0x2a, 0x4d, 0x18)],
    ["xz", xzNumbers],
    ["bzip2", bzip2],
    ["plain", numbers],
    ["plain", new Uint8Array(0)],
  ] as const)("%s", (expected, bytes) => {
    expect(sniffCompression(bytes)).toBe(expected);
  });
});

describe("decompress", () => {
  const skippable = Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3);
  const emptySkippable = Uint8Array.of(0x5a, 0x2a, 0x4d, 0x18, 0, 0, 0, 0);

  it.each<[string, Uint8Array, Uint8Array]>([
    ["gzip", gzipNumbers, numbers],
    [
      "gzip of two members and zero padding",
      join(gzipNumbers, gzipNumbers, new Uint8Array(700)),
      join(numbers, numbers),
    ],
    ["xz", xzNumbers, numbers],
    [
      "xz of two streams with padding",
      join(xzNumbers, new Uint8Array(8), xzSecond),
      join(numbers, Buffer.from("second\n")),
    ],
    ["zstd", zstdNumbers, numbers],
    [
      "zstd frames with skippable ones among them",
      join(skippable, zstdNumbers, emptySkippable, skippable, zstdNumbers),
      join(numbers, numbers),
    ],
    ["bzip2", bzip2, Buffer.from("x\n")],
    ["zstd of a run", runLengthFrame(1000), Buffer.alloc(1000, 0x61)],
    ["plain", numbers, numbers],
    ["nothing", new Uint8Array(0), new Uint8Array(0)],
  ])("reads %s in pieces of any size", async (_, compressed, expected) => {
    for (const size of [1, 7, 1 << 16])
      expect(Buffer.from(await run(compressed, { size })).equals(expected)).toBe(true);
  });

  it("reads more output than one piece holds", async () => {
    const zeros = await run(zstdZeros);
    expect(zeros.length).toBe(3_000_000);
    expect(zeros.every((byte) => byte === 0)).toBe(true);
  });

  it.each<[string, Uint8Array, string]>([
    ["gzip cut off", gzipNumbers.subarray(0, -9), "unexpected end of file at byte"],
    [
      "gzip with a flipped checksum",
      gzipNumbers.map((byte, at) => (at === gzipNumbers.length - 5 ? byte ^ 1 : byte)),
      "incorrect data check",
    ],
    ["garbage behind gzip", join(gzipNumbers, Buffer.from("x")), "gzip"],
    [
      "a member hidden behind padding",
      join(gzipNumbers, new Uint8Array(9), gzipNumbers),
      "bytes that are not gzip follow the gzip data at byte",
    ],
    ["zstd cut off", zstdNumbers.subarray(0, -1), "ends in the middle of a frame at byte"],
    ["zstd with a flipped bit", zstdNumbers.map((byte, at) => (at === 20 ? byte ^ 4 : byte)), "damaged data"],
    ["garbage behind zstd", join(zstdNumbers, Buffer.from("hello")), "zstd: "],
    ["half a magic behind zstd", join(zstdNumbers, Buffer.from("he")), "zstd: "],
    [
      "zstd block of a reserved type",
      Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0x38, 7, 0, 0),
      "reserved type at byte 6",
    ],
    ["xz cut off", xzNumbers.subarray(0, -1), "ends in the middle of a stream"],
    ["xz with a flipped bit", xzNumbers.map((byte, at) => (at === 40 ? byte ^ 4 : byte)), "damaged data"],
    ["garbage behind xz", join(xzNumbers, Buffer.from("hell")), "xz"],
    ["xz padding of 3 bytes", join(xzNumbers, new Uint8Array(3)), "xz"],
  ])("%s is CORRUPT_INPUT", async (_, bytes, message) => {
    for (const size of [5, 1 << 16]) {
      await expect(run(bytes, { size })).rejects.toMatchObject({
        code: "CORRUPT_INPUT",
        message: expect.stringContaining(message),
      });
    }
  });

  it.each<[string, Uint8Array, string]>([
    ["an xz check that is not built in", xzSha256, "not supported"],
    ["a zstd dictionary", Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 1, 0x38, 9, 1, 0, 0), "dictionary"],
  ])("%s is UNSUPPORTED with a hint", async (_, bytes, message) => {
    await expect(run(bytes)).rejects.toMatchObject({
      code: "UNSUPPORTED",
      message: expect.stringContaining(message),
      hint: expect.any(String),
    });
  });

  it("refuses a zstd window above the limit before it is allocated", async () => {
    const exponent = limits.zstdWindowLog - 10;
    expect((await run(runLengthFrame(10, exponent << 3))).length).toBe(10);
    await expect(run(runLengthFrame(10, (exponent << 3) | 1))).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
    const singleSegment = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0);
    await expect(run(singleSegment)).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
  });

  it("refuses more output than allowed, compressed or plain", async () => {
    for (const bytes of [gzipNumbers, zstdNumbers, xzNumbers, numbers]) {
      await expect(run(bytes, { maxBytes: 100 })).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
    }
  });

  it("refuses a ratio that only a bomb has", async () => {
    const frame = runLengthFrame(128 * 1024);
    const bomb = join(...Array.from({ length: 2_100 }, () => frame));
    await expect(run(bomb)).rejects.toMatchObject({
      code: "LIMIT_EXCEEDED",
      message: expect.stringContaining("for each compressed byte"),
    });
  });

  it("stops reading its source when its reader stops", async () => {
    for (const bytes of [join(gzipNumbers), zstdNumbers, xzNumbers, new Uint8Array(numbers)]) {
      let returned = false;
      async function* source() {
        try {
          for (;;) yield bytes;
        } finally {
          returned = true;
        }
      }
      for await (const piece of decompress(source(), { what: "blob" })) {
        expect(piece.length).toBeGreaterThan(0);
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect(returned).toBe(true);
    }
  });

  it("hands on its source's own error", async () => {
    async function* source() {
      yield gzipNumbers.subarray(0, 20);
      throw new AppError("UNREACHABLE", "the line went dead");
    }
    await expect(collectBytes(decompress(source(), { what: "b" }), 1e6, () => new Error())).rejects.toMatchObject({
      code: "UNREACHABLE",
    });
  });

  it("two streams can be read side by side", async () => {
    for (const bytes of [xzNumbers, zstdNumbers, gzipNumbers]) {
      const both = await Promise.all([run(bytes, { size: 3 }), run(bytes, { size: 3 }), run(bytes, { size: 5 })]);
      for (const one of both) expect(Buffer.from(one).equals(numbers)).toBe(true);
    }
  });

  it("gives back any content that was compressed with gzip", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 3000 }), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 500 }),
        async (members, size) => {
          const compressed = join(...members.map((member) => new Uint8Array(gzipSync(member))));
          expect(Buffer.from(await run(compressed, { size })).equals(Buffer.concat(members))).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });
});
