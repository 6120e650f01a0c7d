import { describe, expect, it } from "vitest";
import { fakeStore, record } from "../../../test/fakes/advisory-store.ts";
import { installed, linux, matched, rows } from "../../../test/fakes/matching.ts";
import { traceVulnerability } from "./trace.ts";

const debian = (release: string) => linux("debian", release);
const apart = (report: ReturnType<typeof matched>) =>
  report.suppressed.map(({ match, status }) => `${match.package} ${match.id} ${status}`);

describe("what Debian calls unimportant", () => {
  const tar = installed("deb", "tar", "1.34-1");
  const unimportant = record("debian:12", "tar", "CVE-2005-2541", undefined, {
    severity: "info",
    status: "unimportant",
  });

  it("is listed apart with Debian's word, and not as a match", () => {
    const report = matched([tar], debian("12"), { records: [unimportant] });
    expect(report.matches).toEqual([]);
    expect(report.suppressed).toMatchObject([
      {
        match: { id: "CVE-2005-2541", severity: "info" },
        status: "unimportant",
        reason: "Debian calls it unimportant for tar: without effect on security as it is built and used",
        source: "fake",
      },
    ]);
  });
  it("stays a match where it is known to be exploited", () => {
    const facts = { "CVE-2005-2541": { knownExploited: { since: "2024-01-01", ransomware: false } } };
    const report = matched([tar], debian("12"), { records: [unimportant], facts });
    expect(rows(report)).toEqual(["tar CVE-2005-2541 -"]);
    expect(report.suppressed).toEqual([]);
  });
  it("is so with more words beside it, and not with other words", () => {
    const record2 = (status: string) => record("debian:12", "tar", "CVE-2024-1", undefined, { status });
    expect(apart(matched([tar], debian("12"), { records: [record2("unimportant, no-dsa")] }))).toEqual([
      "tar CVE-2024-1 unimportant",
    ]);
    for (const status of ["no-dsa", "ignored", "postponed", "end-of-life", "low"])
      expect(rows(matched([tar], debian("12"), { records: [record2(status)] }))).toEqual(["tar CVE-2024-1 -"]);
  });
  it("tells that its maintainers dispute it; that alone sets nothing aside", () => {
    const disputed = (status: string) => record("debian:12", "tar", "CVE-2024-1", undefined, { status });
    const report = matched([tar], debian("12"), { records: [disputed("unimportant, disputed")] });
    expect(apart(report)).toEqual(["tar CVE-2024-1 unimportant"]);
    expect(report.suppressed[0]?.reason).toMatch(/; its maintainers dispute that it is a vulnerability$/);
    expect(rows(matched([tar], debian("12"), { records: [disputed("disputed")] }))).toEqual(["tar CVE-2024-1 -"]);
  });
  it("holds in a release that has an advisory only, by the records of the others", () => {
    const dla = record("debian:10", "tar", "DLA-1-1", "1.34-2", { related: ["CVE-2005-2541", "CVE-2024-2"] });
    const report = matched([tar], debian("10"), { records: [dla, unimportant] });
    expect(rows(report)).toEqual(["tar CVE-2024-2 1.34-2"]);
    expect(apart(report)).toEqual(["tar CVE-2005-2541 unimportant"]);
    expect(report.suppressed[0]?.reason).toMatch(/\(said of debian 12\)$/);
  });
  it("holds in a release whose record tells of the fix and rates nothing", () => {
    const fix = record("debian:11", "tar", "CVE-2005-2541", "1.34-2");
    expect(apart(matched([tar], debian("11"), { records: [fix, unimportant] }))).toEqual([
      "tar CVE-2005-2541 unimportant",
    ]);
    const open = record("debian:11", "tar", "CVE-2005-2541", undefined, { state: "unfixed" });
    expect(rows(matched([tar], debian("11"), { records: [open, unimportant] }))).toEqual(["tar CVE-2005-2541 -"]);
  });
  it("does not outweigh what the release itself says", () => {
    const own = record("debian:10", "tar", "CVE-2005-2541", undefined, { severity: "high" });
    expect(rows(matched([tar], debian("10"), { records: [own, unimportant] }))).toEqual(["tar CVE-2005-2541 -"]);
  });
  it("says nothing about another source package or another distribution", () => {
    const cpio = record("debian:10", "cpio", "DLA-1-1", "9", { related: ["CVE-2005-2541"] });
    const report = matched([installed("deb", "cpio", "1")], debian("10"), { records: [cpio, unimportant] });
    expect(rows(report)).toEqual(["cpio CVE-2005-2541 9"]);
    const ubuntu = record("ubuntu:22.04", "tar", "CVE-2005-2541", undefined, { status: "unimportant" });
    expect(rows(matched([tar], linux("ubuntu", "22.04"), { records: [ubuntu] }))).toEqual(["tar CVE-2005-2541 -"]);
  });
  it("is told by explain", async () => {
    const store = fakeStore({ records: [unimportant] });
    const trace = await traceVulnerability("CVE-2005-2541", { packages: [tar] }, debian("12"), store);
    expect(trace).toMatchObject({
      answer: "CVE-2005-2541 is set aside (unimportant) for tar 1.34-1",
      packages: [
        { verdict: "suppressed", status: "unimportant", because: expect.stringMatching(/^fake: Debian calls/) },
      ],
    });
  });
  it("is taken back by VEX first", () => {
    const vex = [
      {
        vulnerability: "CVE-2005-2541",
        aliases: [],
        products: ["pkg:deb/tar"],
        subcomponents: [],
        status: "not_affected" as const,
        document: "d",
      },
    ];
    expect(matched([tar], debian("12"), { records: [unimportant] }, { vex }).suppressed).toMatchObject([
      { status: "not_affected", source: "d" },
    ]);
  });
});

