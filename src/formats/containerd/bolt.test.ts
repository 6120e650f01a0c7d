import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../core/errors.ts";
import { BoltBucket, fnv64a, openBolt } from "./bolt.ts";
import { containerdImages } from "./images.ts";

interface Tree {
  readonly [name: string]: string | Tree;
}

const pageSize = 4096;

/** Writes a database as bbolt lays it out: small buckets inline, large ones with branch pages. */
class BoltFixture {
  readonly #pages: Buffer[] = [Buffer.alloc(pageSize), Buffer.alloc(pageSize)];

  bytes(tree: Tree, damagedFirst = false): Uint8Array {
    const root = this.#bucket(tree);
    for (const [page, transaction] of [
      [0, 4],
      [1, 3],
    ] as const) {
      const meta = this.#pages[page]!;
      meta.writeUInt32LE(0xed0cdaed, 16);
      meta.writeUInt32LE(2, 20);
      meta.writeUInt32LE(pageSize, 24);
      meta.writeBigUInt64LE(BigInt(root), 32);
      meta.writeBigUInt64LE(BigInt(transaction), 64);
      meta.writeBigUInt64LE(fnv64a(meta.subarray(16, 72)), 72);
    }
    if (damagedFirst) this.#pages[0]!.writeUInt32LE(7, 40);
    return new Uint8Array(Buffer.concat(this.#pages));
  }

  /** Answers the number of the bucket's root page. */
  #bucket(tree: Tree): number {
    const entries = Object.entries(tree).sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    const leaves: { key: string; page: number }[] = [];
    for (let at = 0; at === 0 || at < entries.length; at += 5) {
      const some = entries.slice(at, at + 5);
      leaves.push({ key: some[0]?.[0] ?? "", page: this.#add(this.#leaf(some)) });
    }
    return leaves.length === 1 ? leaves[0]!.page : this.#add(branchOf(leaves));
  }

  #leaf(entries: readonly (readonly [string, string | Tree])[]): Buffer {
    const values = entries.map(([, value]) => (typeof value === "string" ? Buffer.from(value) : this.#inner(value)));
    const parts = entries.map(([key], index) => Buffer.concat([Buffer.from(key), values[index]!]));
    return pageOf(2, parts, (element, index, offset) => {
      element.writeUInt32LE(typeof entries[index]![1] === "string" ? 0 : 1, 0);
      element.writeUInt32LE(offset, 4);
      element.writeUInt32LE(Buffer.from(entries[index]![0]).length, 8);
      element.writeUInt32LE(values[index]!.length, 12);
    });
  }

  #inner(tree: Tree): Buffer {
    const header = Buffer.alloc(16);
    const isSmall = Object.keys(tree).length < 4 && Object.values(tree).every((value) => typeof value === "string");
    if (isSmall) return Buffer.concat([header, this.#leaf(Object.entries(tree).sort())]);
    header.writeBigUInt64LE(BigInt(this.#bucket(tree)), 0);
    return header;
  }

  #add(page: Buffer): number {
    const number = this.#pages.reduce((sum, { length }) => sum + length / pageSize, 0);
    const size = Math.ceil(page.length / pageSize) * pageSize;
    page.writeUInt32LE(size / pageSize - 1, 12);
    this.#pages.push(Buffer.concat([page, Buffer.alloc(size - page.length)]));
    return number;
  }
}

function branchOf(leaves: readonly { key: string; page: number }[]): Buffer {
  return pageOf(
    1,
    leaves.map(({ key }) => Buffer.from(key)),
    (element, index, offset) => {
      element.writeUInt32LE(offset, 0);
      element.writeUInt32LE(Buffer.from(leaves[index]!.key).length, 4);
      element.writeBigUInt64LE(BigInt(leaves[index]!.page), 8);
    },
  );
}

function pageOf(
  flags: number,
  parts: readonly Buffer[],
  write: (element: Buffer, index: number, offset: number) => void,
): Buffer {
  const head = Buffer.alloc(16 + 16 * parts.length);
  head.writeUInt16LE(flags, 8);
  head.writeUInt16LE(parts.length, 10);
  let end = head.length;
  for (const [index, part] of parts.entries()) {
    const at = 16 + 16 * index;
    write(head.subarray(at, at + 16), index, end - at);
    end += part.length;
  }
  return Buffer.concat([head, ...parts]);
}

function treeOf(bucket: BoltBucket): Tree {
  const entries = [...bucket.entries()];
  return Object.fromEntries(
    entries.map(([key, value]) => [key, value instanceof BoltBucket ? treeOf(value) : new TextDecoder().decode(value)]),
  );
}

const store = {
  v1: {
    default: { images: { "docker.io/library/a:1": { target: { digest: "sha256:1", mediatype: "x" } } } },
    "k8s.io": {
      images: Object.fromEntries(
        Array.from({ length: 40 }, (_, index) => [
          `r.example/b:${index}`,
          { target: { digest: `sha256:${index}`, size: "x" }, labels: {} },
        ]),
      ),
      leases: { one: {} },
    },
  },
};

describe("a bbolt database", () => {
  it("gives back what is in it", () => {
    const { tree: trees } = fc.letrec<{ tree: Tree; value: string | Tree }>((tie) => ({
      tree: fc.dictionary(fc.string({ minLength: 1 }), tie("value"), { maxKeys: 14, noNullPrototype: true }),
      value: fc.oneof({ depthSize: "small", maxDepth: 3 }, fc.string({ maxLength: 60 }), tie("tree")),
    }));
    fc.assert(
      fc.property(trees, (tree) => {
        expect(treeOf(openBolt(new BoltFixture().bytes(tree), "db"))).toEqual(tree);
      }),
      { numRuns: 60 },
    );
  });

  it("is read by its second head where the first is damaged", () => {
    expect(treeOf(openBolt(new BoltFixture().bytes(store, true), "db"))).toEqual(store);
  });

  it("yields nothing but the two errors where it is damaged", () => {
    const sound = new BoltFixture().bytes(store);
    const change = fc.tuple(fc.integer({ min: pageSize * 2, max: sound.length - 1 }), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(
        fc.array(change, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 0, max: sound.length }),
        (changes, length) => {
          const bytes = sound.slice();
          for (const [at, byte] of changes) bytes[at] = byte;
          for (const hostile of [bytes, bytes.subarray(0, length)]) {
            try {
              expect(Array.isArray(containerdImages(hostile, "db"))).toBe(true);
            } catch (error) {
              expect(error).toBeInstanceOf(AppError);
            }
          }
        },
      ),
      { numRuns: 300 },
    );
    expect(() => openBolt(new Uint8Array(10), "db")).toThrow("is no bbolt database");
  });

  it("ends even where a page names itself", () => {
    const bytes = new BoltFixture().bytes({ a: "1", b: "2", c: "3", d: "4", e: "5", f: "6" });
    const branch = new DataView(bytes.buffer, 4 * pageSize);
    expect(branch.getUint16(8, true)).toBe(1);
    branch.setBigUint64(16 + 8, 4n, true);
    expect(() => treeOf(openBolt(bytes, "db"))).toThrow(AppError);
  });
});

describe("containerd's database", () => {
  it("tells the images of all name spaces", () => {
    const images = containerdImages(new BoltFixture().bytes(store), "db");
    expect(images).toHaveLength(41);
    expect(images[0]).toEqual({ namespace: "default", name: "docker.io/library/a:1", digest: "sha256:1" });
    expect(images).toContainEqual({ namespace: "k8s.io", name: "r.example/b:17", digest: "sha256:17" });
  });
});
