import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { installed, linux, matched } from "../../../test/fakes/matching.ts";
import { AppError } from "../../core/errors.ts";
import { osvDocument } from "../feed.fixture.ts";
import type { AdvisoryRecord } from "../record.ts";
import { records } from "./reading.fixture.ts";

const json = (releases: object, more: object = {}, id = "CVE-2023-1111", name = "foot") =>
  records("debian-json", "json", { [name]: { [id]: { description: "A flaw. More.", releases, ...more } } });
const list = (text: string) => records("debian-lists", "data/CVE/list", text);
const told = (found: readonly AdvisoryRecord[]) =>
  found.map(({ ecosystem, state, status, ranges, notAffected, severity }) => [
    ecosystem.replace("debian:", ""),
    notAffected ? "not affected" : state,
    status,
    ranges[0]?.fixed ?? ranges[0]?.lastAffected,
    severity,
  ]);

describe("the tracker's JSON", () => {
  it("tells every state of a release, with the reason where there is no advisory", () => {
    const open = { status: "open", repositories: { bookworm: "1-1" }, urgency: "not yet assigned" };
    expect(
      told(
        json({
          bullseye: { status: "resolved", fixed_version: "1-2+deb11u1", urgency: "medium**" },
          bookworm: { ...open, nodsa: "Minor issue", nodsa_reason: "" },
          trixie: { ...open, nodsa: "Too intrusive", nodsa_reason: "ignored" },
          forky: { ...open, nodsa: "Later", nodsa_reason: "postponed" },
          sid: { ...open, urgency: "low" },
        }),
      ),
    ).toEqual([
      ["11", "fixed", undefined, "1-2+deb11u1", "medium"],
      ["12", "deferred", "no-dsa", undefined, undefined],
      ["13", "will-not-fix", "ignored", undefined, undefined],
      ["14", "deferred", "postponed", undefined, undefined],
      ["sid", "unfixed", undefined, undefined, "low"],
    ]);
    expect(
      told(
        json({
          bullseye: { status: "open", urgency: "end-of-life" },
          bookworm: { status: "resolved", fixed_version: "0", urgency: "unimportant" },
          trixie: { status: "undetermined", urgency: "not yet assigned" },
          sid: { status: "open", urgency: "unimportant" },
          tomorrow: { status: "open", urgency: "high" },
        }),
      ),
    ).toEqual([
      ["11", "will-not-fix", "end-of-life", undefined, undefined],
      ["12", "not affected", "unimportant", undefined, "info"],
      ["13", "unknown", "undetermined", undefined, undefined],
      ["sid", "unfixed", "unimportant", undefined, "info"],
    ]);
  });

  it("takes the beginning of the description for a title and marks what is disputed", () => {
    const sid = { sid: { status: "open", urgency: "unimportant" } };
    expect(json(sid)[0]).toMatchObject({ title: "A flaw", id: "CVE-2023-1111", source: "debian-json" });
    expect(json(sid, { description: "** DISPUTED ** Nothing. Really." })[0]).toMatchObject({
      title: "Nothing",
      status: "unimportant, disputed",
    });
    expect(json(sid, { description: undefined })[0]?.title).toBeUndefined();
  });

  it.each([
    ["a page", "<html>"],
    ["a list", "[]"],
    ["a package without vulnerabilities", '{"foot": []}'],
    ["a vulnerability without releases", '{"foot": {"CVE-2023-1": {}}}'],
    ["a document that is cut off", '{"foot": {"CVE-2023-1": {"releases": {}'],
  ])("%s is refused", (_, text) => {
    expect(() => records("debian-json", "json", text)).toThrow(AppError);
  });
});

