import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { survivesAnyBytes } from "../../test/hostile-input.ts";
import { decompressLz4, isLz4, lz4Pieces, xxh32 } from "./lz4.ts";

/** A frame of one block each for the given pieces; each is stored or is an LZ4 block already. */
function frame(
  blocks: readonly { readonly bytes: Uint8Array; readonly stored: boolean }[],
  content?: Uint8Array,
  linked = false,
): Buffer {
  const descriptor = Buffer.of((content ? 0x64 : 0x60) - (linked ? 0x20 : 0), 0x70);
  const parts: Uint8Array[] = [Buffer.from("04224d18", "hex"), descriptor, Buffer.of((xxh32(descriptor) >>> 8) & 0xff)];
  for (const { bytes, stored } of blocks)
    parts.push(word(stored ? (bytes.length | 0x80000000) >>> 0 : bytes.length), Buffer.from(bytes));
  parts.push(word(0));
  if (content) parts.push(word(xxh32(content)));
  return Buffer.concat(parts);
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}

/** An LZ4 block of literals alone. */
function literalBlock(bytes: Uint8Array): Buffer {
  const parts: Buffer[] = [];
  if (bytes.length < 15) parts.push(Buffer.of(bytes.length << 4));
  else {
    const rest = bytes.length - 15;
    parts.push(Buffer.of(0xf0), Buffer.alloc(Math.floor(rest / 255), 255), Buffer.of(rest % 255));
  }
  return Buffer.concat([...parts, Buffer.from(bytes)]);
}

const hello = Buffer.from("hello, hello, hello, hello");
// "hello, " as literals, then a match of 19 bytes seven back.
const helloBlock = Buffer.concat([Buffer.of(0x7f), Buffer.from("hello, "), Buffer.of(7, 0, 0)]);

describe("LZ4", () => {
  it.each([
    ["", 0x02cc5d05],
    ["a", 0x550d7456],
    ["abc", 0x32d153ff],
    ["Nobody inspects the spammish repetition", 0xe2293b2f],
  ])("hashes %j as the specification's vectors say", (text, hash) => {
    expect(xxh32(Buffer.from(text))).toBe(hash);
  });

  it("repeats what a match refers to, overlapping too", () => {
    expect(Buffer.from(decompressLz4(frame([{ bytes: helloBlock, stored: false }], hello), "x")).toString()).toBe(
      hello.toString(),
    );
  });

  it("reads stored blocks, several frames, skippable and legacy ones", () => {
    const skippable = Buffer.concat([Buffer.from("502a4d18", "hex"), word(3), Buffer.from("abc")]);
    const legacy = Buffer.concat([Buffer.from("02214c18", "hex"), word(helloBlock.length), helloBlock]);
    const all = Buffer.concat([
      frame([{ bytes: Buffer.from("one "), stored: true }]),
      skippable,
      legacy,
      frame([{ bytes: Buffer.from(" two"), stored: true }]),
    ]);
    expect(Buffer.from(decompressLz4(all, "x")).toString()).toBe(`one ${hello} two`);
    expect(isLz4(all)).toBe(true);
    expect(isLz4(Buffer.from("plain"))).toBe(false);
  });

  it("gives back any content, stored or in literals", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 700 }), fc.boolean()), { maxLength: 6 }),
        (pieces) => {
          const content = Buffer.concat(pieces.map(([bytes]) => bytes));
          const blocks = pieces.map(([bytes, stored]) => ({ bytes: stored ? bytes : literalBlock(bytes), stored }));
          expect(Buffer.from(decompressLz4(frame(blocks, content), "x")).equals(content)).toBe(true);
        },
      ),
    );
  });

  it("puts large content out in pieces, with matches across them", () => {
    const content = Buffer.alloc(24_000_000);
    for (let at = 0; at < content.length; at += 4) content.writeUInt32LE((at * 2_654_435_761) >>> 0, at);
    const blocks = Array.from({ length: 24 }, (_, index) => ({
      bytes: content.subarray(index * 1_000_000, (index + 1) * 1_000_000),
      stored: true,
    }));
    const repeat = {
      bytes: Buffer.concat([Buffer.of(0x0f), Buffer.of(0x60, 0xea), Buffer.of(255, 10), Buffer.of(0)]),
      stored: false,
    };
    const tail = content.subarray(content.length - 60_000, content.length - 60_000 + 284);
    const whole = Buffer.concat([content, tail]);
    const pieces = Array.from(lz4Pieces(frame([...blocks, repeat], whole, true), "x"), (piece) => piece.slice());
    expect(pieces.length).toBeGreaterThan(3);
    expect(Buffer.concat(pieces).equals(whole)).toBe(true);
  });

  it.each([
    ["a match before the start", frame([{ bytes: Buffer.of(0x10, 0x61, 9, 0), stored: false }])],
    ["an offset of zero", frame([{ bytes: Buffer.of(0x10, 0x61, 0, 0), stored: false }])],
    ["a wrong content checksum", frame([{ bytes: Buffer.from("abc"), stored: true }], Buffer.from("abd"))],
    ["a length without end", frame([{ bytes: Buffer.of(0xf0, 255, 255), stored: false }])],
    ["an early end", frame([{ bytes: helloBlock, stored: false }], hello).subarray(0, 20)],
    ["another magic", Buffer.from("abcdefgh")],
  ])("refuses %s", (_, bytes) => {
    expect(() => decompressLz4(bytes, "x")).toThrow(expect.objectContaining({ code: "CORRUPT_INPUT" }));
  });

  it("bounds what comes out", () => {
    const zeros = Buffer.concat([Buffer.of(0x1f, 0), Buffer.of(1, 0), Buffer.alloc(200, 255), Buffer.of(0)]);
    const bomb = frame(Array.from({ length: 50 }, () => ({ bytes: zeros, stored: false })));
    expect(() => decompressLz4(bomb, "x", 100_000)).toThrow(expect.objectContaining({ code: "LIMIT_EXCEEDED" }));
  });

  it("answers any bytes", () => {
    survivesAnyBytes(
      (bytes) => decompressLz4(bytes, "x", 1_000_000),
      frame([{ bytes: helloBlock, stored: false }], hello),
    );
  });
});
