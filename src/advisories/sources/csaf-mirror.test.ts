import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { FeedServer } from "../../../test/fakes/feed-server.ts";
import { AppError } from "../../core/errors.ts";
import { tarOf } from "../../formats/tar/tar-fixture.ts";
import { csafDocument } from "../csaf/csaf.fixture.ts";
import { scratchFolder } from "../feed.fixture.ts";
import { feeds } from "../feeds/feeds.ts";
import { openAdvisories } from "../open.ts";
import { csafFileName, listedChanges } from "./csaf-mirror.ts";
import { atEveryStep } from "./faulty-disk.fixture.ts";
import { isArchive, plainName } from "./feed-files.ts";
import { type FeedRefresh, type RefreshOptions, refreshFeeds } from "./refresh.ts";

const scratch = scratchFolder();
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let server: FeedServer;
let base: string;
let folder: string;
let count = 0;
beforeEach(async () => {
  server = new FeedServer();
  base = await server.start();
  folder = join(scratch, `feeds-${count++}`);
});
afterEach(() => server.stop());

const vex = "/data/csaf/v2/vex";

/** A document that says of a package of its own which version fixes it. */
function document(number: number, fixed: string): string {
  const component = `pkg-${number}`;
  return JSON.stringify(
    csafDocument({
      id: `CVE-2024-${number}`,
      platforms: { BaseOS: "cpe:/o:redhat:enterprise_linux:9::baseos" },
      components: { [component]: `pkg:rpm/redhat/${component}@${fixed}?arch=x86_64` },
      parts: [["BaseOS", component]],
      status: { fixed: [`BaseOS:${component}`] },
    }),
  );
}

/** A frame whose blocks are stored as they are (RFC 8878 §3.1.1.2). */
function zstd(bytes: Uint8Array): Buffer {
  const head = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58]);
  const blocks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += 65_536) {
    const part = bytes.subarray(at, at + 65_536);
    const last = at + 65_536 >= bytes.length ? 1 : 0;
    const header = Buffer.alloc(3);
    header.writeUIntLE((part.length << 3) | last, 0, 3);
    blocks.push(header, Buffer.from(part));
  }
  return Buffer.concat([head, ...blocks]);
}

function archive(numbers: readonly number[], fixed = "1-1"): Buffer {
  return zstd(
    tarOf(
      numbers.map((number) => ({
        name: `2024/cve-2024-${number}.json`,
        content: Buffer.from(document(number, fixed)),
      })),
    ),
  );
}

const line = (number: number, time: string) => `"2024/cve-2024-${number}.json","${time}"\n`;
const numbers = Array.from({ length: 40 }, (_, index) => 1000 + index);

function publish(day: string, content: Buffer): void {
  server.put(`${vex}/archive_latest.txt`, `csaf_vex_${day}.tar.zst\n`);
  server.put(`${vex}/csaf_vex_${day}.tar.zst`, content);
}

async function refresh(more: RefreshOptions = {}): Promise<FeedRefresh> {
  const bases = new Map([["redhat-csaf", base]]);
  const [report] = await refreshFeeds(folder, { only: ["redhat-csaf"], bases, patience: 400, ...more });
  return report as FeedRefresh;
}

async function fixOf(number: number): Promise<string | undefined> {
  const store = await openAdvisories(folder);
  await store.prepare(["rhel"]);
  return store.records("rhel", `pkg-${number}`)[0]?.ranges[0]?.fixed;
}

const asked = (from: number) => server.seen.slice(from).map(({ path }) => path.replace(`${vex}/`, ""));

