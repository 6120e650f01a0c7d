import { compareDigits, compareLists, compareNumbers, isDigits, type Ordering } from "./ordering.ts";

/** Places of words in PHP's `version_compare`, by prefix; the end stands below numbers, `p` and `pl` above them. */
const WORD_PREFIXES: readonly (readonly [string, number])[] = [
  ["dev", 1],
  ["a", 2],
  ["b", 3],
  ["RC", 4],
  ["rc", 4],
  ["#", 6],
  ["p", 7],
];
const PLACE_UNKNOWN = 0;
const PLACE_END = 5;
const PLACE_NUMBER = 6;

/**
 * Orders Packagist versions as Composer's comparator does with PHP's `version_compare` (php.net/version_compare), a leading
 * `v` apart: numbers by value, `dev < alpha < beta < RC < (end) < number < patch`, unknown words first and all equal. PHP's
 * placeholder `#` equals every number; it is read as 1 here so that the order stays transitive: a total preorder on all
 * strings. `1.0` is below `1.0.0`: ranges must compare normal forms ({@link normalComposer}), as Composer does.
 */
export function compareComposer(a: string, b: string): Ordering {
  return compareLists(parts(a), parts(b), comparePart);
}

const STABILITIES: Readonly<Record<string, string>> = {
  a: "alpha",
  alpha: "alpha",
  b: "beta",
  beta: "beta",
  rc: "RC",
  p: "patch",
  pl: "patch",
  patch: "patch",
};
/** A first number of six digits or more is a date, `20100102`, never a plain version (composer/semver VersionParser). */
const PLAIN =
  /^v?([0-9]{1,5}(?:\.[0-9]+){0,3})(?:[._-]?(stable|beta|b|rc|alpha|a|patch|pl|p)(?:[.-]?([0-9]+(?:[.-][0-9]+)*))?)?([.-]?dev)?$/;
const DATED = /^v?([0-9]{4}(?:[.:-]?[0-9]{2}){1,6}(?:[.:-]?[0-9]{1,3}){0,2})$/;

/**
 * The normal form in which Composer compares (getcomposer.org/doc/articles/versions.md): four numbers, the stability in full,
 * no leading `v`, build metadata or stability flag; text that is no numbered version is given back lower-cased.
 */
export function normalComposer(version: string): string {
  const text = (version.trim().toLowerCase().split(/[+@ ]/, 1)[0] ?? "").trim();
  const plain = PLAIN.exec(text);
  if (plain !== null) {
    const [, numbers = "", stability = "", number = "", dev = ""] = plain;
    const padded = [...numbers.split("."), "0", "0", "0"].slice(0, Math.max(4, numbers.split(".").length)).join(".");
    const label = Object.hasOwn(STABILITIES, stability) ? `-${STABILITIES[stability]}${number}` : "";
    return `${padded}${label}${dev === "" ? "" : "-dev"}`;
  }
  const dated = DATED.exec(text)?.[1];
  return dated === undefined ? text : dated.replaceAll(/[:-]/g, ".");
}

/** Whether the text is a numbered version that Composer can normalise (a branch such as `dev-main` is not). */
export function isValidComposer(version: string): boolean {
  return (
    /^[0-9]/.test(normalComposer(version)) && /^[0-9.]+(?:-[a-zA-Z]+[0-9.-]*)?(?:-dev)?$/.test(normalComposer(version))
  );
}

function parts(version: string): string[] {
  return (
    version
      .trim()
      .replace(/^[vV](?=[0-9])/, "")
      .match(/[0-9]+|[^0-9._+-]+/g) ?? []
  );
}

function comparePart(a: string | undefined, b: string | undefined): Ordering {
  const place = compareNumbers(placeOf(a), placeOf(b));
  if (place !== 0 || a === undefined || b === undefined || placeOf(a) !== PLACE_NUMBER) return place;
  return compareDigits(isDigits(a) ? a : "1", isDigits(b) ? b : "1");
}

function placeOf(part: string | undefined): number {
  if (part === undefined) return PLACE_END;
  if (isDigits(part)) return PLACE_NUMBER;
  return WORD_PREFIXES.find(([prefix]) => part.startsWith(prefix))?.[1] ?? PLACE_UNKNOWN;
}