describe("what the Go team left out", () => {
  const ghsa = record("golang", "k8s.io/kubernetes", "GHSA-aaaa-bbbb-cccc", "1.23.0", { aliases: ["CVE-2021-1"] });
  const excluded = record("golang", "k8s.io/kubernetes", "GO-2023-1", undefined, {
    aliases: ["CVE-2021-1", "GHSA-aaaa-bbbb-cccc"],
    source: "govulndb",
    ranges: [],
    notAffected: true,
    state: "fixed",
    status: "not importable",
  });
  const module = (main: boolean) =>
    installed("golang", "k8s.io/kubernetes", "v1.21.9", { properties: main ? { main: "yes" } : {} });
  const tool = installed("golang", "k8s.io/kubernetes", "v1.21.9", { properties: { program: "yes" } });

  it("is listed apart in a program that uses the module as a library", () => {
    const report = matched([module(false)], undefined, { records: [ghsa, excluded] });
    expect(report.matches).toEqual([]);
    expect(apart(report)).toEqual(["k8s.io/kubernetes CVE-2021-1 not importable"]);
  });
  it("is a match in the module's own program", () => {
    for (const own of [module(true), tool])
      expect(rows(matched([own], undefined, { records: [ghsa, excluded] }))).toEqual([
        "k8s.io/kubernetes CVE-2021-1 1.23.0",
      ]);
  });
  it("is found by the GHSA id where neither names a CVE", () => {
    const report = matched([module(false)], undefined, {
      records: [
        { ...ghsa, aliases: [] },
        { ...excluded, aliases: ["GHSA-aaaa-bbbb-cccc"] },
      ],
    });
    expect(rows(report)).toEqual([]);
    expect(report.suppressed).toHaveLength(1);
  });
  it("is a match in a container engine, which has those parts in itself", () => {
    const path = "usr/bin/k3s";
    const main = installed("golang", "github.com/k3s-io/k3s", "v1.30.0", {
      properties: { main: "yes" },
      foundIn: [path],
    });
    const library = installed("golang", "k8s.io/kubernetes", "v1.21.9", { foundIn: [path] });
    expect(rows(matched([main, library], undefined, { records: [ghsa, excluded] }))).toEqual([
      "k8s.io/kubernetes CVE-2021-1 1.23.0",
    ]);
    const other = { ...main, name: "github.com/example/tool" };
    expect(apart(matched([other, library], undefined, { records: [ghsa, excluded] }))).toHaveLength(1);
  });
  it("says nothing about other vulnerabilities, and nothing alone", () => {
    const other = record("golang", "k8s.io/kubernetes", "GHSA-xxxx-yyyy-zzzz", "2.0.0", { aliases: ["CVE-2021-2"] });
    expect(rows(matched([module(false)], undefined, { records: [ghsa, excluded, other] }))).toEqual([
      "k8s.io/kubernetes CVE-2021-2 2.0.0",
    ]);
    expect(matched([module(false)], undefined, { records: [excluded] })).toMatchObject({ matches: [], suppressed: [] });
  });
});