describe("a CSAF provider", () => {
  beforeEach(async () => {
    publish("2025-02-02", archive(numbers));
    server.put(`${vex}/changes.csv`, line(1003, "2025-02-01T00:00:00+00:00"));
    server.put(`${vex}/deletions.csv`, "");
    expect(await refresh()).toEqual({ feed: "redhat-csaf", status: "fetched" });
  });

  it("is fetched as a whole once, with what changed since its day", async () => {
    expect(asked(0)).toEqual(["changes.csv", "deletions.csv", "archive_latest.txt", "csaf_vex_2025-02-02.tar.zst"]);
    expect(await fixOf(1003)).toBe("0:1-1");
    rmSync(folder, { recursive: true });
    server.put(`${vex}/changes.csv`, line(1003, "2025-02-02T08:00:00+00:00"));
    server.put(`${vex}/2024/cve-2024-1003.json`, document(1003, "3-3"));
    expect(await refresh()).toMatchObject({ status: "fetched" });
    expect(await fixOf(1003)).toBe("0:3-3");
    expect(await fixOf(1004)).toBe("0:1-1");
  });

  it("is asked for its lists alone where nothing changed", async () => {
    const before = server.seen.length;
    expect(await refresh()).toMatchObject({ status: "unchanged" });
    expect(server.seen.slice(before).map(({ status }) => status)).toEqual([304, 304]);
    expect(readdirSync(folder).sort()).toEqual(["feeds.json", "redhat-csaf"]);
  });

  it("gives changed and new documents one by one and takes deleted ones away", async () => {
    const before = server.seen.length;
    server.put(
      `${vex}/changes.csv`,
      line(2000, "2025-02-04T10:00:00+00:00") +
        line(1003, "2025-02-04T09:00:00+01:00") +
        line(1007, "2025-02-01T00:00:00+00:00"),
    );
    server.put(`${vex}/deletions.csv`, line(1005, "2025-02-03T00:00:00+00:00"));
    server.put(`${vex}/2024/cve-2024-2000.json`, document(2000, "2-2"));
    server.put(`${vex}/2024/cve-2024-1003.json`, document(1003, "3-3"));
    expect(await refresh()).toMatchObject({ status: "fetched" });
    expect(asked(before).sort()).toEqual([
      "2024/cve-2024-1003.json",
      "2024/cve-2024-2000.json",
      "changes.csv",
      "deletions.csv",
    ]);
    expect([await fixOf(2000), await fixOf(1003), await fixOf(1005), await fixOf(1007)]).toEqual([
      "0:2-2",
      "0:3-3",
      undefined,
      "0:1-1",
    ]);
    expect((await openAdvisories(folder)).stamp.date).toBe("2025-02-04T10:00:00.000Z");
    expect(await refresh()).toMatchObject({ status: "unchanged" });
    // It comes back, and is there again.
    server.put(`${vex}/changes.csv`, line(1005, "2025-02-05T00:00:00+00:00"));
    server.put(`${vex}/2024/cve-2024-1005.json`, document(1005, "5-5"));
    expect(await refresh()).toMatchObject({ status: "fetched" });
    expect(await fixOf(1005)).toBe("0:5-5");
  });

  it.each([
    ["is missing", undefined],
    ["is another's", document(9999, "1-1")],
    ["is cut off", document(1004, "4-4").slice(0, 200)],
  ])("stays as it was where a changed document %s", async (_, content) => {
    server.put(`${vex}/changes.csv`, line(1004, "2025-02-04T00:00:00+00:00") + line(1003, "2025-02-04T00:00:00+00:00"));
    server.put(`${vex}/2024/cve-2024-1003.json`, document(1003, "3-3"));
    if (content !== undefined) server.put(`${vex}/2024/cve-2024-1004.json`, content);
    expect(await refresh()).toMatchObject({ status: "kept", reason: expect.stringMatching(/cve-2024-1004/) });
    expect([await fixOf(1003), await fixOf(1004)]).toEqual(["0:1-1", "0:1-1"]);
    server.put(`${vex}/2024/cve-2024-1004.json`, document(1004, "4-4"));
    expect(await refresh()).toMatchObject({ status: "fetched" });
    expect([await fixOf(1003), await fixOf(1004)]).toEqual(["0:3-3", "0:4-4"]);
  });

  it.each(["500", "403", "cut", "empty", "slow", "wrong-content", "loop"] as const)(
    "stays as it was when the server answers %s",
    async (fault) => {
      server.put(`${vex}/changes.csv`, line(1003, "2025-02-04T00:00:00+00:00"));
      server.put(`${vex}/2024/cve-2024-1003.json`, document(1003, "3-3"));
      server.fault = fault;
      const report = await refresh();
      expect(report).toMatchObject({ status: "kept", reason: expect.stringMatching(/\S/) });
      expect(await fixOf(1003)).toBe("0:1-1");
      server.fault = "none";
      expect(await refresh()).toMatchObject({ status: "fetched" });
      expect(await fixOf(1003)).toBe("0:3-3");
    },
  );

  it("changes all at once or not at all, whatever befalls the disk and whenever", async () => {
    const state = async () => [await fixOf(1003), await fixOf(1004), await fixOf(1005), await fixOf(2000)].join(" ");
    const times = ["2025-02-04T00:00:00+00:00", "2025-02-05T00:00:00+00:00"] as const;
    server.put(`${vex}/changes.csv`, line(1003, times[0]) + line(1004, times[0]));
    server.put(`${vex}/2024/cve-2024-1003.json`, document(1003, "3-3"));
    server.put(`${vex}/2024/cve-2024-1004.json`, document(1004, "3-3"));
    expect(await refresh()).toMatchObject({ status: "fetched" });
    const before = "0:3-3 0:3-3 0:1-1 ";
    expect(await state()).toBe(before);
    server.put(`${vex}/changes.csv`, line(2000, times[1]) + line(1003, times[1]));
    server.put(`${vex}/deletions.csv`, line(1005, times[1]));
    server.put(`${vex}/2024/cve-2024-2000.json`, document(2000, "5-5"));
    server.put(`${vex}/2024/cve-2024-1003.json`, document(1003, "5-5"));
    const after = "0:5-5 0:3-3  0:5-5";
    const whole = folder;
    const seen = new Set<string>();
    await atEveryStep(
      () => {
        folder = join(scratch, `step-${count++}`);
        cpSync(whole, folder, { recursive: true });
      },
      (disk) => refresh({ disk }),
      async (where) => {
        const found = await state();
        seen.add(found);
        expect([before, after], where).toContain(found);
        expect(await refresh(), where).not.toHaveProperty("reason");
        expect(await state(), where).toBe(after);
        expect(
          readdirSync(folder).filter((name) => !name.includes(".unfinished-")),
          where,
        ).toEqual(["feeds.json", "redhat-csaf"]);
      },
    );
    expect([...seen].sort()).toEqual([before, after]);
  }, 60_000);

  it("that deletes much is not believed, except by force", async () => {
    const gone = numbers.slice(0, 20);
    server.put(`${vex}/deletions.csv`, gone.map((number) => line(number, "2025-02-05T00:00:00+00:00")).join(""));
    expect(await refresh()).toMatchObject({ status: "kept", reason: expect.stringMatching(/deletes 20 of 40/) });
    expect(await fixOf(1003)).toBe("0:1-1");
    expect(await refresh({ force: true })).toMatchObject({ status: "fetched" });
    expect(await fixOf(1003)).toBeUndefined();
    expect(await fixOf(1030)).toBe("0:1-1");
  });

  it.each([
    ["a path that leads elsewhere", '"../../etc/passwd.json","2025-02-05T00:00:00+00:00"\n'],
    ["an address", '"https://evil.example/cve-2024-1.json","2025-02-05T00:00:00+00:00"\n'],
    ["no time", '"2024/cve-2024-1003.json","yesterday"\n'],
    ["a page of HTML", "<!doctype html>\n"],
  ])("whose list of changes holds %s stays as it was", async (_, text) => {
    server.put(`${vex}/changes.csv`, text);
    expect(await refresh()).toMatchObject({ status: "kept", reason: expect.stringMatching(/list of changes/) });
    expect(existsSync(join(folder, "redhat-csaf", "csaf_vex_2025-02-02.tar.zst"))).toBe(true);
  });
});

