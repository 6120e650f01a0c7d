import { describe, expect, it } from "vitest";
import { fakeStore, record } from "../../test/fakes/advisory-store.ts";
import { PurlMatcher } from "./match.ts";

const store = fakeStore({
  records: [
    record("npm", "minimist", "GHSA-xvch-5gv4-984h", "1.2.6", { aliases: ["CVE-2021-44906"], severity: "critical" }),
    record("debian:12", "openssl", "CVE-2023-5678", "3.0.13-1~deb12u1"),
    record("debian:12", "vim", "CVE-2021-3770", "2:8.2.2434-3+deb11u1"),
    record("debian:12", "linux", "CVE-2022-0185", "6.1.1-1", { severity: "high" }),
    record("debian:12", "tar", "CVE-2005-2541", undefined, { status: "unimportant" }),
    record("almalinux:8", "vim-minimal", "ALSA-2022:5242", "2:8.0.1763-19.el8_6.2", { related: ["CVE-2022-1621"] }),
  ],
});

async function asked(purls: readonly string[], options: { setAside?: boolean } = {}) {
  const complaints: string[] = [];
  const matcher = new PurlMatcher(store, options, (text) => void complaints.push(text));
  const text = await matcher.answer(purls.map((purl, index) => ({ text: purl, number: index + 1 })));
  const lines = text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { lines, complaints, tally: matcher.tally, summary: matcher.summary() };
}

describe("plimsoll match", () => {
  it("writes a line a match with id, aliases, fix and severity", async () => {
    expect((await asked(["pkg:npm/minimist@1.2.5"])).lines).toEqual([
      {
        purl: "pkg:npm/minimist@1.2.5",
        id: "CVE-2021-44906",
        aliases: ["GHSA-xvch-5gv4-984h"],
        advisory: "GHSA-xvch-5gv4-984h",
        source: "fake",
        fixedVersion: "1.2.6",
        severity: "critical",
        state: "fixed",
        priority: expect.any(Number),
        reasons: ["fixed in 1.2.6"],
      },
    ]);
  });
  it("reads the distribution, the source and the epoch from qualifiers, each package by itself", async () => {
    const { lines } = await asked([
      "pkg:deb/debian/libssl3@3.0.11-1?distro=debian-12&upstream=openssl",
      "pkg:rpm/almalinux/vim-minimal@8.0.1763-16.el8?epoch=2&distro=almalinux-8.6",
      "pkg:rpm/almalinux/vim-minimal@2:8.0.1763-16.el8?distro=almalinux-8.6",
      "pkg:deb/debian/vim@8.2.2434-3?epoch=2&distro=bookworm",
    ]);
    expect(lines).toMatchObject([
      { id: "CVE-2023-5678" },
      { id: "CVE-2022-1621", advisory: "ALSA-2022:5242", aliases: ["ALSA-2022:5242"] },
      { id: "CVE-2022-1621" },
      { id: "CVE-2021-3770" },
    ]);
    expect((await asked(["pkg:deb/debian/vim@8.2.2500-1?epoch=2&distro=debian-12"])).lines).toEqual([]);
    expect((await asked(["pkg:rpm/almalinux/vim-minimal@2:8.0.1763-20.el8?distro=almalinux-8"])).lines).toEqual([]);
  });
  it("says what it cannot judge rather than nothing", async () => {
    const { lines, tally, summary } = await asked([
      "pkg:deb/debian/libssl3@3.0.11-1?distro=debian-7",
      "pkg:deb/debian/openssl@3.0.11-1",
      "pkg:npm/minimist@latest",
      "pkg:npm/minimist",
      "pkg:oci/nginx@sha256%3A00",
    ]);
    expect(lines).toMatchObject(
      [
        { unjudged: "the advisory data holds nothing about debian 7" },
        { unjudged: /which release of debian/, remedy: "say which in the qualifier distro, as ?distro=debian-12" },
        { unjudged: "versions that their ecosystem's order does not know cannot be compared" },
        { unjudged: "packages without a version cannot be compared" },
        { unjudged: "no advisory source for packages of type oci is known" },
      ].map((line) => ({ ...line, unjudged: expect.stringMatching(line.unjudged) })),
    );
    expect(tally).toMatchObject({ asked: 5, judged: 0, refused: 0 });
    expect(summary).toContain("nothing could be judged");
  });
  it("is silent about what is clear", async () => {
    const { lines, tally, summary } = await asked(["", "# a remark", "pkg:npm/minimist@1.2.6"]);
    expect(lines).toEqual([]);
    expect(tally).toMatchObject({ asked: 1, judged: 1 });
    expect(summary).toBe("");
  });
  it("answers the others where a line is no package URL, and tells which it was", async () => {
    const { lines, complaints, tally } = await asked(["pkg:npm/minimist@1.2.5", "minimist", "pkg:npm/minimist@1.2.5"]);
    expect(lines).toMatchObject([
      { id: "CVE-2021-44906" },
      { purl: "minimist", unjudged: expect.stringContaining("is no package URL") },
      { id: "CVE-2021-44906" },
    ]);
    expect(complaints).toEqual([expect.stringMatching(/^plimsoll: line 2 of stdin: minimist: is no package URL: /)]);
    expect(tally).toMatchObject({ asked: 3, judged: 2, refused: 1 });
  });
  it("says why the vulnerabilities of headers do not count", async () => {
    const { lines } = await asked(["pkg:deb/debian/linux-libc-dev@5.10.46-4?distro=debian-12&upstream=linux"]);
    expect(lines).toMatchObject([
      {
        id: "CVE-2022-0185",
        severity: "info",
        reasons: expect.arrayContaining(["headers only: no kernel is installed here"]),
      },
    ]);
  });
  it("counts what publishers call harmless, and lists it where it is asked for", async () => {
    const purl = "pkg:deb/debian/tar@1.34-1?distro=debian-12";
    const silent = await asked([purl]);
    expect(silent.lines).toEqual([]);
    expect(silent.summary).toContain("1 set aside");
    expect((await asked([purl], { setAside: true })).lines).toMatchObject([
      { id: "CVE-2005-2541", setAside: { status: "unimportant" } },
    ]);
  });
});
