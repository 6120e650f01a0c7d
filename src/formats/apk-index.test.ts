import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../core/errors.ts";
import { readApkIndex } from "./apk-index.ts";
import { tarOf } from "./tar/tar-fixture.ts";

const index = (text: string, mtime = 1768300000) =>
  Buffer.concat([
    gzipSync(tarOf([{ name: ".SIGN.RSA.key", content: "x" }], false)),
    gzipSync(
      tarOf([
        { name: "DESCRIPTION", content: "v3.21.2\n" },
        { name: "APKINDEX", content: text, mtime },
      ]),
    ),
  ]);
const good = "P:musl\nV:1.2.5-r9\nA:x86_64\n\nP:other\nV:1\n\n";
const wanted = new Set(["musl"]);

describe("an APKINDEX archive", () => {
  it("gives the wanted packages, its description and when it was made", async () => {
    expect(await readApkIndex(index(good), wanted, "i")).toEqual({
      description: "v3.21.2",
      date: "2026-01-13T10:26:40.000Z",
      packages: [{ name: "musl", version: "1.2.5-r9", architecture: "x86_64" }],
    });
    expect((await readApkIndex(index(good, 0), wanted, "i")).date).toBeUndefined();
  });
  it("gives the packages that stand in it, whatever they are called", async () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9.+-]{0,12}$/);
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(name, { maxLength: 8 }), async (names) => {
        const text = names.map((one, at) => `P:${one}\nV:${at}\n\n`).join("");
        const { packages } = await readApkIndex(index(text), new Set(names), "i");
        expect(packages.map((one) => [one.name, one.version])).toEqual(names.map((one, at) => [one, String(at)]));
      }),
      { numRuns: 25 },
    );
  });
  it("damaged, cut or of anything else throws nothing but what it should", async () => {
    const whole = index(good);
    const damage = fc.record({ at: fc.nat(whole.length - 1), value: fc.nat(255), end: fc.nat(whole.length) });
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ maxLength: 300 }),
          damage.map(({ at, value, end }) => {
            const copy = Uint8Array.from(whole);
            copy[at] = value;
            return copy.subarray(0, end);
          }),
        ),
        async (bytes) => {
          try {
            await readApkIndex(bytes, wanted, "i");
          } catch (error) {
            expect(error).toBeInstanceOf(AppError);
          }
        },
      ),
      { numRuns: 120 },
    );
    await expect(readApkIndex(gzipSync(tarOf([])), wanted, "i")).rejects.toMatchObject({ code: "CORRUPT_INPUT" });
  });
});
