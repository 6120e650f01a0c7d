import { Range, SemVer } from "semver";
import { corrupt, limitExceeded } from "../../core/errors.ts";
import { normalPypi } from "./pypi.ts";
import { type VersComparator, type VersConstraint, type VersRange, versRange } from "./vers.ts";

const WHAT = "native version range";
const MAXIMUM_LENGTH = 64 * 1024;

/**
 * Reads a range in the notation of its ecosystem (npm, composer, conan, gem, golang, nuget, pypi, nginx, openssl; others as
 * plain comparators, alternatives parted by `||`) as a VERS range. A VERS range is one row of bounds: alternatives that
 * overlap are merged in it. Throws `CORRUPT_INPUT` where the text is no range, `LIMIT_EXCEEDED` over 64 KiB.
 */
export function parseNativeRange(scheme: string, text: string): VersRange {
  if (text.length > MAXIMUM_LENGTH) throw limitExceeded(WHAT, `${MAXIMUM_LENGTH} characters`);
  if (scheme === "npm" && /^[*xX]?$/.test(text.trim())) return { scheme, constraints: "*" };
  const reader = Object.hasOwn(readers, scheme) ? readers[scheme] : undefined;
  const constraints = (reader ?? readComparators)(text.trim());
  if (constraints.length === 0) throw corrupt(WHAT, `${JSON.stringify(text.slice(0, 80))} holds no constraint`);
  return versRange(scheme, constraints);
}

type Reader = (text: string) => VersConstraint[];

const readers: Readonly<Record<string, Reader>> = {
  npm: readNpm,
  conan: (text) => readAlternatives(text.split(",", 1)[0] ?? "", expandConan),
  gem: (text) => readAlternatives(text, expandGem),
  golang: (text) => readAlternatives(text, ({ operator, version }) => plain(operator, threeNumbers(version))),
  pypi: (text) => readAlternatives(text, expandPypi),
  composer: (text) => readAlternatives(text, expandComposer),
  nuget: readIntervals,
  maven: readIntervals,
  nginx: readNginx,
  openssl: readList,
};

interface NativeTerm {
  operator: string;
  version: string;
}

const OPERATORS = ["===", "==", "!=", ">=", "<=", "~>", "~=", ">", "<", "=", "~", "^"];
const COMPARATORS: Readonly<Record<string, VersComparator>> = {
  "": "=",
  "=": "=",
  "==": "=",
  "===": "=",
  "!=": "!=",
  "<": "<",
  "<=": "<=",
  ">": ">",
  ">=": ">=",
};

function readComparators(text: string): VersConstraint[] {
  return readAlternatives(text, ({ operator, version }) => plain(operator, version));
}

function readAlternatives(text: string, expand: (term: NativeTerm) => VersConstraint[]): VersConstraint[] {
  return text.split("||").flatMap((alternative) => terms(alternative).flatMap(expand));
}

/** Terms parted by commas or spaces; a space may also stand between an operator and its version. */
function terms(text: string): NativeTerm[] {
  const found: NativeTerm[] = [];
  let pending = "";
  for (const word of text.split(/[\s,]+/)) {
    if (word === "") continue;
    const operator = OPERATORS.find((candidate) => word.startsWith(candidate)) ?? "";
    const version = word.slice(operator.length);
    if (version === "") {
      pending = operator;
      continue;
    }
    found.push({ operator: operator === "" ? pending : operator, version });
    pending = "";
  }
  if (pending !== "") throw corrupt(WHAT, `operator ${pending} without a version`);
  return found;
}

function plain(operator: string, version: string): VersConstraint[] {
  const comparator = COMPARATORS[operator];
  if (comparator === undefined) throw corrupt(WHAT, `operator ${operator} is not known here`);
  return [{ comparator, version }];
}

function between(from: string, to: string): VersConstraint[] {
  return [
    { comparator: ">=", version: from },
    { comparator: "<", version: to },
  ];
}

