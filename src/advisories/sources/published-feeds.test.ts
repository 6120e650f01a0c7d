import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { FeedServer } from "../../../test/fakes/feed-server.ts";
import { collectBytes } from "../../formats/byte-source.ts";
import { unbzip2 } from "../../formats/bzip2.ts";
import { scratchFolder, writeFiles } from "../feed.fixture.ts";
import { feeds } from "../feeds/feeds.ts";
import { untilBegun } from "./begun.fixture.ts";
import { findFeeds, readFeed } from "./feed-source.ts";
import { packedErrata } from "./packed-errata.fixture.ts";
import { errata, type PublishedFeed, publishedFeeds } from "./published-feeds.fixture.ts";
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

/** How many items a feed has at first, after an item more was published, and after it lost some. */
const [usual, grown, shrunken] = [40, 41, 30] as const;

async function refresh(feed: string, more: RefreshOptions = {}): Promise<FeedRefresh> {
  const [report] = await refreshFeeds(folder, { only: [feed], bases: new Map([[feed, base]]), patience: 400, ...more });
  return report as FeedRefresh;
}

function publish(feed: PublishedFeed, items: number, damage = (bytes: Buffer) => bytes, below = ""): void {
  for (const [path, bytes] of Object.entries(feed.files(items))) server.put(`${below}${path}`, damage(bytes));
}

/** Everything that is read of the one feed at a path, as text. */
async function contentAt(path: string, id: string): Promise<string> {
  const sources = await findFeeds(path);
  expect(sources.map(({ feed }) => feed.id)).toEqual([id]);
  let text = "";
  await readFeed(sources[0]!, {
    add: (content) => {
      text += `${JSON.stringify(content)}\n`;
      return Object.values(content).flat().length;
    },
  });
  return text;
}

/** Whether what lies in the folder of feeds is whole: the feed with that many items and none more. */
async function expectItems(feed: PublishedFeed, items: number): Promise<void> {
  const content = await contentAt(folder, feed.id);
  for (const index of [0, items - 1]) expect(content).toContain(`"${feed.mark(index)}"`);
  expect(content).not.toContain(`"${feed.mark(items)}"`);
}

/** Fetches a feed, and a newer one until the connection is cut off: the first stays. */
async function cutOffOnTheWay(feed: PublishedFeed): Promise<void> {
  publish(feed, usual);
  await refresh(feed.id);
  publish(feed, grown);
  server.fault = "cut";
  expect(await untilBegun(folder, () => refresh(feed.id))).toMatchObject({
    status: "kept",
    reason: expect.stringMatching(/\S/),
  });
  await expectItems(feed, usual);
  server.fault = "none";
}

it("every feed that is fetched as whole files is among those that are tested here", () => {
  const fetched = feeds.filter(({ mirror }) => mirror?.kind === "files").map(({ id }) => id);
  expect(publishedFeeds.map(({ id }) => id).sort()).toEqual(fetched.sort());
});

it.each(Object.entries(packedErrata))(
  "the packed errata of %s packages are those of the fixture",
  async (items, packed) => {
    async function* source() {
      yield Buffer.from(packed, "base64");
    }
    const bytes = await collectBytes(unbzip2(source(), "errata"), 1024 ** 2, () => new Error("too long"));
    expect(Buffer.from(bytes).toString()).toBe(errata(Number(items)));
  },
);

