import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../core/errors.ts";
import { deltaOf, idOf, type PackedObject, packOf } from "./pack.fixture.ts";
import { type GitObject, isGitPack, objectFormat, type PackLimits, packObjects } from "./pack.ts";

const wide: PackLimits = { object: 10_000_000, all: 100_000_000, objects: 10_000 };

function read(bytes: Uint8Array, limits: Partial<PackLimits> = {}) {
  const objects: GitObject[] = [];
  const reader = packObjects(bytes, "x.pack", { ...wide, ...limits });
  for (;;) {
    const next = reader.next();
    if (next.done) return { objects, missing: next.value };
    objects.push(next.value);
  }
}

const texts = (bytes: Uint8Array) => read(bytes).objects.map(({ content }) => Buffer.from(content).toString());
const blob = (text: string): PackedObject => ({ type: "blob", content: Buffer.from(text) });

describe("a pack of git objects", () => {
  it("gives objects of every kind with their ids", () => {
    const content = Buffer.from("text");
    const types = ["commit", "tree", "blob", "tag"] as const;
    const pack = packOf(types.map((type) => ({ type, content })));
    expect(isGitPack(pack)).toBe(true);
    expect(read(pack)).toEqual({
      objects: types.map((type) => ({ type, id: idOf(type, content), content })),
      missing: 0,
    });
    // git hash-object of "hello\n" and of nothing.
    expect(read(packOf([blob("hello\n"), blob("")])).objects.map(({ id }) => id)).toEqual([
      "ce013625030ba8dba906f756967f9e9ca394464a",
      "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
    ]);
  });
  it("applies deltas on what stands before, by place and by id, one upon the other", () => {
    const first = "a".repeat(200);
    const second = `${"a".repeat(150)}bb`;
    expect(
      texts(
        packOf([
          blob(first),
          { delta: deltaOf(200, 150, Buffer.from("bb")), back: 1 },
          { delta: deltaOf(152, 151, Buffer.from("cc")), back: 1 },
          { delta: deltaOf(152, 0, Buffer.from("d")), on: idOf("blob", Buffer.from(second)) },
        ]),
      ),
    ).toEqual([first, second, `${"a".repeat(150)}bcc`, "d"]);
  });
  it("applies deltas whose base stands behind them, and counts those whose base is elsewhere", () => {
    const base = Buffer.from("base");
    const middle = idOf("blob", Buffer.from("basexy"));
    const pack = packOf([
      { delta: deltaOf(6, 6, Buffer.from("z")), on: middle },
      { delta: deltaOf(4, 4, Buffer.from("xy")), on: idOf("blob", base) },
      { delta: deltaOf(4, 4, Buffer.from("?")), on: "0".repeat(40) },
      { type: "blob", content: base },
    ]);
    expect(texts(pack)).toEqual(["base", "basexy", "basexyz"]);
    expect(read(pack).missing).toBe(1);
  });
  it("applies deltas on a delta that waits for its own base", () => {
    const base = Buffer.from("base");
    const pack = packOf([
      { delta: deltaOf(4, 4, Buffer.from("x")), on: idOf("blob", base) },
      { delta: deltaOf(5, 5, Buffer.from("y")), back: 1 },
      { delta: deltaOf(6, 6, Buffer.from("z")), back: 1 },
      { type: "blob", content: base },
    ]);
    expect(texts(pack).sort()).toEqual(["base", "basex", "basexy", "basexyz"]);
    expect(read(pack).missing).toBe(0);
  });
  it("comes to an end with a long chain of deltas that each stand before their base, or whose base never comes", () => {
    const count = 50_000;
    const ids = Array.from({ length: count }, (_, index) => idOf("blob", Buffer.from(`x${index}`)));
    const chain = ids.slice(1).map((_, index): PackedObject => {
      const text = `x${index + 1}`;
      return { delta: deltaOf(`x${index}`.length, 0, Buffer.from(text)), on: ids[index]! };
    });
    const backwards = packOf([...chain.reverse(), blob("x0")]);
    expect(read(backwards, { objects: count })).toMatchObject({ missing: 0, objects: { length: count } });
    const lost = packOf([
      { delta: deltaOf(2, 2, Buffer.from("y")), on: "1".repeat(40) },
      ...Array.from({ length: count }, (): PackedObject => ({ delta: deltaOf(2, 2, Buffer.from("y")), back: 1 })),
    ]);
    expect(read(lost, { objects: count + 1 }).missing).toBe(count + 1);
  });
  it("is read in a repository that names objects by SHA-256", () => {
    const base = Buffer.from("base");
    const pack = packOf(
      [
        { delta: deltaOf(4, 4, Buffer.from("x")), on: idOf("blob", base, "sha256") },
        { type: "blob", content: base },
      ],
      "sha256",
    );
    expect(objectFormat(pack)).toEqual({ algorithm: "sha256", idBytes: 32 });
    expect(read(pack)).toMatchObject({
      missing: 0,
      objects: [{ id: idOf("blob", base, "sha256") }, { id: idOf("blob", Buffer.from("basex"), "sha256") }],
    });
    expect(objectFormat(packOf([]))).toEqual({ algorithm: "sha1", idBytes: 20 });
    expect(objectFormat(new Uint8Array(3))).toEqual({ algorithm: "sha1", idBytes: 20 });
  });
  it("gives what comes before the damage, and then says where it is", () => {
    const pack = packOf([blob("one"), blob("two")]);
    const found: string[] = [];
    const second = pack.indexOf(Buffer.from([0x33]), 13);
    pack[second + 1] = 0xff;
    const reading = () => {
      for (const { content } of packObjects(pack, "x.pack", wide)) found.push(Buffer.from(content).toString());
    };
    expect(reading).toThrow(`x.pack: an object that cannot be decompressed at byte ${second}`);
    expect(found).toEqual(["one"]);
  });
  it.each<[string, Partial<PackLimits>, RegExp]>([
    ["a large object", { object: 99 }, /more than 99 bytes in an object/],
    ["many bytes", { all: 250 }, /more than 250 bytes in all objects/],
    ["many objects", { objects: 2 }, /more than 2 objects/],
  ])("stops at %s", (_, limits, message) => {
    const delta = deltaOf(100, 100, Buffer.alloc(20));
    const pack = packOf([
      { type: "blob", content: Buffer.alloc(100) },
      { delta, back: 1 },
      { delta, back: 2 },
    ]);
    expect(() => read(pack, limits)).toThrow(message);
    expect(read(pack).objects).toHaveLength(3);
  });
  it("does not make more of a bomb than its objects say", () => {
    const pack = packOf([{ type: "blob", content: Buffer.alloc(1_000_000) }]);
    // The size is in the first bytes of the object; a smaller one does not hold.
    pack.writeUInt8(0x33, 12);
    pack.writeUInt8(0, 13);
    expect(() => read(pack)).toThrow(AppError);
  });
  it("does not follow deltas in a circle", () => {
    const delta = deltaOf(1, 1, Buffer.from("x"));
    const itself = packOf([{ delta, back: 0 }]);
    expect(() => read(itself)).toThrow(/before the pack/);
    expect(read(packOf([{ delta, on: "1".repeat(40) }])).missing).toBe(1);
  });
  it.each(["", "PACK", "PACK\0\0\0\x02", "PACK\0\0\0\x04\0\0\0\0..", "pack\0\0\0\x02\0\0\0\0.."])(
    "%j is none",
    (text) => expect(isGitPack(Buffer.from(text, "latin1"))).toBe(false),
  );
});