describe("a first archive", () => {
  it("that is cut off, damaged or named by nobody is no feed", async () => {
    server.put(`${vex}/changes.csv`, line(1003, "2025-02-01T00:00:00+00:00"));
    const whole = archive(numbers);
    publish("2025-02-02", whole.subarray(0, whole.length - 5_000));
    expect(await refresh()).toMatchObject({ status: "failed" });
    server.put(`${vex}/archive_latest.txt`, "../elsewhere.tar.zst");
    expect(await refresh()).toMatchObject({ status: "failed", reason: expect.stringMatching(/names no archive/) });
    publish("2025-02-03", Buffer.from("<html>"));
    expect(await refresh()).toMatchObject({ status: "failed" });
    expect(existsSync(join(folder, "redhat-csaf"))).toBe(false);
    publish("2025-02-04", whole);
    expect(await refresh()).toMatchObject({ status: "fetched" });
    expect(readdirSync(join(folder, "redhat-csaf"))).toEqual(["csaf_vex_2025-02-04.tar.zst"]);
    expect(await fixOf(1003)).toBe("0:1-1");
  });

  it("is followed by a newer one where very much changed; one that has shrunk is refused, and taken by force", async () => {
    server.put(`${vex}/changes.csv`, line(1003, "2025-02-01T00:00:00+00:00"));
    publish("2025-02-02", archive(numbers));
    await refresh();
    const notes = JSON.parse(readFileSync(join(folder, "feeds.json"), "utf8"));
    expect(notes["redhat-csaf"]).toMatchObject({ records: 40, documents: 40 });
    const much = Array.from({ length: 5_001 }, (_, index) => line(10_000 + index, "2025-02-05T00:00:00+00:00"));
    server.put(`${vex}/changes.csv`, much.join(""));
    publish("2025-02-09", archive(numbers.slice(0, 30), "2-2"));
    expect(await refresh()).toMatchObject({ status: "kept", reason: expect.stringMatching(/30 records, and had 40/) });
    expect(await fixOf(1003)).toBe("0:1-1");
    publish("2025-02-10", archive(numbers, "3-3"));
    expect(await refresh()).toMatchObject({ status: "fetched" });
    expect(readdirSync(join(folder, "redhat-csaf"))).toEqual(["csaf_vex_2025-02-10.tar.zst"]);
    expect(await fixOf(1003)).toBe("0:3-3");
    publish("2025-02-11", archive(numbers.slice(0, 30), "4-4"));
    expect(await refresh({ force: true })).toMatchObject({ status: "fetched" });
    expect([await fixOf(1003), await fixOf(1039)]).toEqual(["0:4-4", undefined]);
  });
});

