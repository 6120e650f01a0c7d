import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { survivesAnyText } from "../../../test/hostile-input.ts";
import { type AptArchive, AptPolicy, neverPriority, parseAptPreferences } from "./apt-preferences.ts";

const archive = (more: Partial<AptArchive> = {}): AptArchive => ({
  origin: "Debian",
  label: "Debian",
  suite: "stable",
  codename: "trixie",
  version: "13.2",
  component: "main",
  architecture: "amd64",
  site: "deb.example",
  notAutomatic: false,
  butAutomaticUpgrades: false,
  ...more,
});
const compare = (a: string, b: string) => Number(a) - Number(b);
const candidate = (pins: string, offers: [version: string, of: AptArchive][], installed?: string, release?: string) =>
  new AptPolicy(parseAptPreferences(pins, "p"), compare, release).candidate(
    "tool",
    "amd64",
    installed,
    offers.map(([version, of]) => ({ version, archive: of })),
    "suite",
  );
const stable = archive();
const backports = archive({ suite: "stable-backports", notAutomatic: true, butAutomaticUpgrades: true });
const experimental = archive({ suite: "rc-buggy", codename: "experimental", notAutomatic: true });

describe("the candidate", () => {
  it.each<[string, string, [string, AptArchive][], string | undefined, string | undefined]>([
    [
      "is the newest",
      "",
      [
        ["1", stable],
        ["2", stable],
      ],
      undefined,
      "2",
    ],
    ["is what is installed where nothing newer is offered", "", [["1", stable]], "2", "2"],
    [
      "is of an archive that is not automatic only where nothing else is",
      "",
      [
        ["1", stable],
        ["2", experimental],
      ],
      undefined,
      "1",
    ],
    [
      "is kept from backports",
      "",
      [
        ["1", stable],
        ["3", backports],
      ],
      "1",
      "1",
    ],
    [
      "is of backports where what is installed is from there",
      "",
      [
        ["1", stable],
        ["3", backports],
      ],
      "2",
      "3",
    ],
    [
      "is that of the better archive",
      "Package: *\nPin: release a=rc-buggy\nPin-Priority: 900",
      [
        ["1", stable],
        ["2", experimental],
      ],
      undefined,
      "2",
    ],
    [
      "goes back only from a priority of 1000",
      "Package: tool\nPin: version 1\nPin-Priority: 999",
      [["1", stable]],
      "2",
      "2",
    ],
    ["goes back", "Package: tool\nPin: version 1\nPin-Priority: 1000", [["1", stable]], "2", "1"],
    [
      "is none where all is forbidden",
      "Package: *\nPin: release *\nPin-Priority: -1",
      [["1", stable]],
      undefined,
      undefined,
    ],
    [
      "heeds the first record of a package",
      "Package: tool\nPin: release *\nPin-Priority: -1\n\nPackage: tool\nPin: version 1\nPin-Priority: 900",
      [["1", stable]],
      undefined,
      undefined,
    ],
    [
      "heeds a record of the package before one of all",
      "Package: *\nPin: release *\nPin-Priority: -1\n\nPackage: to*\nPin: version 1\nPin-Priority: 500",
      [["1", stable]],
      undefined,
      "1",
    ],
    [
      "is known by source",
      "Package: src:suite\nPin: version 1\nPin-Priority: 900",
      [
        ["1", stable],
        ["2", stable],
      ],
      undefined,
      "1",
    ],
    [
      "is known by an expression",
      "Package: /^to.l$/\nPin: version 1\nPin-Priority: 900",
      [
        ["1", stable],
        ["2", stable],
      ],
      undefined,
      "1",
    ],
    [
      "is not that of another architecture",
      "Package: tool:i386\nPin: version 1\nPin-Priority: 900",
      [
        ["1", stable],
        ["2", stable],
      ],
      undefined,
      "2",
    ],
    [
      "needs every part of a release",
      "Package: *\nPin: release o=Debian,l=Other\nPin-Priority: -1",
      [["1", stable]],
      undefined,
      "1",
    ],
    ["is never installed", "Package: *\nPin: release *\nPin-Priority: never", [["1", stable]], undefined, undefined],
  ])("%s", (_, pins, offers, installed, expected) => {
    expect(candidate(pins, offers, installed)).toBe(expected);
  });
  it("follows the default release", () => {
    expect(
      candidate(
        "",
        [
          ["1", stable],
          ["2", archive({ suite: "testing", codename: "forky" })],
        ],
        undefined,
        "stable",
      ),
    ).toBe("1");
  });
});

it("records are read as apt reads them", () => {
  expect(
    parseAptPreferences(
      "Explanation: why\nPackage: a b\nPin: release a=x\nPin-Priority: 12 apples\n\nPackage: c\nPin: other y\nPin-Priority: 1\n\nPackage: d\nPin: version 1\n",
      "p",
    ),
  ).toEqual([{ packages: ["a", "b"], kind: "release", data: "a=x", priority: 12 }]);
  expect(parseAptPreferences('Package: *\nPin: origin ""\nPin-Priority: never', "p")[0]?.priority).toBe(neverPriority);
});

describe("hostile preferences", () => {
  it("are records or none", () => {
    survivesAnyText(
      (text) => parseAptPreferences(text, "p"),
      ["Package: ", "Pin: ", "release ", "Pin-Priority: ", "\n", "a=", "*", "1"],
    );
  });
  it("cannot make matching run for ever", () => {
    const pattern = fc.array(fc.constantFrom("(a+)+", "*", "?", "[a-", "a", "(a|a)*", "/", "]", ".*", "{9,}"), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(pattern, (parts) => {
        candidate(`Package: ${parts.join("")}\nPin: release n=${parts.join("")}\nPin-Priority: 5`, [
          ["1", archive({ codename: "a".repeat(200) })],
        ]);
      }),
    );
  });
});
