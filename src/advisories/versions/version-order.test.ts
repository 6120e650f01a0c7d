import fc from "fast-check";
import semver from "semver";
import { describe, expect, it } from "vitest";
import { isPseudoVersion } from "./go.ts";
import { normalPypi } from "./pypi.ts";
import { compareRpm } from "./rpm.ts";
import { type VersionOrder, versionOrder, versionOrders } from "./version-order.ts";

const pieces =
  "0 1 2 9 10 007 . . . - - _ ~ ^ + : ! # a b c p r v rc alpha beta dev post final ga sp snapshot x é \u0000 😀".split(
    " ",
  );
const versions = fc.array(fc.constantFrom(...pieces, " "), { maxLength: 9 }).map((parts) => parts.join(""));

/** Versions among which Maven's order is transitive: no qualifier after a dot, no number after a hyphen that is 0. */
const mavenNumbers = fc.array(fc.constantFrom("0", "1", "2", "10"), { maxLength: 3 });
const mavenVersions = fc
  .tuple(
    fc.constantFrom("1", "2", "0"),
    mavenNumbers,
    fc.array(fc.tuple(fc.constantFrom("alpha", "rc", "snapshot", "sp", "foo", "1", "2", "x1"), mavenNumbers), {
      maxLength: 3,
    }),
  )
  .map(([first, rest, groups]) =>
    [[first, ...rest].join("."), ...groups.map(([head, numbers]) => [head, ...numbers].join("."))].join("-"),
  );

function transitiveVersions(order: VersionOrder): fc.Arbitrary<string> {
  if (order.id === "maven") return mavenVersions;
  if (order.id === "alpm") return versions.map((version) => version.replaceAll("-", ""));
  return versions;
}

describe.each(versionOrders.map((order) => ({ id: order.id, order })))("the order $id", ({ order }) => {
  it("is reflexive and antisymmetric on any text", () => {
    fc.assert(
      fc.property(fc.oneof(versions, fc.string({ unit: "binary" })), fc.oneof(versions, fc.string()), (a, b) => {
        expect(order.compare(a, a)).toBe(0);
        expect(order.compare(a, b) + order.compare(b, a)).toBe(0);
        expect([-1, 0, 1]).toContain(order.compare(a, b));
      }),
      { numRuns: 500 },
    );
  });

  it("is transitive", () => {
    const some = transitiveVersions(order);
    fc.assert(
      fc.property(fc.array(some, { minLength: 3, maxLength: 6 }), (list) => {
        for (const a of list) {
          for (const b of list) {
            for (const c of list) {
              if (order.compare(a, b) > 0 || order.compare(b, c) > 0) continue;
              const strict = order.compare(a, b) < 0 || order.compare(b, c) < 0;
              const got = order.compare(a, c);
              if (got > 0 || (got === 0) === strict) throw new Error(JSON.stringify([a, b, c]));
            }
          }
        }
      }),
      { numRuns: 600 },
    );
  });

  it("judges and normalises any text without throwing", () => {
    fc.assert(
      fc.property(fc.oneof(versions, fc.string({ unit: "binary" })), (version) => {
        expect(typeof order.isValid(version)).toBe("boolean");
        const normal = order.normalise?.(version);
        // Composer's own normal form of a date, 2010-01 as 2010.01, reads as a plain version when it is normalised again.
        const isDate = order.id === "composer" && /^\s*v?\d{4,}[.\d]*[:-]/i.test(version);
        if (normal !== undefined && !isDate) expect(order.normalise?.(normal)).toBe(normal);
      }),
    );
  });

  it("knows its own versions and refuses an empty one", () => {
    expect(order.isValid("")).toBe(false);
    expect(order.isValid("1.2.3")).toBe(true);
  });

  it("comes to an end with hostile strings of 100 kB", () => {
    for (const piece of [
      "1",
      "0",
      "a",
      "1.",
      "0.",
      ".",
      "-",
      "~",
      "^",
      "+",
      "_",
      "1a",
      "-1",
      "1-0.",
      "_p1",
      "rc1",
      ":",
      "-r",
      " ",
    ]) {
      const text = `1${piece.repeat(100_000 / piece.length)}`;
      order.compare(text, `${text}x`);
      order.compare(`${text}!`, `${text}1`);
      order.isValid(`${text}!`);
      order.normalise?.(`${text}!`);
    }
  });
});

