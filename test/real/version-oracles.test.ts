import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compareDeb } from "../../src/advisories/versions/deb.ts";
import { compareMaven } from "../../src/advisories/versions/maven.ts";
import { comparePypi } from "../../src/advisories/versions/pypi.ts";
import { compareRpm } from "../../src/advisories/versions/rpm.ts";
import { compareRubygems } from "../../src/advisories/versions/rubygems.ts";

const PAIRS = 10_000;

type Pair = [string, string];
type Random = (below: number) => number;

/** A small seeded generator (a 32-bit linear congruence), so that a failing pair can be made again. */
function seeded(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function pick(random: Random, from: readonly string[]): string {
  return from[random(from.length)] as string;
}

function repeated(random: Random, most: number, one: () => string): string {
  return Array.from({ length: random(most + 1) }, one).join("");
}

/** Pairs of which the second is often the first with one character changed, left out or added: near misses find most. */
function pairs(
  seed: number,
  make: (random: Random) => string,
  alphabet: string,
  isAllowed: (version: string) => boolean,
): Pair[] {
  const random = seeded(seed);
  const found: Pair[] = [];
  while (found.length < PAIRS) {
    const a = make(random);
    const b = random(3) === 0 ? make(random) : mutated(random, a, alphabet);
    if (isAllowed(a) && isAllowed(b)) found.push([a, b]);
  }
  return found;
}

function mutated(random: Random, version: string, alphabet: string): string {
  const at = random(version.length + 1);
  const inserted = alphabet[random(alphabet.length)] as string;
  const removed = random(2);
  return version.slice(0, at) + (random(4) === 0 ? "" : inserted) + version.slice(at + removed);
}

function numbers(random: Random): string {
  const number = () => pick(random, ["0", "1", "2", "9", "10", "01", "007", "20240131", "99999999999999999999"]);
  return number() + repeated(random, 3, () => `.${number()}`);
}

function debVersion(random: Random): string {
  const epoch = pick(random, ["", "", "", "0:", "1:", "01:", "2:"]);
  const marks = ["~rc1", "~", "~~", "+dfsg", "+git20240101.abc", "a", ".z", "+", "-", "-x", "~beta+", "p1"];
  const revision = pick(random, [
    "",
    "-1",
    "-0",
    "-00",
    "-1~bpo12+1",
    "-1ubuntu0.1",
    "-2+b1",
    "-1.1",
    "-~",
    "-1+deb12u1~",
  ]);
  return `${epoch}${numbers(random)}${repeated(random, 2, () => pick(random, marks))}${revision}`;
}

function rpmVersion(random: Random): string {
  const epoch = pick(random, ["", "", "", "0:", "1:", "01:", "2:"]);
  const marks = ["~rc1", "~", "^", "^git1", "^20240101", "a", ".z", "_", "+", "..", "p1", "^~", "~^"];
  const release = pick(random, ["", "-1", "-1.el9", "-0", "-01.fc40", "-1.el8_9.2", "-", "-1^x", "-1~y", "-a"]);
  return `${epoch}${numbers(random)}${repeated(random, 3, () => pick(random, marks))}${release}`;
}

function pythonVersion(random: Random): string {
  const pre = pick(random, ["", "a1", ".alpha", "b2", "-beta.3", "rc1", "c2", "_preview-4", "pre"]);
  const post = pick(random, ["", "", ".post1", "-2", "rev3", ".r", "post"]);
  const dev = pick(random, ["", "", ".dev0", "dev10", "_dev"]);
  const local = pick(random, ["", "", "+abc", "+1", "+01", "+ubuntu.1", "+a-b_c.10"]);
  return `${pick(random, ["", "", "v", "1!", "0!"])}${numbers(random)}${pre}${post}${dev}${local}`;
}

function gemVersion(random: Random): string {
  const marks = [".a", ".rc1", ".beta.2", "-rc1", ".pre", "b", ".0", ".A1"];
  return `${numbers(random)}${repeated(random, 3, () => pick(random, marks))}`;
}

/** Only versions without a qualifier after a dot or a zero after a hyphen: there OSV's and Maven 3.9's rules are the same. */
function mavenVersion(random: Random): string {
  const marks = [
    "-alpha-1",
    "-a1",
    "-rc2",
    "-SNAPSHOT",
    "-sp",
    "-foo",
    "-1",
    "-jre8",
    "-cr3",
    "-x.1",
    "-milestone-2",
    "m3",
    "-sp.0.1",
  ];
  return `${numbers(random)}${repeated(random, 3, () => pick(random, marks))}`;
}

/** The pairs on which the order and the program differ, each with both answers. */
function differences(
  list: readonly Pair[],
  compare: (a: string, b: string) => number,
  answers: readonly string[],
): string[] {
  expect(answers).toHaveLength(list.length);
  return list.flatMap(([a, b], index) =>
    String(compare(a, b)) === answers[index]
      ? []
      : [`${a} and ${b}: ${compare(a, b)}, the program says ${answers[index]}`],
  );
}

function works(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: "ignore" }).status === 0;
}

