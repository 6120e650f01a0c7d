import { fork } from "node:child_process";
import { once } from "node:events";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AppError } from "../core/errors.ts";
import { scratchFolder, smallFeeds } from "./feed.fixture.ts";
import { buildAdvisories } from "./file/build.ts";
import { newKeyPair, readKey } from "./file/envelope.ts";
import { openPublication } from "./file/publication.ts";
import { type Disk, realDisk } from "./file/write.ts";
import { FileStore } from "./file-store.ts";
import { exportFile, publishFile, publishFolder } from "./publish.ts";
import { findFeeds } from "./sources/feed-source.ts";
import { updateFolder } from "./update.ts";

const scratch = scratchFolder();
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const pair = newKeyPair();
const signing = readKey(pair.privateKey, "private", "test");
const checking = readKey(pair.publicKey, "public", "test");
const stranger = readKey(newKeyPair().publicKey, "public", "test");
const old = join(scratch, "old");
const fresh = join(scratch, "new");

/** Old data has 40 npm packages fixed in 2.0.0, new data 42 fixed in 3.0.0. */
beforeAll(async () => {
  await publishFolder(await buildAdvisories(await findFeeds(smallFeeds(join(scratch, "feeds-old")))), old, {
    key: signing,
  });
  cpSync(old, fresh, { recursive: true });
  await publishFolder(
    await buildAdvisories(await findFeeds(smallFeeds(join(scratch, "feeds-new"), { packages: 42, fixed: "3.0.0" }))),
    fresh,
    { key: signing },
  );
});

let copies = 0;
function copyOf(folder: string): string {
  const copy = join(scratch, `copy-${copies++}`);
  cpSync(folder, copy, { recursive: true });
  return copy;
}

function fixOf(path: string): string | undefined {
  const store = FileStore.open(path, [checking]);
  try {
    store.verify();
    return store.records("npm", "package-1")[0]?.ranges[0]?.fixed;
  } finally {
    store.close();
  }
}