/** A tar archive, packed by bzip2 1.0.8, of two documents that say which version of curl fixes CVE-2024-1001 and CVE-2024-1002 in SLES 15 SP4. */
const suseArchive =
  "QlpoOTFBWSZTWa1R+4wAAk9fmMiAUAf/sEoFSwr//9/KQAAABAgIQAK8AAAGAAAAA0AAAAAGAAAAA0AAAAAGAAAAA0AAAAABUkhGhpNqaNARNPUbE1NAekyfpT9R/DW4/eypEteIZ8/qsxKamLQQoUwJxJ3ExJ6ExdEnTqWdrc0elVRSlKUo/tZ/qXPq/lSym4vYk81Nb2LJSUpFKO0KKFz3M1s7LO4dilKPRZL0vScG6lbyYuCTwSdSTwSaGOj2fVvYLM3waieCknvUjNJSPNcMkullTJLm5JpS+kqgr9EpqJZJ4LnUq5KTQp8cnxfJMkwSYLkrImSSg0bVayeTBJwSbUT8lDangsh2qPQnzOkTauJ8yXEwJRLifsd4+CYPN5I2Pssm5T1bXyf8pgxRZoYvopZ6uLJ9mJepTseTBoSNznXJR4rOXLYMWxZgxSMycno51FGKy5eb3+KR7KMC5gS9wZOs4EwdxNzSvanU2mDNrcnFm51MHMpeNh/7S9iaV5zOgned7pbV4XszYzd5c62LoHSwWXjem9TSXqa2poXPUlLiZuxzJG43sEpqbGCSiZFJgxWMmtC5mvWaCxeZk3BSR7lxJZS5ZZtayXlOtk5NDBrdL3tLUkc5YmbYssaW5uWdS9udCR2u9kvUk1MjkyJedBMm19DNvJwOL7qWRTiscWLxUsslkpZZ4g/Au5IpwoSFao/cYA==";