/** Runs a program once with the pairs, a line each, in a scratch file whose name it gets last; answers (-1, 0, 1) parted by white space. */
function answersOf(list: readonly Pair[], command: string, args: (file: string) => string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-versions-"));
  try {
    const file = join(folder, "pairs");
    writeFileSync(file, list.map((pair) => `${pair.join(" ")}\n`).join(""));
    const { stdout, stderr, status } = spawnSync(command, args(file), { encoding: "utf8", maxBuffer: 64 * 1024 ** 2 });
    if (status !== 0) throw new Error(`${command} failed: ${stderr.slice(0, 500)}`);
    return stdout.trim().split(/\s+/);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const hasDpkg = works("dpkg", "--version");
const hasRpm = works("rpm", "--eval", '%{lua: print(rpm.vercmp("1", "2"))}');
const hasPackaging = works("python3", "-c", "import packaging.version");
const hasRuby = works("ruby", "-e", "Gem::Version");
const mavenJar = ["/usr/share/java/maven3-artifact.jar", "/usr/share/java/maven-artifact.jar"].find((jar) =>
  works("java", "-cp", jar, "org.apache.maven.artifact.versioning.ComparableVersion", "1", "2"),
);

describe(`pairs (${PAIRS}, maven 2000) against each ecosystem's own program`, () => {
  it.skipIf(!hasDpkg)("deb: dpkg --compare-versions (needs dpkg)", { timeout: 240_000 }, () => {
    const isAllowed = (version: string) => /^(?:\d{1,9}:)?\d[A-Za-z0-9.+~-]*$/.test(version) && !version.endsWith("-");
    const list = pairs(1, debVersion, "0129~+-.abz:", isAllowed);
    const script = `while read -r a b; do
      if dpkg --compare-versions "$a" lt "$b"; then echo -1; elif dpkg --compare-versions "$a" eq "$b"; then echo 0; else echo 1; fi
    done < "$0"`;
    expect(
      differences(
        list,
        compareDeb,
        answersOf(list, "sh", (file) => ["-c", script, file]),
      ),
    ).toEqual([]);
  });

  it.skipIf(!hasRpm)("rpm: rpm.vercmp (needs rpm 4.16 or later)", { timeout: 60_000 }, () => {
    const isAllowed = (version: string) => /^(?:\d+:)?[A-Za-z0-9._+~^]+(?:-[A-Za-z0-9._+~^]*)?$/.test(version);
    const list = pairs(2, rpmVersion, "0129~^+_.abz-:", isAllowed);
    const lua = (file: string) =>
      `%{lua: local found = {} for line in io.lines("${file}") do local a, b = line:match("^([^ ]+) ([^ ]+)$") found[#found + 1] = rpm.vercmp(a, b) end print(table.concat(found, " "))}`;
    expect(
      differences(
        list,
        (a, b) => compareRpm(a, b),
        answersOf(list, "rpm", (file) => ["--eval", lua(file)]),
      ),
    ).toEqual([]);
  });

  it.skipIf(!hasPackaging)("pypi: packaging.version (needs python3-packaging)", { timeout: 60_000 }, () => {
    const isAllowed = (version: string) => /^v?(?:\d+!)?\d+(?:\.\d+)*(?:[a-z0-9._+-]*[a-z0-9])?$/.test(version);
    const script = `import sys
from packaging.version import Version, InvalidVersion
for line in open(sys.argv[1]):
    try:
        a, b = map(Version, line.split())
        print((a > b) - (a < b))
    except InvalidVersion:
        print("invalid")`;
    const list = pairs(3, pythonVersion, "0129.-_+abcdervpo", isAllowed);
    const answers = answersOf(list, "python3", (file) => ["-c", script, file]);
    const valid = list.filter((_pair, index) => answers[index] !== "invalid");
    expect(valid.length).toBeGreaterThan(PAIRS / 2);
    expect(
      differences(
        valid,
        comparePypi,
        answers.filter((answer) => answer !== "invalid"),
      ),
    ).toEqual([]);
  });

  it.skipIf(!hasRuby)("rubygems: Gem::Version (needs ruby)", { timeout: 60_000 }, () => {
    const isAllowed = (version: string) =>
      /^[0-9]+(?:\.[0-9a-zA-Z]+)*(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/.test(version);
    const script = `File.foreach(ARGV[0]) { |line| a, b = line.split; puts Gem::Version.new(a) <=> Gem::Version.new(b) }`;
    const list = pairs(4, gemVersion, "0129.abzA-", isAllowed);
    expect(
      differences(
        list,
        compareRubygems,
        answersOf(list, "ruby", (file) => ["-e", script, file]),
      ),
    ).toEqual([]);
  });

  it.skipIf(mavenJar === undefined)(
    "maven: ComparableVersion (needs libmaven3-core-java)",
    { timeout: 120_000 },
    () => {
      const isAllowed = (version: string) =>
        /^\d/.test(version) && !/\.[^0-9.-]|-(?:0|$)|--|\.-|\.\.|\.$/.test(version);
      const list = pairs(5, mavenVersion, "129.-abmx", isAllowed).slice(0, 2_000);
      // The class prints a chain: how each of its arguments stands to the next. Every second relation belongs to a pair.
      const lines = spawnSync(
        "java",
        ["-cp", mavenJar as string, "org.apache.maven.artifact.versioning.ComparableVersion", ...list.flat()],
        { encoding: "utf8", maxBuffer: 64 * 1024 ** 2 },
      ).stdout.split("\n");
      const signs: Readonly<Record<string, string>> = { "<": "-1", "==": "0", ">": "1" };
      const relations = lines
        .filter((line) => line.startsWith("   "))
        .map((line) => signs[line.trim().split(" ")[1] ?? ""] ?? line);
      expect(
        differences(
          list,
          compareMaven,
          relations.filter((_relation, index) => index % 2 === 0),
        ),
      ).toEqual([]);
    },
  );
});