describe("agreement with the package semver", () => {
  it("orders every valid version alike", () => {
    const number = fc.nat({ max: 20 }).map(String);
    const identifier = fc.oneof(number, fc.constantFrom("alpha", "beta", "rc", "rc1", "x-y", "A", "-"));
    const list = fc.array(identifier, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("."));
    const version = fc
      .tuple(fc.array(number, { minLength: 3, maxLength: 3 }), fc.option(list), fc.option(list))
      .map(
        ([core, pre, build]) => `${core.join(".")}${pre === null ? "" : `-${pre}`}${build === null ? "" : `+${build}`}`,
      );
    const order = versionOrder("npm");
    fc.assert(
      fc.property(version, version, (a, b) => {
        expect(order?.compare(a, b)).toBe(semver.compare(a, b));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("rpm epochs", () => {
  it("reads an absent epoch as 0 unless told to leave a one-sided epoch out", () => {
    expect(compareRpm("1:1.0-1", "2.0-1")).toBe(1);
    expect(compareRpm("1:1.0-1", "2.0-1", { ignoreOneSidedEpoch: true })).toBe(-1);
    expect(compareRpm("1:1.0-1", "0:2.0-1", { ignoreOneSidedEpoch: true })).toBe(1);
  });
});

describe("spellings", () => {
  it("normalises PEP 440 versions", () => {
    expect(["1.0ALPHA", "v01.2.0-1", "1!1.0_rc-2.dev", "1.0+Ubuntu-01", "what"].map(normalPypi)).toEqual([
      "1.0a0",
      "1.2.0.post1",
      "1!1.0rc2.dev0",
      "1.0+ubuntu.1",
      "what",
    ]);
  });

  it("normalises Composer versions", () => {
    const normalise = versionOrder("composer")?.normalise;
    expect(
      ["1", "v1.2-beta.3", "1.0.0RC1", "1.0-stable", "1.0.0+7", "1.0@dev", "dev-Main", "1.0p1"].map((v) =>
        normalise?.(v),
      ),
    ).toEqual([
      "1.0.0.0",
      "1.2.0.0-beta3",
      "1.0.0.0-RC1",
      "1.0.0.0",
      "1.0.0.0",
      "1.0.0.0",
      "dev-main",
      "1.0.0.0-patch1",
    ]);
  });

  it("tells Go pseudo-versions", () => {
    expect(["v0.0.0-20200220183623-bac4c82f6975", "v1.2.4-0.20200220183623-bac4c82f6975"].every(isPseudoVersion)).toBe(
      true,
    );
    expect(["v1.2.3", "v1.2.3-rc.1", "(devel)"].some(isPseudoVersion)).toBe(false);
  });

  it("does not take what has no version for one", () => {
    expect(versionOrder("golang")?.isValid("(devel)")).toBe(false);
    expect(versionOrder("composer")?.isValid("dev-main")).toBe(false);
    expect(versionOrder("pypi")?.isValid("0.1-bulbasaur")).toBe(false);
    expect(versionOrder("deb")?.isValid("1.0_2")).toBe(false);
    expect(versionOrder("apk")?.isValid("1.0_foo")).toBe(false);
  });
});

describe("versionOrder", () => {
  it.each([
    ["deb", "deb"],
    ["Debian:12", "deb"],
    ["Ubuntu:Pro:18.04:LTS", "deb"],
    ["Alpine:v3.20", "apk"],
    ["Wolfi", "apk"],
    ["Red Hat:enterprise_linux:9::baseos", "rpm"],
    ["Rocky Linux:9", "rpm"],
    ["golang", "go"],
    ["Go", "go"],
    ["gem", "rubygems"],
    ["RubyGems", "rubygems"],
    ["crates.io", "semver"],
    ["cargo", "semver"],
    ["npm", "semver"],
    ["PyPI", "pypi"],
    ["Packagist", "composer"],
    ["Maven:https://repo1.maven.org/maven2", "maven"],
  ])("finds the order of %s", (type, id) => {
    expect(versionOrder(type)?.id).toBe(id);
  });

  it("knows no order for what has none", () => {
    expect(["oci", "docker", "GIT", "", "constructor", "__proto__"].map(versionOrder)).toEqual(
      new Array(6).fill(undefined),
    );
  });
});
