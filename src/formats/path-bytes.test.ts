import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesOfText, pathLatin1, pathText, systemPath, textOfBytes } from "./path-bytes.ts";

const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");
/** Bytes that are often pieces of UTF-8, so that whole, cut and overlong sequences come up. */
const bytes = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 3 }),
      fc.string({ unit: "binary", maxLength: 2 }).map((text) => new Uint8Array(Buffer.from(text))),
      fc
        .constantFrom([0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82])
        .map((list) => Uint8Array.from(list)),
    ),
    { maxLength: 6 },
  )
  .map((parts) => Buffer.concat(parts));

describe("the text for the bytes of a path", () => {
  it("leads back to the very bytes", () => {
    fc.assert(
      fc.property(bytes, (path) => {
        const text = pathText(latin1(path));
        expect(Buffer.from(pathLatin1(text), "latin1")).toEqual(path);
        expect(Buffer.from(systemPath(text) as string)).toEqual(path);
        expect(textOfBytes(path)).toBe(text);
        expect(bytesOfText(text)).toEqual(path);
      }),
    );
  });

  it("is the same for an archive as for the file system, sign by sign", () => {
    // The second half of a character beyond the first plane is no byte, and a cut or overlong sequence is no character.
    const cases: readonly (readonly [bytes: readonly number[], text: string])[] = [
      [[0xf0, 0x9f, 0x92, 0x80], "\u{1f480}"],
      [[0x61, 0xf0, 0x9f, 0x92, 0x62], "a\udcf0\udc9f\udc92b"],
      [[0xff, 0xc3, 0xa9], "\udcff\u00e9"],
      [[0xed, 0xb2, 0x80], "\udced\udcb2\udc80"],
      [[0xc0, 0xaf], "\udcc0\udcaf"],
      [[0xef, 0xbb, 0xbf, 0x61], "\ufeffa"],
    ];
    for (const [written, text] of cases) {
      const path = Buffer.from(written);
      expect([textOfBytes(path), pathText(latin1(path))]).toEqual([text, text]);
      expect(bytesOfText(text)).toEqual(path);
    }
  });

  it("is the text itself where the bytes are UTF-8", () => {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    fc.assert(
      fc.property(bytes, (path) => {
        let expected: string | undefined;
        try {
          expected = decoder.decode(path);
        } catch {
          // What TextDecoder refuses is no UTF-8.
        }
        const text = pathText(latin1(path));
        if (expected !== undefined) expect([text, systemPath(text)]).toEqual([expected, expected]);
        else expect(systemPath(text)).toBeInstanceOf(Buffer);
      }),
    );
  });
});