/** The version after all that begin with the first `kept` numbers of this one: `nextAfter("2.5.1", 2)` is `2.6`. */
function nextAfter(version: string, kept: number): string {
  const numbers = /^[0-9]+(?:\.[0-9]+)*/.exec(version)?.[0]?.split(".") ?? [];
  const last = numbers[Math.min(kept, numbers.length) - 1];
  if (last === undefined) throw corrupt(WHAT, `${JSON.stringify(version.slice(0, 80))} does not begin with a number`);
  return [...numbers.slice(0, Math.min(kept, numbers.length) - 1), String(BigInt(last) + 1n)].join(".");
}

function numberCount(version: string): number {
  return /^[0-9]+(?:\.[0-9]+)*/.exec(version)?.[0]?.split(".").length ?? 0;
}

/** The bounds of node-semver's comparator sets; `<2.0.0-0`, its way to leave out pre-releases, is written `<2.0.0`. */
function readNpm(text: string): VersConstraint[] {
  const range = npmRange(text);
  return range.set.flatMap((comparators) =>
    comparators.flatMap(({ operator, semver }): VersConstraint[] => {
      if (!(semver instanceof SemVer)) return [{ comparator: ">=", version: "0.0.0" }];
      const isOpenEnd = operator === "<" && semver.prerelease.length === 1 && semver.prerelease[0] === 0;
      const version = isOpenEnd ? `${semver.major}.${semver.minor}.${semver.patch}` : semver.version;
      return plain(operator, version);
    }),
  );
}

function npmRange(text: string): Range {
  try {
    return new Range(text, { loose: true });
  } catch (error) {
    throw corrupt(WHAT, error instanceof Error ? error.message.slice(0, 200) : "not a range of npm");
  }
}

/** `~1.2` and `^1.2` of Conan (docs.conan.io/2, "Version ranges") end before the pre-releases of the next version: `<2-`. */
function expandConan({ operator, version }: NativeTerm): VersConstraint[] {
  const bare = version.replace(/-$/, "");
  if (bare === "*") return [{ comparator: ">=", version: "0.0.0" }];
  if (operator === "~") return between(bare, `${nextAfter(bare, numberCount(bare) > 1 ? 2 : 1)}-`);
  if (operator === "^") return between(bare, `${nextAfter(bare, firstNonZero(bare))}-`);
  return plain(operator, bare);
}

/** How many numbers up to and with the first that is not 0; all of them where there is none. */
function firstNonZero(version: string): number {
  const numbers = /^[0-9]+(?:\.[0-9]+)*/.exec(version)?.[0]?.split(".") ?? [];
  const index = numbers.findIndex((number) => !/^0+$/.test(number));
  return index < 0 ? numbers.length : index + 1;
}

/** `~> 2.0.8` of RubyGems (guides.rubygems.org/patterns, "pessimistic version constraint"): the last number may grow. */
function expandGem({ operator, version }: NativeTerm): VersConstraint[] {
  return operator === "~>"
    ? between(version, nextAfter(version, Math.max(1, numberCount(version) - 1)))
    : plain(operator, version);
}

/** PEP 440, "Version specifiers": `~= 2.2` lets the last number grow, `== 2.*` names a prefix; versions in normal form. */
function expandPypi({ operator, version }: NativeTerm): VersConstraint[] {
  const normal = normalPypi(version);
  if (operator === "~=") return between(normal, nextAfter(normal, Math.max(1, numberCount(normal) - 1)));
  if (operator === "==" && version.endsWith(".*")) {
    const prefix = version.slice(0, -2);
    return between(prefix, nextAfter(prefix, numberCount(prefix)));
  }
  return plain(operator, normal);
}

