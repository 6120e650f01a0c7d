import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sharedData } from "../../../test/shared-data.ts";
import { AppError } from "../../core/errors.ts";
import { tableOf, textOf } from "./feed.ts";
import { feeds } from "./feeds.ts";
import { read, records } from "./reading.fixture.ts";
import { type MadeNotice, updateinfoText } from "./updateinfo.fixture.ts";

const docker: MadeNotice = {
  id: "ALAS2DOCKER-2021-004",
  title: "Amazon Linux 2 - Docker: important priority package update for docker",
  severity: "important",
  updated: "2021-11-18 21:31:00",
  collection: ["amazon-linux-2---docker", "Amazon Linux 2 - Docker"],
  references: [["cve", "CVE-2018-15664"]],
  packages: [
    { name: "docker", epoch: "0", version: "18.06.1ce", release: "10.amzn2", arch: "aarch64" },
    { name: "docker", epoch: "0", version: "18.06.1ce", release: "10.amzn2" },
    { name: "docker-debuginfo", epoch: "0", version: "18.06.1ce", release: "10.amzn2" },
  ],
};
const dockerRecord = {
  id: "ALAS2DOCKER-2021-004",
  aliases: [],
  related: ["CVE-2018-15664"],
  source: "amazon",
  ecosystem: "amazon:2",
  package: "docker",
  ranges: [{ introduced: "0", fixed: "18.06.1ce-10.amzn2" }],
  state: "fixed",
  severity: "high",
  modified: "2021-11-18",
  conditions: { repository: "extras/docker" },
};

describe("Amazon Linux' repositories", () => {
  it("give the same records as the JSON of an advisory", () => {
    expect(records("amazon", "2/extras/docker/updateinfo.xml", updateinfoText([docker]))).toEqual([dockerRecord]);
    expect(
      records("amazon", "2/extras/docker/2021/ALAS2DOCKER-2021-004.json", {
        ID: docker.id,
        Severity: docker.severity,
        Updated: { Date: docker.updated },
        References: { Reference: [{ ID: "CVE-2018-15664", Type: "cve" }] },
        Pkglist: {
          Collection: {
            Package: docker.packages!.map(({ name, epoch, version, release }) => ({
              Name: name,
              Epoch: epoch,
              Version: version,
              Release: release,
            })),
          },
        },
      }),
    ).toEqual([dockerRecord]);
  });

  it.each([
    ["amazon-linux-2---docker", "amazon:2", "extras/docker"],
    ["amazon-linux-2", "amazon:2", "core"],
    ["amazon-linux-2023", "amazon:2023", "core"],
    ["amazon-linux-2023---kernel-livepatch", "amazon:2023", "kernel-livepatch"],
    ["amazon-linux-ami", "amazon:1", "updates"],
    ["amazon-linux", "amazon:1", "updates"],
  ])("are told by the collection %s where no folder does", (short, ecosystem, repository) => {
    const text = updateinfoText([{ ...docker, collection: [short, "x"] }]);
    expect(records("amazon", "updateinfo.xml", text)).toMatchObject([{ ecosystem, conditions: { repository } }]);
  });

  it("are refused where neither says", () => {
    const text = updateinfoText([{ ...docker, collection: ["elsewhere", "x"] }]);
    expect(() => read("amazon", "updateinfo.xml", text)).toThrow(/does not say which repository ALAS2DOCKER/);
  });

  const packed = sharedData("advisories/amazon.tar.xz");
  it.skipIf(!packed)(
    packed ? "agree with the packed JSON feed, advisory by advisory" : "the packed JSON feed (absent: data/advisories)",
    async () => {
      const { feedFiles, loaded } = await import("../sources/feed-files.ts");
      let compared = 0;
      let advisories = 0;
      for await (const file of feedFiles(packed as string)) {
        if (!/ALAS[^/]*\.json$/.test(file.path)) continue;
        if (++advisories % 20 !== 0) continue;
        const { path, text } = await loaded(file);
        const folder = path.replace(/\d{4}\/[^/]*$/, "");
        const expected = records("amazon", path, text);
        expect(records("amazon", `${folder}updateinfo.xml`, updateinfoText([madeOf(JSON.parse(text))]))).toEqual(
          expected,
        );
        compared += expected.length;
      }
      expect(compared).toBeGreaterThan(1_500);
    },
    60_000,
  );
});

/** The notice that the JSON of an advisory was made of. */
function madeOf(json: unknown): MadeNotice {
  const at = (value: unknown, ...names: string[]): unknown =>
    names.reduce((inner, name) => tableOf(inner)?.[name], value);
  const list = (value: unknown) => (Array.isArray(value) ? (value as unknown[]) : []);
  const text = (value: unknown, ...names: string[]) => textOf(at(value, ...names)) ?? "";
  return {
    id: text(json, "ID"),
    title: text(json, "Title"),
    severity: text(json, "Severity"),
    updated: text(json, "Updated", "Date"),
    collection: [text(json, "Pkglist", "Collection", "Short"), text(json, "Pkglist", "Collection", "Name")],
    references: list(at(json, "References", "Reference")).map((one) => [text(one, "Type"), text(one, "ID")] as const),
    packages: list(at(json, "Pkglist", "Collection", "Package")).map((one) => ({
      name: text(one, "Name"),
      epoch: text(one, "Epoch"),
      version: text(one, "Version"),
      release: text(one, "Release"),
      arch: text(one, "Arch"),
    })),
  };
}