describe("what the Go team limits to other operating systems", () => {
  const bitnami = record("bitnami", "golang", "BIT-golang-2021-3115", "1.14.14", { aliases: ["CVE-2021-3115"] });
  const windows = record("golang", "toolchain", "GO-2021-0068", undefined, {
    aliases: ["CVE-2021-3115"],
    source: "govulndb",
    ranges: [],
    notAffected: true,
    state: "fixed",
    status: "only on windows",
  });
  it("is listed apart in the Go distribution on Linux", () => {
    const go = installed("generic", "go", "1.14");
    expect(rows(matched([go], undefined, { records: [bitnami] }))).toHaveLength(1);
    const report = matched([go], undefined, { records: [bitnami, windows] });
    expect(rows(report)).toEqual([]);
    expect(report.suppressed).toMatchObject([
      { status: "only on windows", reason: "the Go team found that it is there on windows only", source: "govulndb" },
    ]);
  });
});

describe("a part of a source without code", () => {
  const advisory = record("debian:12", "ncurses", "CVE-2024-1", "6.5-1");
  const part = (name: string, content?: string) =>
    installed("deb", name, "6.4-4", {
      sourceName: "ncurses",
      sourceVersion: "6.4-4",
      properties: content === undefined ? {} : { content },
    });

  it("is listed apart, and the part with the code is a match", () => {
    const report = matched([part("ncurses-base", "data"), part("libtinfo6")], debian("12"), { records: [advisory] });
    expect(rows(report)).toEqual(["libtinfo6 CVE-2024-1 6.5-1"]);
    expect(report.suppressed).toMatchObject([
      {
        status: "no code",
        reason:
          "ncurses-base holds texts, settings or tables of ncurses and none of its code, by its list of installed files",
      },
    ]);
  });
  it("is a match where its files are not known, where it is the whole source, and where the vulnerability is known to be exploited", () => {
    const facts = { "CVE-2024-1": { knownExploited: { since: "2024-01-01", ransomware: false } } };
    expect(rows(matched([part("ncurses-base")], debian("12"), { records: [advisory] }))).toHaveLength(1);
    expect(rows(matched([part("ncurses", "data")], debian("12"), { records: [advisory] }))).toHaveLength(1);
    expect(rows(matched([part("ncurses-base", "data")], debian("12"), { records: [advisory], facts }))).toHaveLength(1);
  });
});

describe("malware of a registry", () => {
  const malware = record("npm", "docs", "MAL-2022-1", undefined, { malicious: true });
  it("is not the package of that name that marks itself private", () => {
    const own = installed("npm", "docs", "0.1.0", { properties: { private: "yes" } });
    expect(rows(matched([own], undefined, { records: [malware] }))).toEqual([]);
    expect(rows(matched([{ ...own, properties: {} }], undefined, { records: [malware] }))).toEqual([
      "docs MAL-2022-1 -",
    ]);
  });
});
