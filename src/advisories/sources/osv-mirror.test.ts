import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { FeedServer } from "../../../test/fakes/feed-server.ts";
import { AppError } from "../../core/errors.ts";
import { zipArchive } from "../../formats/zip.fixture.ts";
import { osvDocument, scratchFolder } from "../feed.fixture.ts";
import { feeds } from "../feeds/feeds.ts";
import { realDisk } from "../file/write.ts";
import { openAdvisories } from "../open.ts";
import { untilBegun } from "./begun.fixture.ts";
import { atEveryStep } from "./faulty-disk.fixture.ts";
import { feedFiles } from "./feed-files.ts";
import { changedSince, mostChanges, mostKept } from "./osv-mirror.ts";
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

async function refresh(feed: string, more: RefreshOptions = {}): Promise<FeedRefresh> {
  const [report] = await refreshFeeds(folder, { only: [feed], bases: new Map([[feed, base]]), patience: 400, ...more });
  return report as FeedRefresh;
}

/** An id and an ecosystem of a document of each feed, as OSV writes them, and the ecosystem as Plimsoll does. */
const documentsOf: Readonly<Record<string, readonly [id: string, osv: string, ours: string]>> = {
  "debian-osv": ["CVE-2024-1111", "Debian:12", "debian:12"],
  "ubuntu-osv": ["UBUNTU-CVE-2024-1111", "Ubuntu:22.04:LTS", "ubuntu:22.04"],
  "redhat-osv": ["RHSA-2024:1111", "Red Hat:enterprise_linux:9::baseos", "rhel"],
  almalinux: ["ALSA-2024:1111", "AlmaLinux:9", "almalinux:9"],
  rocky: ["RLSA-2024:1111", "Rocky Linux:9", "rocky:9"],
  "ghsa-npm": ["GHSA-2222", "npm", "npm"],
  "ghsa-pypi": ["PYSEC-2024-1", "PyPI", "pypi"],
  "ghsa-maven": ["GHSA-2222", "Maven", "maven"],
  "ghsa-golang": ["GO-2024-1111", "Go", "golang"],
  "ghsa-cargo": ["RUSTSEC-2024-0001", "crates.io", "cargo"],
  "ghsa-gem": ["GHSA-2222", "RubyGems", "gem"],
  "ghsa-composer": ["GHSA-2222", "Packagist", "composer"],
  "ghsa-nuget": ["GHSA-2222", "NuGet", "nuget"],
  bitnami: ["BIT-redis-2024-1111", "Bitnami", "bitnami"],
  "osv-hex": ["EEF-CVE-2024-1111", "Hex", "hex"],
  "osv-pub": ["GHSA-2222", "Pub", "pub"],
  "osv-githubactions": ["GHSA-2222", "GitHub Actions", "githubactions"],
  "osv-swift": ["GHSA-2222", "SwiftURL", "swift"],
  "osv-cran": ["RSEC-2023-1", "CRAN", "cran"],
  "osv-hackage": ["HSEC-2023-0001", "Hackage", "hackage"],
};

it("every feed that is fetched by OSV's lists of changes is among those that are tested here", () => {
  const fetched = feeds.filter(({ mirror }) => mirror?.kind === "osv").map(({ id }) => id);
  expect(Object.keys(documentsOf).sort()).toEqual(fetched.sort());
});

