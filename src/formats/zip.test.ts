import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../core/errors.ts";
import { zipArchive } from "./zip.fixture.ts";
import { ZipFile } from "./zip.ts";

const budget = () => ({ remaining: 1024 ** 2 });

describe("ZipFile", () => {
  it("gives back what was stored or deflated, whatever stands before and behind the archive", () => {
    const files = fc.dictionary(fc.stringMatching(/^[a-z/.]{1,20}$/), fc.uint8Array({ maxLength: 300 }), {
      maxKeys: 8,
    });
    const text = fc.string({ maxLength: 40 }).map((comment) => Buffer.from(comment.replaceAll("P", "")));
    fc.assert(
      fc.property(files, text, text, fc.boolean(), (contents, before, comment, deflated) => {
        const bytes = Buffer.concat([before, zipArchive(contents, { comment, deflated })]);
        const zip = new ZipFile(bytes, "zip");
        const read = zip.entries.map((entry) => [entry.path, Buffer.from(zip.read(entry, budget()))]);
        expect(read).toEqual(Object.entries(contents).map(([path, content]) => [path, Buffer.from(content)]));
      }),
    );
  });

  it("holds a bomb to its stated size and to the budget", () => {
    const bomb = zipArchive({ big: new Uint8Array(900_000) }, { deflated: true });
    const lying = zipArchive({ big: new Uint8Array(900_000) }, { deflated: true, statedSize: 10 });
    const [entry] = new ZipFile(bomb, "zip").entries;
    expect(() => new ZipFile(bomb, "zip").read(entry!, { remaining: 800_000 })).toThrow(/LIMIT|more than/);
    const small = new ZipFile(lying, "zip");
    expect(() => small.read(small.entries[0]!, budget())).toThrow(AppError);
  });

  it("refuses encrypted entries, unknown methods and what is no archive", () => {
    const bytes = zipArchive({ a: Buffer.from("x") }, { deflated: false });
    const directory = bytes.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
    const encrypted = Buffer.from(bytes);
    encrypted[directory + 8]! |= 1;
    const unknown = Buffer.from(bytes);
    unknown[directory + 10] = 12;
    for (const damaged of [encrypted, unknown]) {
      const zip = new ZipFile(damaged, "zip");
      expect(() => zip.read(zip.entries[0]!, budget())).toThrow(AppError);
    }
    expect(() => new ZipFile(Buffer.from("PK"), "zip")).toThrow(AppError);
    expect(() => new ZipFile(deflateRawSync(Buffer.alloc(100)), "zip")).toThrow(AppError);
  });

  it("yields only AppErrors for damaged archives", () => {
    const bytes = zipArchive(
      { "META-INF/MANIFEST.MF": Buffer.from("a: b\n"), x: Buffer.alloc(500, "x") },
      { deflated: true },
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        fc.nat(bytes.length),
        (edits, cut) => {
          const damaged = Buffer.from(bytes.subarray(0, cut % 3 === 0 ? cut : bytes.length));
          for (const [at, value] of edits) if (at < damaged.length) damaged[at] = value;
          try {
            const zip = new ZipFile(damaged, "zip");
            for (const entry of zip.entries) zip.read(entry, budget());
          } catch (error) {
            expect(error).toBeInstanceOf(AppError);
          }
        },
      ),
      { numRuns: 1_500 },
    );
  });
});
