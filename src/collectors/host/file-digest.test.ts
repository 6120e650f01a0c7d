import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { DigestHelper } from "./digest-helper.ts";
import { fileDigest, ManyDigests } from "./file-digest.ts";

const folder = mkdtempSync(join(tmpdir(), "file-digest-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const contents = Array.from({ length: 700 }, (_, index) => Buffer.alloc(index * 97, index));
const files = contents.map((content, index) => {
  const path = join(folder, `file ${index}`);
  writeFileSync(path, content);
  return { path, algorithm: index % 2 === 0 ? "md5" : "sha256" };
});
const expected = contents.map((content, index) => ({
  digest: createHash(files[index]!.algorithm).update(content).digest("hex"),
}));
const { signal } = new AbortController();

describe("digests of many files", () => {
  it("are those of the files, in their order, whoever computed them", async () => {
    const digests = new ManyDigests();
    try {
      expect(await digests.of(files, signal)).toEqual(expected);
      expect(await digests.of(files.slice(0, 3), signal)).toEqual(expected.slice(0, 3));
      expect(await digests.of([], signal)).toEqual([]);
    } finally {
      await digests.close();
    }
  });

  it("tell what is absent and what is no file", async () => {
    mkdirSync(join(folder, "folder"));
    writeFileSync(Buffer.from(join(folder, "odd\xff"), "latin1"), "odd");
    const asked = ["none", "folder", "odd\udcff"].map((name) => ({ path: join(folder, name), algorithm: "md5" }));
    const odd = { digest: createHash("md5").update("odd").digest("hex") };
    const digests = new ManyDigests();
    expect(await digests.of(asked, signal)).toEqual([{ missing: "absent" }, { missing: "unread" }, odd]);
    await digests.close();
    expect(fileDigest(asked[2]!.path, "md5")).toEqual(odd);
  });

  it("are none after an abort", async () => {
    const digests = new ManyDigests();
    expect(await digests.of(files, AbortSignal.abort())).toEqual(files.map(() => ({ missing: "unread" })));
    await digests.close();
  });
});

describe("a helper thread", () => {
  it("computes what it is given, odd names too", async () => {
    const helper = new DigestHelper<string>();
    const jobs = [{ path: Buffer.from(join(folder, "file 3")), algorithm: "sha256" }];
    helper.give("first", jobs);
    helper.give("second", []);
    expect([helper.waiting, helper.wantsMore]).toEqual([2, false]);
    const done = await until(() => helper.done(), 2);
    expect(done).toEqual([
      { batch: "first", digests: [expected[3]] },
      { batch: "second", digests: [] },
    ]);
    await helper.close();
  });

  it("hands back what it had when it died", async () => {
    const helper = new DigestHelper<string>();
    helper.give("lost", [{ path: join(folder, "file 3"), algorithm: "no such algorithm" }]);
    helper.give("not begun", []);
    await helper.close();
    expect(helper.wantsMore).toBe(false);
    expect(helper.done().map(({ batch, digests }) => [batch, digests])).toEqual([
      ["lost", undefined],
      ["not begun", undefined],
    ]);
  });
});

async function until<T>(ask: () => T[], count: number): Promise<T[]> {
  const all: T[] = [];
  while (all.length < count) {
    all.push(...ask());
    await new Promise((resolve) => setImmediate(resolve));
  }
  return all;
}
