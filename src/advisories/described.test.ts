import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installed, linux } from "../../test/fakes/matching.ts";
import { osvDocument, scratchFolder, writeFiles } from "./feed.fixture.ts";
import { buildAdvisories } from "./file/build.ts";
import { FileStore } from "./file-store.ts";
import { matchInventory } from "./matching/match-inventory.ts";
import { publishFile } from "./publish.ts";
import { findFeeds } from "./sources/feed-source.ts";

const scratch = scratchFolder();
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe("what the sources of a built file say of a CVE whoever is affected", () => {
  let store: FileStore;
  beforeAll(async () => {
    const debian = (id: string, more: object) => osvDocument(id, "Debian:12", "busybox", "9", more);
    const folder = writeFiles(join(scratch, "feeds"), {
      "alpine_secdb/v3.18/main.json": JSON.stringify({
        reponame: "main",
        distroversion: "v3.18",
        packages: [
          {
            pkg: { name: "busybox", secfixes: { "2.0-r0": ["CVE-2021-1", "CVE-2021-2", "CVE-2021-3", "CVE-2021-4"] } },
          },
        ],
      }),
      "debian_osv/CVE-2021-1.json": debian("CVE-2021-1", {
        details: "A flaw in the awk applet. More of it.",
        severity: [{ type: "CVSS_V3", score: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H" }],
      }),
      "debian_osv/CVE-2021-2.json": debian("CVE-2021-2", { details: "Another flaw." }),
      "debian_osv/CVE-2021-4.json": debian("CVE-2021-4", { details: "Taken back.", withdrawn: "2024-01-01T00:00:00Z" }),
    });
    const file = join(scratch, "advisories.plim");
    await publishFile(await buildAdvisories(await findFeeds(folder)), file);
    store = FileStore.open(file);
  });
  afterAll(() => store.close());

  it("is a title and vectors, where one of them files it under the CVE and has not taken it back", () => {
    expect(store.described("CVE-2021-1")).toMatchObject({
      title: "A flaw in the awk applet",
      cvss: [{ vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", source: "nvd" }],
    });
    expect(store.described("CVE-2021-2")).toEqual({ title: "Another flaw." });
    for (const id of ["CVE-2021-3", "CVE-2021-4", "CVE-1999-1"]) expect(store.described(id)).toEqual({});
  });
  it("gives Alpine's records, which have neither, a title and a rating", () => {
    const { matches } = matchInventory(
      { packages: [installed("apk", "busybox", "1.0-r0")] },
      linux("alpine", "3.18.4"),
      store,
    );
    expect(matches.map(({ id, severity, severitySource, title }) => [id, severity, severitySource, title])).toEqual([
      ["CVE-2021-1", "critical", "cvss-v3.1", "A flaw in the awk applet"],
      ["CVE-2021-2", "medium", "none", "Another flaw."],
      ["CVE-2021-3", "medium", "none", undefined],
      ["CVE-2021-4", "medium", "none", undefined],
    ]);
  });
});