describe.each(Object.entries(documentsOf))("feed %s", (feed, [id, ecosystem, ours]) => {
  const path = decodeURI(new URL(feeds.find((one) => one.id === feed)!.mirror!.urls[0]!).pathname);
  const beside = path.slice(0, path.lastIndexOf("/"));
  const document = (fixed: string) => osvDocument(id, ecosystem, "example.org/thing", fixed);
  const filler = (index: number) => osvDocument(`${id}${index}`, ecosystem, "example.org/other", "1.0.0");
  const archive = (fixed: string, others = 20) =>
    zipArchive(
      {
        [`${id}.json`]: Buffer.from(document(fixed)),
        ...Object.fromEntries(
          Array.from({ length: others }, (_, index) => [`${id}${index}.json`, Buffer.from(filler(index))]),
        ),
      },
      { deflated: true },
    );

  async function fixed(): Promise<(string | undefined)[]> {
    const store = await openAdvisories(folder);
    await store.prepare([ours]);
    return store.records(ours, "example.org/thing").map(({ ranges }) => ranges[0]?.fixed);
  }

  it("is fetched whole, then by its changes; cut off or as a page they change nothing", async () => {
    server.put(path, archive("1.0.0"));
    server.put(`${beside}/modified_id.csv`, `2025-01-01T00:00:00Z,${id}\n`);
    expect(await refresh(feed)).toEqual({ feed, status: "fetched" });
    expect(await refresh(feed)).toEqual({ feed, status: "unchanged" });
    server.put(`${beside}/modified_id.csv`, `2025-03-06T00:00:00Z,${id}\n`);
    server.put(`${beside}/${id}.json`, document("2.0.0"));
    for (const fault of ["cut", "wrong-content", "empty", "500"] as const) {
      server.fault = fault;
      expect(await refresh(feed)).toMatchObject({ status: "kept", reason: expect.stringMatching(/\S/) });
      expect(await fixed()).toEqual(["1.0.0"]);
    }
    server.fault = "none";
    expect(await refresh(feed)).toEqual({ feed, status: "fetched" });
    expect(await fixed()).toEqual(["2.0.0"]);
    server.put(path, archive("3.0.0", 10));
    expect(await refresh(feed, { force: true })).toMatchObject({ status: "fetched" });
    expect(await fixed()).toEqual(["3.0.0"]);
  });

  it("is fetched from a mirror in a folder of a server; what was cut off is continued", async () => {
    const bases = new Map([[feed, `${base}/mirror`]]);
    server.put(`/mirror${path}`, archive("1.0.0"));
    server.fault = "cut";
    expect(await untilBegun(folder, () => refresh(feed, { bases }))).toMatchObject({ status: "failed" });
    expect(existsSync(join(folder, feed))).toBe(false);
    server.fault = "none";
    expect(await refresh(feed, { bases })).toMatchObject({ status: "fetched" });
    expect(server.seen.at(-1)).toMatchObject({ status: 206 });
    expect(await fixed()).toEqual(["1.0.0"]);
  });
});

const list = "/npm/modified_id.csv";
const npm = (index: number, fixed: string) => osvDocument(`GHSA-${index}`, "npm", `package-${index}`, fixed);

/** Which versions fix the packages, as a reader finds it; those of other packages are empty. */
async function fixes(): Promise<string> {
  const store = await openAdvisories(folder);
  await store.prepare(["npm"]);
  return [0, 1, 2, 3, 9].map((index) => store.records("npm", `package-${index}`)[0]?.ranges[0]?.fixed ?? "").join(" ");
}

async function publishedOnce(): Promise<void> {
  const documents = [0, 1, 2, 3].map((index) => [`GHSA-${index}.json`, Buffer.from(npm(index, "1"))] as const);
  server.put("/npm/all.zip", zipArchive(Object.fromEntries(documents)));
  server.put(list, "2025-01-01T00:00:00Z,GHSA-0\n");
  expect(await refresh("ghsa-npm")).toMatchObject({ status: "fetched" });
}

/** Publishes new versions of documents, newest first. */
function change(day: string, ...changed: readonly (readonly [index: number, fixed: string])[]): void {
  server.put(list, changed.map(([index]) => `${day}T00:00:00Z,GHSA-${index}\n`).join(""));
  for (const [index, fixed] of changed) server.put(`/npm/GHSA-${index}.json`, npm(index, fixed));
}