describe.each(publishedFeeds.map((feed) => [feed.id, feed] as const))("feed %s", (id, feed) => {
  it("is fetched once, then only when it changed", async () => {
    publish(feed, usual);
    expect(await refresh(id)).toEqual({ feed: id, status: "fetched" });
    expect(readdirSync(folder).sort()).toEqual([id, "feeds.json"].sort());
    await expectItems(feed, usual);
    const before = server.seen.length;
    expect(await refresh(id)).toEqual({ feed: id, status: "unchanged" });
    const asked = server.seen.slice(before).filter(({ status }) => status !== 404);
    expect(new Set(asked.map(({ status }) => status))).toEqual(new Set([304]));
    expect(asked).toHaveLength(Object.keys(feed.files(usual)).length);
    publish(feed, grown);
    expect(await refresh(id)).toEqual({ feed: id, status: "fetched" });
    expect(readdirSync(folder).sort()).toEqual([id, "feeds.json"].sort());
    await expectItems(feed, grown);
  });

  it("that is cut off on the way stays as it was, and only the rest is fetched next time", async () => {
    await cutOffOnTheWay(feed);
    const before = server.seen.length;
    expect(await refresh(id)).toEqual({ feed: id, status: "fetched" });
    expect(server.seen.slice(before).filter(({ status }) => status === 206)).toHaveLength(1);
    await expectItems(feed, grown);
  });

  it("that was published cut off, shrunken or as a page stays as it was", async () => {
    publish(feed, usual);
    await refresh(id);
    publish(feed, grown, (bytes) => bytes.subarray(0, Math.floor(bytes.length * 0.6)));
    expect(await refresh(id)).toMatchObject({ status: "kept", reason: expect.stringMatching(/\S/) });
    await expectItems(feed, usual);
    publish(feed, shrunken);
    expect(await refresh(id)).toMatchObject({ status: "kept", reason: expect.stringMatching(/ records, and had /) });
    await expectItems(feed, usual);
    publish(feed, grown, () => Buffer.from("<!doctype html><title>We are back soon</title>"));
    server.contentType = "text/html; charset=utf-8";
    expect(await refresh(id)).toMatchObject({ status: "kept", reason: expect.stringMatching(/\S/) });
    await expectItems(feed, usual);
    // What a server calls a file says nothing: its content counts.
    publish(feed, grown);
    expect(await refresh(id)).toEqual({ feed: id, status: "fetched" });
    await expectItems(feed, grown);
  });

  it("that was a page from the first is not there", async () => {
    publish(feed, usual, () => Buffer.from("<!doctype html><title>Sign in</title>"));
    expect(await refresh(id)).toMatchObject({ status: "failed", reason: expect.stringMatching(/\S/) });
    expect(existsSync(join(folder, id))).toBe(false);
    expect(existsSync(join(folder, "feeds.json"))).toBe(false);
    await expect(findFeeds(folder)).rejects.toMatchObject({ code: "TARGET_NOT_FOUND" });
  });

  it("is fetched from a mirror in a folder of a server, and asked nowhere else", async () => {
    publish(feed, usual, undefined, "/mirrors/advisories");
    expect(await refresh(id, { bases: new Map([[id, `${base}/mirrors/advisories/`]]) })).toMatchObject({
      status: "fetched",
    });
    expect(server.seen.every(({ path }) => path.startsWith("/mirrors/advisories/"))).toBe(true);
    await expectItems(feed, usual);
  });

  it("is read from a folder of files that somebody else fetched", async () => {
    const path = join(scratch, `own-${id}`);
    // Where files of one name differ by their folder, the folder comes along.
    const depth = feeds.find((one) => one.id === id)!.mirror!.urls.some((url) => url.includes("/{}/")) ? 2 : 1;
    const own = Object.entries(feed.files(usual)).map(
      ([name, bytes]) => [`${id}/${name.split("/").slice(-depth).join("/")}`, bytes] as const,
    );
    writeFiles(path, Object.fromEntries(own));
    for (const place of [path, join(path, id)]) expect(await contentAt(place, id)).toContain(feed.mark(usual - 1));
  });
});

/** Feeds that GitHub packs out of a repository when they are asked for. */
const packed = publishedFeeds.filter((feed) => Object.keys(feed.files(usual)).some((path) => path.endsWith(".tar.gz")));

describe.each(packed.map((feed) => [feed.id, feed] as const))("feed %s, packed on the way", (id, feed) => {
  beforeEach(() => {
    server.packsOnTheWay = true;
  });

  it("is fetched by way of a redirect, once, and then when it changed", async () => {
    publish(feed, usual);
    const started = Date.now();
    expect(await refresh(id)).toEqual({ feed: id, status: "fetched" });
    const note = JSON.parse(readFileSync(join(folder, "feeds.json"), "utf8"))[id];
    expect(Date.parse(note.date)).toBeGreaterThanOrEqual(started);
    expect(await refresh(id)).toEqual({ feed: id, status: "unchanged" });
    expect(server.seen.map(({ status }) => status)).toEqual([302, 200, 302, 304]);
    publish(feed, grown);
    expect(await refresh(id)).toEqual({ feed: id, status: "fetched" });
    await expectItems(feed, grown);
  });

  it("is fetched anew where it was cut off: nothing says that the rest is of the same archive", async () => {
    await cutOffOnTheWay(feed);
    expect(await refresh(id)).toEqual({ feed: id, status: "fetched" });
    expect(server.seen.at(-1)).toMatchObject({ status: 200, range: undefined });
    await expectItems(feed, grown);
  });

  // All of them are fetched by the same code, so that a few stand for the others.
  const faults = ["500", "403", "empty", "slow", "wrong-content", "loop"] as const;
  it.each(["pypa", "psf", "kubernetes", "kubernetes-list"].includes(id) ? faults : faults.slice(0, 1))(
    "stays as it was when the server answers %s",
    async (fault) => {
      publish(feed, usual);
      await refresh(id);
      publish(feed, grown);
      server.fault = fault;
      expect(await refresh(id)).toMatchObject({ status: "kept", reason: expect.stringMatching(/\S/) });
      await expectItems(feed, usual);
    },
  );

  it("is read from the archive itself, which is named for it or shows what it is", async () => {
    const own = feeds.find((one) => one.id === id)!;
    const [bytes] = Object.values(feed.files(usual));
    for (const name of own.names) {
      const path = writeFiles(join(scratch, `archives-${id}`, name), { [`${name}.tar.gz`]: bytes! });
      expect(await contentAt(join(path, `${name}.tar.gz`), id)).toContain(feed.mark(usual - 1));
      expect(await contentAt(path, id)).toContain(feed.mark(usual - 1));
    }
    const path = writeFiles(join(scratch, `archives-${id}`), { "download.tar.gz": bytes! });
    // This one has nothing of its own to be known by: it is read as the plain OSV documents that it holds.
    const known = id === "kubernetes-list" ? "osv" : id;
    expect(await contentAt(join(path, "download.tar.gz"), known)).toContain(feed.mark(usual - 1));
  });
});