describe("any pack", () => {
  const object = fc.oneof(
    fc.record({ type: fc.constantFrom("commit", "tree", "blob", "tag"), content: fc.uint8Array({ maxLength: 300 }) }),
    fc.record({ kept: fc.nat(300), added: fc.uint8Array({ maxLength: 300 }), back: fc.integer({ min: 1, max: 5 }) }),
  );
  it("gives back what was put into it", () =>
    fc.assert(
      fc.property(fc.array(object, { maxLength: 12 }), (parts) => {
        const contents: { type: string; content: Uint8Array }[] = [];
        const packed = parts.map((part): PackedObject => {
          const base = "back" in part ? contents.at(-part.back) : undefined;
          if (!("back" in part) || base === undefined) {
            const whole = "back" in part ? { type: "blob" as const, content: part.added } : part;
            contents.push(whole);
            return whole;
          }
          const kept = Math.min(part.kept, base.content.length);
          contents.push({ type: base.type, content: Buffer.concat([base.content.subarray(0, kept), part.added]) });
          return { delta: deltaOf(base.content.length, kept, part.added), back: part.back };
        });
        const { objects, missing } = read(packOf(packed));
        expect(missing).toBe(0);
        expect(objects.map(({ type, content }) => [type, Buffer.from(content)])).toEqual(
          contents.map(({ type, content }) => [type, Buffer.from(content)]),
        );
      }),
    ));
  it("that is damaged or cut off ends in an AppError or less", () => {
    const delta = deltaOf(200, 150, Buffer.from("bb"));
    const whole = packOf([
      blob("a".repeat(200)),
      { delta, back: 1 },
      { delta, on: idOf("blob", Buffer.alloc(200, "a")) },
    ]);
    const attempt = (bytes: Uint8Array) => {
      try {
        read(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
      }
    };
    for (let length = 12; length < whole.length; length++) attempt(whole.subarray(0, length));
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const damaged = Uint8Array.from(whole);
        damaged[at]! ^= flip;
        attempt(damaged);
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 200 }), (rest) =>
        attempt(Buffer.concat([Buffer.from("PACK\0\0\0\x02", "latin1"), rest])),
      ),
      { numRuns: 500 },
    );
  });
});
