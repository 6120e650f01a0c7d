import { rmSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { zipArchive } from "../../formats/zip.fixture.ts";
import { osvDocument, scratchFolder, smallFeeds, writeFiles } from "../feed.fixture.ts";
import { AdvisoryTables } from "../memory-store.ts";
import { digestOf, findFeeds, readFeed } from "./feed-source.ts";

const scratch = scratchFolder();
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let count = 0;
const folderOf = (files: Readonly<Record<string, string | Uint8Array>>) =>
  writeFiles(join(scratch, String(count++)), files);

const secdb = JSON.stringify({
  distroversion: "v3.18",
  packages: [{ pkg: { name: "musl", secfixes: { "1-r0": ["CVE-2020-1111"] } } }],
});
const kev = JSON.stringify({ vulnerabilities: [{ cveID: "CVE-2024-1111", dateAdded: "2024-01-01" }] });
const page = "---\npermalink: /debian\nreleases:\n  - releaseCycle: 12\n    eol: false\n---\n";

describe("feeds are found", () => {
  it.each([
    ["by the name of a folder", { "alpine_secdb/v3.18/main.json": secdb }, ["alpine-secdb"]],
    [
      "by the name of an archive",
      { "ghsa_npm.zip": zipArchive({ "a.json": Buffer.from(osvDocument("GHSA-1", "npm", "a", "1")) }) },
      ["ghsa-npm"],
    ],
    [
      "by content, whatever the file is called",
      { "data.json": secdb, "more.json": kev, "x.json": osvDocument("GHSA-1", "npm", "a", "1") },
      ["alpine-secdb", "kev", "ghsa-npm"],
    ],
    ["by content in a folder of another name", { "things/debian.md": page }, ["eol"]],
    [
      "by content in an archive of another name",
      { "all.zip": zipArchive({ "DSA-1.json": Buffer.from(osvDocument("DSA-1", "Debian:12", "a", "1")) }) },
      ["debian-osv"],
    ],
    ["in a compressed file", { "kev.json.gz": gzipSync(kev) }, ["kev"]],
    [
      "among files that are none",
      { "README.md": "words", "notes.txt": "words", "kev.json": kev, ".hidden/main.json": secdb },
      ["kev"],
    ],
  ])("%s", async (_, files, expected) => {
    const folder = folderOf(files);
    expect((await findFeeds(folder)).map(({ feed }) => feed.id)).toEqual(expected);
  });

  it("when the path is the feed itself", async () => {
    const folder = smallFeeds(join(scratch, "small"));
    for (const name of ["alpine_secdb", "kev/known_exploited_vulnerabilities.json", "eol", "debian_osv"])
      expect(await findFeeds(join(folder, name))).toHaveLength(1);
  });

  it("nowhere: says so with a hint", async () => {
    await expect(findFeeds(folderOf({ "readme.txt": "nothing" }))).rejects.toMatchObject({
      code: "TARGET_NOT_FOUND",
      hint: expect.any(String),
    });
    await expect(findFeeds(join(scratch, "missing"))).rejects.toMatchObject({ code: "TARGET_NOT_FOUND" });
  });
});

describe("broken files", () => {
  const documents = (good: number, bad: number) =>
    folderOf(
      Object.fromEntries(
        Array.from({ length: good + bad }, (_, index) => [
          `ghsa_npm/${index}.json`,
          index < good ? osvDocument(`GHSA-${index}`, "npm", "a", "1") : "{ broken",
        ]),
      ),
    );
  it("are reported by name and left out up to one in 200", async () => {
    const [source] = await findFeeds(documents(399, 1));
    const reading = await readFeed(source!, new AdvisoryTables());
    expect(reading).toMatchObject({ files: 400, records: 399 });
    expect(reading.broken).toEqual([{ path: "399.json", reason: "399.json: is no JSON document" }]);
  });
  it("refuse the feed beyond that, and so does a feed without content", async () => {
    const [source] = await findFeeds(documents(398, 2 + 1));
    await expect(readFeed(source!, new AdvisoryTables())).rejects.toMatchObject({
      code: "CORRUPT_INPUT",
      message: expect.stringMatching(/3 of 401 files cannot be read; the first: 398\.json/),
    });
    const [empty] = await findFeeds(folderOf({ "ghsa_npm/a.json": osvDocument("GHSA-1", "PyPI", "elsewhere", "1") }));
    await expect(readFeed(empty!, new AdvisoryTables())).rejects.toMatchObject({
      message: expect.stringMatching(/holds no record/),
    });
  });
});

it("the digest of feeds depends on what they hold, not on where they are", async () => {
  const one = await digestOf(await findFeeds(smallFeeds(join(scratch, "one"))));
  expect(await digestOf(await findFeeds(smallFeeds(join(scratch, "two"))))).toBe(one);
  expect(await digestOf(await findFeeds(smallFeeds(join(scratch, "three"), { fixed: "9" })))).not.toBe(one);
});