describe("documents that changed", () => {
  const noteOf = () => JSON.parse(readFileSync(join(folder, "feeds.json"), "utf8"))["ghsa-npm"];
  const changesIn = () => readdirSync(join(folder, "ghsa-npm")).filter((name) => name.startsWith("changes"));

  it("come all at once or not at all, whatever befalls the disk and whenever", async () => {
    await publishedOnce();
    change("2025-03-05", [1, "2"], [2, "2"]);
    expect(await refresh("ghsa-npm")).toMatchObject({ status: "fetched" });
    change("2025-03-06", [3, "3"], [1, "3"]);
    expect(await refresh("ghsa-npm")).toMatchObject({ status: "fetched" });
    const [before, after] = ["1 3 2 3 ", "4 4 2 3 4"];
    expect(await fixes()).toBe(before);
    change("2025-03-07", [0, "4"], [1, "4"], [9, "4"]);
    const whole = folder;
    const seen = new Set<string>();
    const steps = await atEveryStep(
      () => {
        folder = join(scratch, `step-${count++}`);
        cpSync(whole, folder, { recursive: true });
      },
      (disk) => refresh("ghsa-npm", { disk }),
      async (where) => {
        const found = await fixes();
        seen.add(found);
        expect([before, after], where).toContain(found);
        // What is dated new is new: an update would not ask for it again.
        if (found === before) expect(noteOf().date, where).toBe("2025-03-06T00:00:00Z");
        expect(await refresh("ghsa-npm"), where).not.toHaveProperty("reason");
        expect(await fixes(), where).toBe(after);
        expect(noteOf().date, where).toBe("2025-03-07T00:00:00Z");
        expect(
          readdirSync(folder).filter((name) => !name.includes(".unfinished-")),
          where,
        ).toEqual(["feeds.json", "ghsa-npm"]);
        expect(changesIn().length, where).toBeLessThanOrEqual(2);
        rmSync(folder, { recursive: true });
      },
    );
    expect([...seen].sort()).toEqual([before, after]);
    expect(steps).toEqual([
      ...["remove", "write", "write", "write", "link", "link", "syncFolder", "rename", "syncFolder", "remove"],
      ...["write", "rename"],
    ]);
  }, 60_000);

  it("stay as they were all of them where one cannot be had", async () => {
    await publishedOnce();
    change("2025-03-07", [0, "4"], [1, "4"], [2, "4"]);
    server.files.delete("/npm/GHSA-1.json");
    expect(await refresh("ghsa-npm")).toMatchObject({ status: "kept", reason: expect.stringMatching(/GHSA-1/) });
    expect(await fixes()).toBe("1 1 1 1 ");
    server.put("/npm/GHSA-1.json", npm(1, "4"));
    expect(await refresh("ghsa-npm")).toMatchObject({ status: "fetched" });
    expect(await fixes()).toBe("4 4 4 1 ");
  });

  it("leave nothing behind on a full disk", async () => {
    await publishedOnce();
    change("2025-03-07", [0, "4"], [1, "4"]);
    const write = async () => {
      throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC", syscall: "write" });
    };
    expect(await refresh("ghsa-npm", { disk: { ...realDisk, write } })).toMatchObject({
      status: "kept",
      reason: expect.stringContaining("no space left"),
    });
    expect(readdirSync(folder).sort()).toEqual(["feeds.json", "ghsa-npm"]);
    expect(await fixes()).toBe("1 1 1 1 ");
  });

  it("are read as they were by whoever began before", async () => {
    await publishedOnce();
    change("2025-03-05", [1, "2"]);
    await refresh("ghsa-npm");
    const files = feedFiles(join(folder, "ghsa-npm"));
    const texts: string[] = [(await (await files.next()).value!.text()) as string];
    change("2025-03-06", [1, "3"], [9, "3"]);
    expect(await refresh("ghsa-npm")).toMatchObject({ status: "fetched" });
    for await (const file of files) {
      expect(file.path).not.toMatch(/changes-/);
      texts.push(await file.text());
    }
    expect(texts.filter((text) => text.includes("package-1")).map((text) => /"fixed":"(\d)"/.exec(text)?.[1])).toEqual([
      "2",
    ]);
    expect(texts.some((text) => text.includes("package-9"))).toBe(false);
  });

  it("come from a folder that has no number as well, and are fetched whole again when there are too many", async () => {
    await publishedOnce();
    mkdirSync(join(folder, "ghsa-npm", "changes"));
    writeFileSync(join(folder, "ghsa-npm", "changes", "GHSA-2.json"), npm(2, "2"));
    writeFileSync(join(folder, "ghsa-npm", "changes", "GHSA-3.json"), "");
    expect(await fixes()).toBe("1 1 2  ");
    change("2025-03-05", [1, "2"]);
    expect(await refresh("ghsa-npm")).toMatchObject({ status: "fetched" });
    expect(await fixes()).toBe("1 2 2  ");
    expect(changesIn()).toEqual(["changes", "changes-1"]);
    for (let index = 0; index < mostKept - 3; index++)
      writeFileSync(join(folder, "ghsa-npm", "changes-1", `GHSA-x${index}.json`), "");
    // Nothing newer is there: they are fetched singly all the same.
    change("2025-03-06", [1, "3"]);
    const before = server.seen.length;
    expect(await refresh("ghsa-npm")).toMatchObject({ status: "fetched" });
    expect(server.seen.slice(before).map(({ path, status }) => `${status} ${path}`)).toEqual([
      `200 ${list}`,
      "304 /npm/all.zip",
      `200 ${list}`,
      "200 /npm/GHSA-1.json",
    ]);
    expect(await fixes()).toBe("1 3 2  ");
    change("2025-03-07", [1, "4"]);
    server.put(
      "/npm/all.zip",
      zipArchive(Object.fromEntries([0, 1, 2, 3].map((index) => [`GHSA-${index}.json`, Buffer.from(npm(index, "5"))]))),
    );
    expect(await refresh("ghsa-npm")).toMatchObject({ status: "fetched" });
    expect(await fixes()).toBe("5 5 5 5 ");
    expect(changesIn()).toEqual([]);
  }, 60_000);
});

