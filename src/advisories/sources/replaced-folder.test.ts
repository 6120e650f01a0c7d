import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { FeedServer } from "../../../test/fakes/feed-server.ts";
import { scratchFolder, writeFiles } from "../feed.fixture.ts";
import { openAdvisories } from "../open.ts";
import { atEveryStep } from "./faulty-disk.fixture.ts";
import { findFeeds } from "./feed-source.ts";
import { refreshFeeds } from "./refresh.ts";
import { mendPlace, movedAside, takePlace } from "./replaced-folder.ts";

const scratch = scratchFolder();
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let count = 0;

/** A folder with a feed and a newer one of it that is about to take its place. */
function folders(): { folder: string; staging: string; target: string } {
  const folder = join(scratch, `place-${count++}`);
  writeFiles(folder, { "feed/a.json": "old", "feed/b.json": "old", ".feed.part/a.json": "new" });
  return { folder, staging: join(folder, ".feed.part"), target: join(folder, "feed") };
}
const contentOf = (folder: string) =>
  readdirSync(folder)
    .sort()
    .map((name) => `${name} ${readFileSync(join(folder, name), "utf8")}`);
const old = ["a.json old", "b.json old"];
const fresh = ["a.json new"];

describe("a folder", () => {
  it("takes the place of another, or of none", async () => {
    const { folder, staging, target } = folders();
    await takePlace(staging, target);
    expect(readdirSync(folder)).toEqual(["feed"]);
    expect(contentOf(target)).toEqual(fresh);
    const empty = folders();
    rmSync(empty.target, { recursive: true });
    await takePlace(empty.staging, empty.target);
    expect(contentOf(empty.target)).toEqual(fresh);
  });

  it("is whole, old or new, after the next look, whatever befalls the disk and whenever", async () => {
    let place = folders();
    const steps = await atEveryStep(
      () => {
        place = folders();
      },
      (disk) => takePlace(place.staging, place.target, disk).catch(() => undefined),
      async (where) => {
        await mendPlace(place.target);
        expect([old, fresh], where).toContainEqual(contentOf(place.target));
        // A staging folder that took its place is gone; else it is there to be tried again.
        if (existsSync(place.staging)) await takePlace(place.staging, place.target);
        expect(contentOf(place.target), where).toEqual(fresh);
        expect(readdirSync(place.folder), where).toEqual(["feed"]);
      },
    );
    expect(steps).toEqual(["syncFolder", "rename", "rename", "syncFolder", "rename", "remove"]);
  });

  it("that was half removed is not brought back", async () => {
    const { folder, target } = folders();
    mkdirSync(join(folder, ".feed.dropped"));
    rmSync(target, { recursive: true });
    await mendPlace(target);
    expect(readdirSync(folder)).toEqual([".feed.part"]);
  });

  it.each([
    [".feed.old", "feed"],
    [".feed.part", undefined],
    ["feed.old", undefined],
    ["..old", undefined],
    ["feed", undefined],
  ])("named %s was moved aside for %s", (name, expected) => expect(movedAside(name)).toBe(expected));
});

describe("a feed of whole files", () => {
  const path = "/sites/default/files/feeds/known_exploited_vulnerabilities.json";
  const kev = (entries: number) =>
    JSON.stringify({
      vulnerabilities: Array.from({ length: entries }, (_, index) => ({
        cveID: `CVE-2024-${1000 + index}`,
        dateAdded: "2024-01-02",
      })),
    });

  it("is read whole, old or new, at every moment of an update, and dated new only where it is", async () => {
    const server = new FeedServer();
    const bases = new Map([["kev", await server.start()]]);
    const whole = join(scratch, "whole");
    const update = (folder: string, more = {}) =>
      refreshFeeds(folder, { only: ["kev"], bases, patience: 400, ...more });
    try {
      server.put(path, kev(100), new Date("2025-01-01T00:00:00Z"));
      await update(whole);
      server.put(path, kev(110), new Date("2025-02-02T00:00:00Z"));
      let folder = whole;
      const isNew = async () => (await openAdvisories(folder)).facts("CVE-2024-1109") !== undefined;
      await atEveryStep(
        () => {
          folder = join(scratch, `kev-${count++}`);
          cpSync(whole, folder, { recursive: true });
        },
        (disk) => update(folder, { disk }),
        async (where) => {
          const store = await openAdvisories(folder);
          expect(store.facts("CVE-2024-1099"), where).toBeDefined();
          if (!(await isNew())) expect(store.stamp.date, where).toBe("2025-01-01T00:00:00.000Z");
          expect(await update(folder), where).toMatchObject([
            { status: expect.stringMatching(/^(fetched|unchanged)$/) },
          ]);
          expect(await isNew(), where).toBe(true);
          expect((await openAdvisories(folder)).stamp.date, where).toBe("2025-02-02T00:00:00.000Z");
          expect(
            readdirSync(folder).filter((name) => !name.includes(".unfinished-")),
            where,
          ).toEqual(["feeds.json", "kev"]);
        },
      );
    } finally {
      await server.stop();
    }
  });

  it("that was moved aside counts while nothing is in its place", async () => {
    const folder = writeFiles(join(scratch, "aside"), { "kev/known_exploited_vulnerabilities.json": kev(100) });
    const found = async () => (await findFeeds(folder)).map(({ feed, path }) => [feed.id, path.slice(folder.length)]);
    writeFiles(folder, { ".kev.old/known_exploited_vulnerabilities.json": kev(90) });
    expect(await found()).toEqual([["kev", "/kev"]]);
    rmSync(join(folder, "kev"), { recursive: true });
    expect(await found()).toEqual([["kev", "/.kev.old"]]);
    renameSync(join(folder, ".kev.old"), join(folder, ".kev.dropped"));
    await expect(findFeeds(folder)).rejects.toMatchObject({ code: "TARGET_NOT_FOUND" });
  });
});