/** Composer (getcomposer.org/doc/articles/versions.md): `^` up to the first number that is not 0, `~` lets the last grow, `1.0.*`. */
function expandComposer({ operator, version }: NativeTerm): VersConstraint[] {
  const bare = version.replace(/^v(?=\d)/, "");
  if (bare === "*") return [{ comparator: ">=", version: "0.0.0" }];
  if (operator === "~") return between(bare, nextAfter(bare, Math.max(1, numberCount(bare) - 1)));
  if (operator === "^") return between(bare, nextAfter(bare, firstNonZero(bare)));
  if (operator === "" && bare.endsWith(".*")) return between(bare.slice(0, -2), nextAfter(bare, numberCount(bare)));
  return plain(operator, threeNumbers(bare));
}

/** A version of at least three numbers without leading zeros or `v`, a label behind three after a hyphen: `v2018.06a1` is `2018.6.0-a1`. */
function threeNumbers(version: string): string {
  const bare = version.replace(/^v(?=\d)/, "");
  const numbers = /^[0-9]+(?:\.[0-9]+)*/.exec(bare)?.[0] ?? "";
  if (numbers === "") return bare;
  const padded = [...numbers.split("."), ...["0", "0"].slice(numberCount(numbers) - 1)];
  const label = bare.slice(numbers.length);
  const hyphen = padded.length === 3 && /^[a-z]/i.test(label) ? "-" : "";
  return padded.map((number) => number.replace(/^0+(?=\d)/, "")).join(".") + hyphen + label;
}

/** Intervals in brackets (NuGet, Maven): `[1.0,2.0)`, `[1.0]`, `(,1.0]`; a bare version is the least that is accepted. */
function readIntervals(text: string): VersConstraint[] {
  const found: VersConstraint[] = [];
  let rest = text;
  while (rest !== "") {
    const match = /^([[(])([^\])[(]*)([\])])\s*,?\s*/.exec(rest);
    if (match === null) {
      if (found.length > 0 || /[[\]()\s,]/.test(rest)) throw corrupt(WHAT, "brackets do not match");
      return [{ comparator: ">=", version: rest }];
    }
    const [whole, open, inner, close] = match as unknown as [string, string, string, string];
    found.push(
      ...interval(
        open,
        inner.split(",").map((part) => part.trim()),
        close,
      ),
    );
    rest = rest.slice(whole.length);
  }
  return found;
}

function interval(open: string, versions: readonly string[], close: string): VersConstraint[] {
  const [from = "", to] = versions;
  if (versions.length > 2 || (from === "" && (to ?? "") === ""))
    throw corrupt(WHAT, "an interval holds one or two versions");
  if (to === undefined) {
    if (open !== "[" || close !== "]") throw corrupt(WHAT, "an interval of one version is closed");
    return [{ comparator: "=", version: from }];
  }
  return [
    ...(from === "" ? [] : [{ comparator: open === "[" ? (">=" as const) : (">" as const), version: from }]),
    ...(to === "" ? [] : [{ comparator: close === "]" ? ("<=" as const) : ("<" as const), version: to }]),
  ];
}

/**
 * nginx's "Vulnerable" and "Not vulnerable" lines (nginx.org/en/security_advisories.html): `0.7.52-0.8.39`, and `1.4.1+` for
 * this version on: on a stable branch (even second number) to its end, on the mainline (odd) without end.
 */
function readNginx(text: string): VersConstraint[] {
  return readAlternatives(text, ({ version }) => {
    if (version === "all") return [{ comparator: ">=", version: "0" }];
    const [from = "", to] = version.split("-");
    if (to !== undefined) {
      return [
        { comparator: ">=", version: from },
        { comparator: "<=", version: to },
      ];
    }
    if (!version.endsWith("+")) return plain("=", version);
    const start = version.slice(0, -1);
    const isMainline = Number(start.split(".")[1]) % 2 === 1;
    return isMainline ? plain(">=", start) : between(start, `${nextAfter(start, 2)}.0`);
  });
}

function readList(text: string): VersConstraint[] {
  return terms(text).flatMap(({ operator, version }) => plain(operator, version));
}