describe("other distributions' repositories", () => {
  const lz4: MadeNotice = {
    id: "RLSA-2021:2575",
    title: "Moderate: lz4 security update",
    severity: "Moderate",
    release: "Rocky Linux 8",
    references: [["cve", "CVE-2021-3520"]],
    packages: [
      {
        name: "lz4-libs",
        epoch: "0",
        version: "1.8.3",
        release: "3.el8_4",
        arch: "i686",
        src: "lz4-1.8.3-3.el8_4.src.rpm",
      },
      { name: "lz4-devel", epoch: "0", version: "1.8.3", release: "3.el8_4", src: "lz4-1.8.3-3.el8_4.src.rpm" },
    ],
  };
  const of = (...notices: MadeNotice[]) =>
    records("updateinfo", "repodata/ab12-updateinfo.xml", updateinfoText(notices));

  it("are by source package where the distribution's advisories are", () => {
    expect(of(lz4)).toEqual([
      {
        id: "RLSA-2021:2575",
        aliases: [],
        related: ["CVE-2021-3520"],
        source: "updateinfo",
        ecosystem: "rocky:8",
        package: "lz4",
        ranges: [{ introduced: "0", fixed: "1.8.3-3.el8_4" }],
        state: "fixed",
        severity: "medium",
        title: "lz4 security update",
        modified: "2023-02-23",
      },
    ]);
    expect(of({ ...lz4, release: "AlmaLinux 9" }).map((one) => `${one.ecosystem} ${one.package}`)).toEqual([
      "almalinux:9 lz4-libs",
      "almalinux:9 lz4-devel",
    ]);
  });

  it("keep module streams and epochs, and take CVEs out of titles of bugs", () => {
    expect(
      of({
        id: "FEDORA-2024-1",
        release: "Fedora 40",
        status: "stable",
        module: ["ruby", "2.6"],
        references: [["bugzilla", "1692520", "CVE-2019-8324 rubygems: CVE-2019-8325 too"]],
        packages: [
          {
            name: "ruby",
            epoch: "1",
            version: "2.6.10",
            release: "109.module+el8",
            src: "ruby-2.6.10-109.module+el8.src.rpm",
          },
        ],
      }),
    ).toMatchObject([
      {
        ecosystem: "fedora:40",
        related: ["CVE-2019-8324", "CVE-2019-8325"],
        ranges: [{ introduced: "0", fixed: "1:2.6.10-109.module+el8" }],
        conditions: { module: "ruby:2.6" },
      },
    ]);
  });

  it("say nothing by bug fixes, retracted notices and releases that nobody asks for", () => {
    expect(
      of(
        { ...lz4, type: "bugfix" },
        { ...lz4, status: "retracted" },
        { ...lz4, release: "Fedora EPEL 9" },
        { ...lz4, release: "Tiny 1" },
      ),
    ).toEqual([]);
  });
});

describe("documents", () => {
  const text = updateinfoText([docker]);
  const path = "2/extras/docker/updateinfo.xml";

  it("are known by their beginning", () => {
    const known = (content: string) =>
      feeds.filter((feed) => feed.recognises({ path: "x.xml", text: content })).map(({ id }) => id);
    expect(known(text)).toEqual(["amazon"]);
    expect(known(updateinfoText([{ ...docker, id: "RLSA-2021:2575" }]))).toEqual(["updateinfo"]);
  });

  it.each([
    ["is cut off", text.slice(0, -30)],
    ["has another outermost element", "<oval_definitions/>"],
    ["has an update without id", text.replace(/<id>.*<\/id>/, "")],
    ["declares entities", text.replace("<updates>", '<!DOCTYPE updates [<!ENTITY a "b">]><updates>')],
  ])("that %s is CORRUPT_INPUT and named", (_, content) => {
    expect(() => read("amazon", path, content)).toThrow(expect.objectContaining({ code: "CORRUPT_INPUT" }));
    expect(() => read("amazon", path, content)).toThrow(path);
  });

  it("of any bytes yield records or an AppError", () => {
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(60), fc.string({ maxLength: 20 }), (at, length, put) => {
        try {
          read("amazon", path, text.slice(0, at) + put + text.slice(at + length));
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("made of notices read back as the same", () => {
    const name = fc
      .stringMatching(/^[a-z][a-z0-9+.&<"-]{0,10}$/)
      .filter((one) => !/-debug(info|source)(-|$)/.test(one));
    const version = fc.stringMatching(/^[1-9][0-9.]{0,6}$/);
    const part = fc.record({ name, version, release: version, epoch: fc.constantFrom("0", "1", "10") });
    const notice = fc.record({
      number: fc.nat(999),
      packages: fc.uniqueArray(part, { selector: (one) => one.name, maxLength: 5 }),
    });
    fc.assert(
      fc.property(fc.array(notice, { maxLength: 5 }), (notices) => {
        const made = notices.map(({ number, packages }) => ({ ...docker, id: `ALAS2-2024-${number}`, packages }));
        const found = records("amazon", path, updateinfoText(made)).map((one) => [
          one.id,
          one.package,
          one.ranges[0]?.fixed,
        ]);
        const expected = notices.flatMap(({ number, packages }) =>
          packages.map((one) => [
            `ALAS2-2024-${number}`,
            one.name,
            `${one.epoch === "0" ? "" : `${one.epoch}:`}${one.version}-${one.release}`,
          ]),
        );
        expect(found).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });
});