it("that lists changes from the time in which its archive was made is asked for these as well, once", async () => {
  const documents = [0, 1, 2, 3].map((index) => [`GHSA-${index}.json`, Buffer.from(npm(index, "1"))] as const);
  server.put("/npm/all.zip", zipArchive(Object.fromEntries(documents)), new Date("2025-03-06T12:00:00Z"));
  server.put(list, "2025-03-06T11:00:00Z,GHSA-1\n2025-03-06T05:00:00Z,GHSA-2\n");
  expect(await refresh("ghsa-npm")).toMatchObject({ status: "fetched" });
  server.put("/npm/GHSA-1.json", npm(1, "2"));
  expect(await refresh("ghsa-npm")).toMatchObject({ status: "fetched" });
  expect(await fixes()).toBe("1 2 1 1 ");
  expect(JSON.parse(readFileSync(join(folder, "feeds.json"), "utf8"))["ghsa-npm"].date).toBe(
    "2025-03-06T12:00:00.000Z",
  );
  expect(await refresh("ghsa-npm")).toEqual({ feed: "ghsa-npm", status: "unchanged" });
});

it("whose archive lost documents stays as it was, unless that is meant", async () => {
  const archiveOf = (count: number) =>
    zipArchive(
      Object.fromEntries(
        Array.from({ length: count }, (_, index) => [`GHSA-${index}.json`, Buffer.from(npm(index, `${count}`))]),
      ),
    );
  server.put("/npm/all.zip", archiveOf(30));
  server.put(list, "2025-01-01T00:00:00Z,GHSA-0\n");
  expect(await refresh("ghsa-npm")).toMatchObject({ status: "fetched" });
  const ids = Array.from({ length: mostChanges + 1 }, (_, index) => index);
  server.put(list, ids.map((index) => `2025-03-06T00:00:00Z,GHSA-${index}\n`).join(""));
  server.put("/npm/all.zip", archiveOf(20), new Date("2025-03-06T01:00:00Z"));
  expect(await refresh("ghsa-npm")).toMatchObject({ status: "kept", reason: expect.stringMatching(/20.*30|30.*20/) });
  expect(await fixes()).toBe("30 30 30 30 30");
  expect(await refresh("ghsa-npm", { force: true })).toMatchObject({ status: "fetched" });
  expect(await fixes()).toBe("20 20 20 20 20");
});

it("that lists more changes than are fetched singly is fetched whole", async () => {
  await publishedOnce();
  const ids = Array.from({ length: mostChanges + 1 }, (_, index) => index);
  server.put(list, ids.map((index) => `2025-03-06T00:00:00Z,GHSA-${index}\n`).join(""));
  const documents = [0, 1, 2, 3].map((index) => [`GHSA-${index}.json`, Buffer.from(npm(index, "6"))] as const);
  server.put("/npm/all.zip", zipArchive(Object.fromEntries(documents)), new Date("2025-03-06T01:00:00Z"));
  const before = server.seen.length;
  expect(await refresh("ghsa-npm")).toMatchObject({ status: "fetched" });
  expect(server.seen.slice(before).map(({ path }) => path)).toEqual([list, "/npm/all.zip"]);
  expect(await fixes()).toBe("6 6 6 6 ");
});

describe("a list of changes", () => {
  it("is read to the first entry that is known, each id once", () => {
    const text =
      "2025-03-06T00:00:00.5Z,GHSA-1\n2025-03-06T00:00:00Z,npm/GHSA-2\n2025-03-05T00:00:00Z,GHSA-1\n2025-03-01T00:00:00Z,GHSA-3\n";
    expect(changedSince(text, "2025-03-01T00:00:00.000Z", "list")).toEqual({
      ids: ["GHSA-1", "GHSA-2"],
      newest: "2025-03-06T00:00:00.5Z",
    });
  });

  it.each([
    ["is empty", "\n"],
    ["is a page", "<!doctype html>\n"],
    ["names a time that is none", "2025-99-99T00:00:00Z,GHSA-1\n"],
    ["names no id", "2025-03-06T00:00:00Z,\n"],
    ["names what is no id", "2025-03-06T00:00:00Z,GHSA 1\n"],
  ])("that %s is refused", (_, text) => {
    expect(() => changedSince(text, "2025-03-01T00:00:00Z", "list")).toThrow(AppError);
  });

  it("yields ids that are names of files and a time, or an AppError, whatever it holds", () => {
    const entry = fc
      .tuple(
        fc.constantFrom("2025-03-06T00:00:00Z", "2025-03-06T25:00:00Z", "2024-01-01T00:00:00Z", ""),
        fc.constantFrom("GHSA-1", "../GHSA-1", "..", "a/b/GHSA-2", ""),
      )
      .map(([time, id]) => `${time},${id}`);
    fc.assert(
      fc.property(fc.array(fc.oneof(entry, fc.string())), (lines) => {
        try {
          const { ids, newest } = changedSince(lines.join("\n"), "2025-03-01T00:00:00Z", "list");
          for (const id of ids) expect(`${id}.json`).not.toMatch(/[/\\]|^\.{1,2}$/);
          expect(Date.parse(newest)).not.toBeNaN();
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
    );
  });
});