async function failure(work: () => unknown): Promise<AppError> {
  try {
    await work();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

async function exported(from: string, file: string): Promise<void> {
  const publication = openPublication(from);
  await exportFile(publication, file);
  publication.close();
}

describe("a file that was damaged", () => {
  const file = join(scratch, "whole.plim");
  let bytes: Buffer;
  beforeAll(async () => {
    await exported(old, file);
    bytes = readFileSync(file);
  });

  it("is never read as if it were whole, whichever bit flips", () => {
    const damaged = join(scratch, "flipped.plim");
    fc.assert(
      fc.property(fc.integer({ min: 0, max: bytes.length * 8 - 1 }), (bit) => {
        const copy = Buffer.from(bytes);
        copy[bit >> 3]! ^= 1 << (bit & 7);
        writeFileSync(damaged, copy);
        try {
          const store = FileStore.open(damaged, [checking]);
          store.verify();
          // A bit of the table of offsets may be unused, such as one in the id of the signing key: then nothing that is read has changed.
          expect(store.records("npm", "package-1")[0]?.ranges).toEqual([{ introduced: "0", fixed: "2.0.0" }]);
          store.close();
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
          expect((error as AppError).code).toMatch(/^(CORRUPT_INPUT|LIMIT_EXCEEDED|UNSUPPORTED)$/);
        }
      }),
      { numRuns: 400 },
    );
  });

  it("is refused wherever it is cut off", async () => {
    const cut = join(scratch, "cut.plim");
    for (const share of [0, 0.01, 0.2, 0.5, 0.9, 0.999]) {
      copyFileSync(file, cut);
      truncateSync(cut, Math.floor(bytes.length * share));
      expect((await failure(() => FileStore.open(cut).verify())).code).toBe("CORRUPT_INPUT");
    }
  });

  it("names the shard whose content was changed", async () => {
    const folder = copyOf(old);
    const [name] = readdirSync(join(folder, "shards")) as [string];
    const shard = readFileSync(join(folder, "shards", name));
    shard[shard.length - 5]! ^= 0x10;
    writeFileSync(join(folder, "shards", name), shard);
    const error = await failure(() => FileStore.open(folder).verify());
    expect(error.code).toBe("CORRUPT_INPUT");
    expect(error.message).toContain(name);
  });
});

describe("signatures", () => {
  it("a good one is accepted, with any of the given keys", () => {
    expect(fixOf(old)).toBe("2.0.0");
    expect(FileStore.open(old, [stranger, checking]).has("npm")).toBe(true);
  });

  it("another signer, no signature and a changed index are refused", async () => {
    expect((await failure(() => FileStore.open(old, [stranger]))).message).toMatch(/no signature by the given key/);
    const unsigned = join(scratch, "unsigned.plim");
    await publishFile(await buildAdvisories(await findFeeds(join(scratch, "feeds-old"))), unsigned);
    expect((await failure(() => FileStore.open(unsigned, [checking]))).message).toMatch(/not signed/);
    const folder = copyOf(old);
    const envelope = JSON.parse(readFileSync(join(folder, "index.json"), "utf8")) as { payload: string };
    const index = Buffer.from(envelope.payload, "base64").toString("utf8").replace("2024-07-01", "2029-07-01");
    writeFileSync(
      join(folder, "index.json"),
      JSON.stringify({ ...envelope, payload: Buffer.from(index).toString("base64") }),
    );
    expect((await failure(() => FileStore.open(folder, [checking]))).message).toMatch(/no signature by the given key/);
  });
});

describe("an update", () => {
  const update = (from: string, to: string, more: object = {}) => {
    const publication = openPublication(from);
    return updateFolder(publication, to, { keys: [checking], ...more }).finally(() => publication.close());
  };

  it("from nothing fetches everything; a second one fetches the index alone", async () => {
    const folder = join(scratch, "empty");
    const report = await update(old, folder);
    expect(report).toMatchObject({ status: "updated", patched: 0 });
    expect(report.fetched).toBeGreaterThan(5);
    expect(fixOf(folder)).toBe("2.0.0");
    expect(await update(old, folder)).toMatchObject({ status: "unchanged", fetched: 0 });
  });

  it("takes the delta where there is one, and whole shards where it is missing, damaged or hostile", async () => {
    const folder = copyOf(old);
    expect(await update(fresh, folder)).toMatchObject({ status: "updated", fetched: 0 });
    expect(fixOf(folder)).toBe("3.0.0");
    for (const spoil of [
      (path: string) => rmSync(path),
      (path: string) => writeFileSync(path, "no delta"),
      (path: string) => truncateSync(path, 20),
    ]) {
      const published = copyOf(fresh);
      const [delta] = readdirSync(join(published, "deltas")) as [string];
      spoil(join(published, "deltas", delta));
      const target = copyOf(old);
      expect(await update(published, target)).toMatchObject({ status: "updated", patched: 0 });
      expect(fixOf(target)).toBe("3.0.0");
    }
  });

  it("from any of the last snapshots fetches one delta", async () => {
    const published = copyOf(old);
    const behind = [copyOf(old)];
    for (const fixed of ["3.0.0", "4.0.0", "5.0.0", "6.0.0", "7.0.0"]) {
      const feeds = smallFeeds(join(scratch, `feeds-${fixed}`), { packages: 42, fixed });
      await publishFolder(await buildAdvisories(await findFeeds(feeds)), published, { key: signing });
      behind.push(copyOf(published));
    }
    expect(readdirSync(join(published, "deltas"))).toHaveLength(5);
    for (const folder of behind.slice(0, -1)) {
      expect(await update(published, folder)).toMatchObject({ status: "updated", fetched: 0 });
      expect(fixOf(folder)).toBe("7.0.0");
    }
  });

  it("that is wrongly signed, older, shrunken, truncated or flipped leaves the old data usable and says so", async () => {
    const shrunken = join(scratch, "shrunken");
    await publishFolder(
      await buildAdvisories(await findFeeds(smallFeeds(join(scratch, "feeds-few"), { packages: 20 }))),
      shrunken,
      { key: signing },
    );
    const older = join(scratch, "older");
    const feeds = smallFeeds(join(scratch, "feeds-older"));
    const notes = readFileSync(join(feeds, "feeds.json"), "utf8");
    writeFileSync(join(feeds, "feeds.json"), notes.replaceAll("2024", "2023"));
    await publishFolder(await buildAdvisories(await findFeeds(feeds)), older, { key: signing });
    const truncated = copyOf(fresh);
    rmSync(join(truncated, "deltas"), { recursive: true });
    for (const name of readdirSync(join(truncated, "shards")))
      if (!existsSync(join(old, "shards", name))) truncateSync(join(truncated, "shards", name), 30);
    const flipped = copyOf(truncated);
    for (const name of readdirSync(join(flipped, "shards"))) {
      if (existsSync(join(old, "shards", name))) continue;
      const bytes = readFileSync(join(fresh, "shards", name));
      bytes[bytes.length - 1]! ^= 1;
      writeFileSync(join(flipped, "shards", name), bytes);
    }
    const cases: [string, RegExp, object][] = [
      [fresh, /no signature by the given key/, { keys: [stranger] }],
      [older, /older than what is there/, {}],
      [shrunken, /feed ghsa-npm has 20 records, and had 40/, {}],
      [truncated, /cut off|damaged/, {}],
      [flipped, /damaged|hash differs/, {}],
    ];
    for (const [from, message, more] of cases) {
      const folder = copyOf(old);
      const error = await failure(() => update(from, folder, more));
      expect(error.message).toMatch(message);
      expect(error.hint).toMatch(/old data .*(in use|unchanged)/);
      expect(fixOf(folder)).toBe("2.0.0");
    }
    const forced = copyOf(old);
    await update(shrunken, forced, { force: true });
    expect(FileStore.open(forced).records("npm", "package-30")).toEqual([]);
  });

  it("on a full disk leaves the old data usable, removes its scraps and says what to do", async () => {
    const sizes = [0, 1, 2];
    for (const allowed of sizes) {
      const folder = copyOf(old);
      let written = 0;
      const full: Disk = {
        ...realDisk,
        write: async (path, bytes) => {
          if (written++ < allowed) return realDisk.write(path, bytes);
          writeFileSync(path, bytes.subarray(0, 3));
          throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
        },
      };
      const error = await failure(() => update(fresh, folder, { disk: full }));
      expect(error.hint).toMatch(/disk is full.*old data is unchanged/);
      expect(fixOf(folder)).toBe("2.0.0");
      expect(readdirSync(folder, { recursive: true }).filter((name) => String(name).includes("unfinished"))).toEqual(
        [],
      );
      expect(await update(fresh, folder)).toMatchObject({ status: "updated" });
      expect(fixOf(folder)).toBe("3.0.0");
    }
  });

  it("may run twice at once while readers read", async () => {
    const folder = copyOf(old);
    const reader = FileStore.open(folder);
    const reports = await Promise.all([update(fresh, folder), update(fresh, folder), update(fresh, folder)]);
    expect(reports.every(({ status }) => status === "updated")).toBe(true);
    expect(fixOf(folder)).toBe("3.0.0");
    // The reader opened the old snapshot and finds every shard of it still there.
    expect(reader.records("npm", "package-1")[0]?.ranges[0]?.fixed).toBe("2.0.0");
    reader.verify();
  });

  it("that is killed at any moment leaves old or new data, whole", async () => {
    const script = fileURLToPath(new URL("./killed-update.fixture.ts", import.meta.url));
    for (const after of [1, 2, 3]) {
      const folder = copyOf(old);
      const child = fork(script, [fresh, folder, String(after)], { execArgv: ["--import", "tsx"], stdio: "ignore" });
      const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
      expect([code, signal]).toEqual([null, "SIGKILL"]);
      expect(fixOf(folder)).toBe("2.0.0");
      const scraps = readdirSync(folder, { recursive: true }).filter((name) => String(name).includes("unfinished"));
      expect(scraps.length).toBeGreaterThan(0);
      for (const name of scraps) utimesSync(join(folder, String(name)), new Date(0), new Date(0));
      await update(fresh, folder);
      expect(fixOf(folder)).toBe("3.0.0");
      expect(readdirSync(folder, { recursive: true }).filter((name) => String(name).includes("unfinished"))).toEqual(
        [],
      );
    }
  }, 60_000);

  it("does not take what nobody signed, or somebody else, in place of signed data without force", async () => {
    const folder = copyOf(old);
    for (const [name, key] of [
      ["unsigned", undefined],
      ["others", readKey(newKeyPair().privateKey, "private", "test")],
    ] as const) {
      const from = join(scratch, name);
      await publishFolder(
        await buildAdvisories(await findFeeds(smallFeeds(join(scratch, `feeds-${name}`), { fixed: "3.0.0" }))),
        from,
        { key },
      );
      const error = await failure(() => update(from, folder, { keys: [] }));
      expect(error).toMatchObject({
        code: "CORRUPT_INPUT",
        message: expect.stringMatching(/is not signed by key [0-9a-f]{16},/),
      });
      expect(fixOf(folder)).toBe("2.0.0");
      expect(await update(from, copyOf(old), { keys: [], force: true })).toMatchObject({ status: "updated" });
    }
  });

  it("repairs what was damaged in the folder itself or is gone, though nothing new is published", async () => {
    const folder = copyOf(old);
    const [name, other] = readdirSync(join(folder, "shards")) as [string, string];
    truncateSync(join(folder, "shards", name), Math.floor(statSync(join(folder, "shards", name)).size / 2));
    expect((await failure(() => fixOf(folder))).code).toBe("CORRUPT_INPUT");
    rmSync(join(folder, "shards", other));
    expect(await update(old, folder)).toMatchObject({ status: "repaired", fetched: 2 });
    expect(fixOf(folder)).toBe("2.0.0");
    expect(await update(old, folder)).toMatchObject({ status: "unchanged", fetched: 0 });
  });

  it("into a place that cannot be written says so", async () => {
    mkdirSync(join(scratch, "place"), { recursive: true });
    writeFileSync(join(scratch, "place", "shards"), "a file where a folder belongs");
    expect((await failure(() => update(old, join(scratch, "place")))).code).toBe("CONFIG_INVALID");
  });
});

it("a build that lost records is not published over a good one", async () => {
  const folder = copyOf(old);
  const few = await buildAdvisories(await findFeeds(smallFeeds(join(scratch, "feeds-lost"), { packages: 3 })));
  expect((await failure(() => publishFolder(few, folder, { key: signing }))).message).toMatch(
    /has 3 records, and had 40/,
  );
  expect(fixOf(folder)).toBe("2.0.0");
});