it("SUSE's archive has an address of its own and is packed with bzip2", async () => {
  const folderOf = "/pub/projects/security/csaf-vex";
  server.put(`${folderOf}.tar.bz2`, Buffer.from(suseArchive, "base64"), new Date("2025-02-02T00:00:00Z"));
  server.put(`${folderOf}/changes.csv`, '"cve-2024-1001.json","2025-02-01T00:00:00+00:00"\n');
  const bases = new Map([["suse-csaf", base]]);
  const update = async () => (await refreshFeeds(folder, { only: ["suse-csaf"], bases, patience: 400 }))[0];
  expect(await update()).toEqual({ feed: "suse-csaf", status: "fetched" });
  expect(server.seen.map(({ path, status }) => `${status} ${path.replace(folderOf, "")}`)).toEqual([
    "200 /changes.csv",
    "404 /deletions.csv",
    "200 .tar.bz2",
  ]);
  const store = await openAdvisories(folder);
  await store.prepare(["suse:15.4"]);
  expect(store.records("suse:15.4", "curl").map(({ id, ranges }) => `${id} ${ranges[0]?.fixed}`)).toEqual([
    "CVE-2024-1001 7.79.1-150400.5.1",
    "CVE-2024-1002 7.79.1-150400.5.1",
  ]);
  server.put(`${folderOf}.tar.bz2`, Buffer.from(suseArchive, "base64").subarray(0, 400));
  const force = await refreshFeeds(folder, { only: ["suse-csaf"], bases, patience: 400, force: true });
  expect(force).toMatchObject([{ status: "kept", reason: expect.stringMatching(/ends within/) }]);
});

it.each([
  ["CVE-2024-1234", "cve-2024-1234.json"],
  ["RHSA-2024:1234", "rhsa-2024_1234.json"],
  ["openSUSE-SU-2024:0001-1", "opensuse-su-2024_0001-1.json"],
])("the file of %s is %s", (id, name) => expect(csafFileName(id)).toBe(name));

it("no archive that is fetched is named as a feed, or its folder would be taken for a folder of feeds", () => {
  for (const { id, mirror } of feeds) {
    const urls = [...(mirror?.urls ?? []), ...(mirror?.archive === undefined ? [] : [mirror.archive])];
    for (const name of urls.filter(isArchive).map(plainName))
      if (name !== "all")
        expect(
          feeds.filter(({ names }) => names.includes(name)),
          `${id}: ${name}`,
        ).toEqual([]);
  }
});

it("a list of changes yields entries or an AppError, whatever it holds", () => {
  const entry = fc
    .tuple(fc.constantFrom("2024/cve-2024-1.json", "../x.json", "a", "2024/../x.json"), fc.string())
    .map(([path, time]) => `"${path}","${time}"`);
  fc.assert(
    fc.property(fc.array(fc.oneof(entry, fc.string())), (lines) => {
      try {
        for (const { path } of listedChanges(lines.join("\n"), "changes.csv", false)) expect(path).not.toMatch(/\.\./);
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
      }
    }),
  );
});