describe("the tracker's list", () => {
  it("judges releases by their own lines, else by that of unstable without claiming a fix", () => {
    const found = list(
      "CVE-2023-1111 (A flaw in foot ...)\n\t{DSA-1-1}\n\t- foot 1.15.3-2 (medium; bug #1053115)\n\t[bookworm] - foot 1.13.1-2+deb12u1\n\t[bullseye] - foot <no-dsa> (Minor issue)\n\t[buster] - foot <end-of-life> (No longer supported)\n\tNOTE: https://example.org\n",
    );
    expect(told(found)).toEqual([
      ["12", "fixed", undefined, "1.13.1-2+deb12u1", "medium"],
      ["11", "deferred", "no-dsa", "1.15.3-2~", "medium"],
      ["10", "will-not-fix", "end-of-life", "1.15.3-2~", "medium"],
      ["sid", "fixed", undefined, "1.15.3-2", "medium"],
      ["13", "unfixed", undefined, "1.15.3-2~", "medium"],
      ["14", "unfixed", undefined, "1.15.3-2~", "medium"],
    ]);
    expect(found[0]?.title).toBe("A flaw in foot ...");
  });

  it.each([
    ["<unfixed>", "unfixed", undefined],
    ["<unfixed> (unimportant)", "unfixed", "unimportant"],
    ["<removed>", "unfixed", "removed"],
    ["<undetermined>", "unknown", "undetermined"],
    ["<not-affected> (Never had it)", "not affected", undefined],
    ["<postponed> (Later)", "deferred", "postponed"],
    ["<ignored> (Too intrusive)", "will-not-fix", "ignored"],
    ["<unimportant>", "unfixed", "unimportant"],
    ["0", "not affected", undefined],
  ])("knows %s in unstable, which speaks for the others", (state, expected, status) => {
    const found = list(`CVE-2023-1111 (Words)\n\t- foot ${state}\n`);
    expect(new Set(found.map((record) => (record.notAffected ? "not affected" : record.state)))).toEqual(
      new Set([expected]),
    );
    expect(found.map((record) => record.ecosystem)).toEqual(
      ["sid", "11", "12", "13", "14"].map((id) => `debian:${id}`),
    );
    expect(found[0]?.status).toBe(status);
  });

  it("passes over what is not in Debian, and keeps what is only reserved or disputed", () => {
    const text = [
      "CVE-2023-0001 (Xen Orchestra ...)\n\tNOT-FOR-US: Xen Orchestra",
      "CVE-2023-0002\n\tREJECTED\n\t- foot <unfixed>",
      "CVE-2023-0003 (Something)\n\t- newthing <itp> (bug #595191)",
      "CVE-2023-0004\n\tRESERVED\n\t[bookworm] - foot 1-1\n\tTODO: check",
      "CVE-2023-0005 (** DISPUTED ** Never)\n\t[bookworm] - foot <unfixed> (unimportant)",
      "CVE-2023-0006 (Never)\n\tDISPUTED\n\t[bookworm] - foot <unfixed>",
      "",
    ].join("\n");
    expect(list(text).map(({ id, status }) => [id, status])).toEqual([
      ["CVE-2023-0004", undefined],
      ["CVE-2023-0005", "unimportant, disputed"],
      ["CVE-2023-0006", "disputed"],
    ]);
  });

  it("names what has no CVE yet as the tracker does", () => {
    const [first] = list(
      "CVE-2023-XXXX [code execution via malformed XTGETTCAP]\n\t- foot 1.15.3-2 (bug #1053115)\n\t[bookworm] - foot 1-1\n",
    );
    expect(first?.id).toMatch(/^TEMP-1053115-[0-9A-F]{6}$/);
    expect(first?.title).toBe("code execution via malformed XTGETTCAP");
  });

  it("yields records or an AppError, whatever the text", () => {
    const line = fc.oneof(
      fc.string(),
      fc.constantFrom("CVE-2023-1111 (x)", "\t- foot 1-1 (low)", "\t[bookworm] - foot <no-dsa> (x)", "\tREJECTED"),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        try {
          list(lines.join("\n"));
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("Debian's three forms of one fact", () => {
  interface Fact {
    readonly name: string;
    readonly osv: string;
    readonly json: object;
    readonly list: string;
    /** Installed version and whether it is affected. */
    readonly asked: readonly (readonly [version: string, affected: boolean])[];
    readonly state?: string;
  }
  const osv = (fixed: string | undefined, more: object = {}) =>
    osvDocument("CVE-2023-1111", "Debian:12", "foot", fixed, more);
  const facts: readonly Fact[] = [
    {
      name: "fixed in the release",
      osv: osv("1.13-2+deb12u1"),
      json: { status: "resolved", fixed_version: "1.13-2+deb12u1", urgency: "not yet assigned" },
      list: "\t- foot 1.15-2\n\t[bookworm] - foot 1.13-2+deb12u1\n",
      asked: [
        ["1.13-2", true],
        ["1.13-2+deb12u1", false],
        ["1.13-2+deb12u2", false],
      ],
      state: "fixed",
    },
    {
      name: "fixed before the release came out",
      osv: osv("1.12-1"),
      json: { status: "resolved", fixed_version: "1.12-1", urgency: "not yet assigned" },
      list: "\t- foot 1.12-1\n",
      asked: [["1.13-2", false]],
    },
    {
      name: "fixed in unstable alone",
      osv: osv(undefined),
      json: { status: "open", urgency: "not yet assigned" },
      list: "\t- foot 1.15-2\n",
      asked: [["1.13-2", true]],
      state: "unfixed",
    },
    {
      name: "without an advisory",
      osv: osv(undefined),
      json: { status: "open", urgency: "not yet assigned", nodsa: "Minor issue", nodsa_reason: "" },
      list: "\t- foot 1.15-2\n\t[bookworm] - foot <no-dsa> (Minor issue)\n",
      asked: [["1.13-2", true]],
      state: "deferred",
    },
    {
      name: "not affected",
      osv: osv("0"),
      json: { status: "resolved", fixed_version: "0", urgency: "not yet assigned" },
      list: "\t- foot 1.15-2\n\t[bookworm] - foot <not-affected> (Introduced later)\n",
      asked: [["1.13-2", false]],
    },
    {
      name: "unimportant",
      osv: JSON.stringify({
        ...JSON.parse(osv(undefined)),
        affected: [
          {
            package: { ecosystem: "Debian:12", name: "foot" },
            ranges: [{ type: "ECOSYSTEM", events: [{ introduced: "0" }] }],
            ecosystem_specific: { urgency: "unimportant" },
          },
        ],
      }),
      json: { status: "open", urgency: "unimportant" },
      list: "\t- foot <unfixed> (unimportant)\n",
      asked: [],
    },
  ];

  it.each(facts.map((fact) => [fact.name, fact] as const))("agree where it is %s", (_, fact) => {
    const forms = {
      osv: records("debian-osv", "CVE-2023-1111.json", fact.osv),
      json: json({ bookworm: fact.json }),
      list: list(`CVE-2023-1111 (A flaw)\n${fact.list}`),
    };
    const judged = (found: readonly AdvisoryRecord[], version: string) =>
      matched([installed("deb", "foot", version)], linux("debian", "12.4"), { records: found });
    for (const [version, affected] of fact.asked) {
      for (const found of [...Object.values(forms), Object.values(forms).flat()])
        expect(judged(found, version).matches).toHaveLength(affected ? 1 : 0);
      if (affected && fact.state) {
        const [match] = judged(Object.values(forms).flat(), version).matches;
        expect(match?.state).toBe(fact.state);
        expect(match?.fixedVersion).toBe(fact.state === "fixed" ? "1.13-2+deb12u1" : undefined);
      }
    }
    const ofRelease = Object.values(forms).flatMap((found) =>
      found.filter(({ ecosystem }) => ecosystem === "debian:12"),
    );
    const words = ofRelease.map(({ status = "" }) => status.includes("unimportant"));
    expect(new Set(words).size).toBe(1);
    expect(ofRelease).toHaveLength(3);
  });

  it("lets an advisory's fix stand before what the list of vulnerabilities implies", () => {
    const found = [
      ...list("CVE-2023-1111 (A flaw)\n\t{DSA-5500-1}\n\t- foot 1.15-2\n"),
      ...records(
        "debian-lists",
        "data/DSA/list",
        "[01 Oct 2023] DSA-5500-1 foot - security update\n\t{CVE-2023-1111}\n\t[bookworm] - foot 1.13-2+deb12u1\n",
      ),
    ];
    const judged = (version: string) =>
      matched([installed("deb", "foot", version)], linux("debian", "12.4"), { records: found }).matches;
    expect(judged("1.13-2+deb12u1")).toEqual([]);
    expect(judged("1.13-2")).toMatchObject([{ fixedVersion: "1.13-2+deb12u1", state: "fixed" }]);
  });
});
