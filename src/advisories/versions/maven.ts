import { compareDigits, compareNumbers, compareText, isDigitCode, isDigits, type Ordering } from "./ordering.ts";

/** A number or a qualifier of a Maven version. */
interface MavenItem {
  isNumber: boolean;
  value: string;
}

/** What stands at one place of a version: an item, the list that a hyphen opened, or nothing. */
type MavenPlace = MavenItem | "list" | undefined;

const QUALIFIERS = ["alpha", "beta", "milestone", "rc", "snapshot", "", "sp"];
const ALIASES: Readonly<Record<string, string>> = { ga: "", final: "", release: "", cr: "rc" };
const SHORT_QUALIFIERS: Readonly<Record<string, string>> = { a: "alpha", b: "beta", m: "milestone" };

/**
 * Orders Maven versions (maven.apache.org/pom.html#version-order-specification): numbers and qualifiers parted by dots;
 * hyphens and changes between digits and letters open a nested list; nulls at the end of a list do not count, nor does case.
 * At one place `qualifier < list < number`, as in the rule `.qualifier < -qualifier < -number < .number` of ComparableVersion
 * that OSV follows. Maven 3.9 reads a dot before a qualifier as a hyphen, which differs where numbers or lists meet it
 * (`2-1`, `2.0.a`). Every string is a version and the order is antisymmetric. It is transitive where no qualifier follows a
 * dot and no number after a hyphen is 0; elsewhere Maven itself is cyclic (`1 < 1.foo < 1-alpha < 1`).
 */
export function compareMaven(a: string, b: string): Ordering {
  const left = mavenLists(a);
  const right = mavenLists(b);
  let list = 0;
  let index = 0;
  for (;;) {
    const l = placeAt(left, list, index);
    const r = placeAt(right, list, index);
    if (l === undefined && r === undefined) return 0;
    if (l === "list" && r === "list") {
      list++;
      index = 0;
      continue;
    }
    const ordering = comparePlace(left, l, right, r, list);
    if (ordering !== 0) return ordering;
    index++;
  }
}

/** Whether the version begins with a number, as Maven expects of versions (every string can be compared). */
export function isValidMaven(version: string): boolean {
  return isDigitCode(version.charCodeAt(0));
}

/** A list can only stand at the end of the one that holds it, so the nested lists of a version are one row of lists. */
function placeAt(lists: readonly (readonly MavenItem[])[], list: number, index: number): MavenPlace {
  const items = lists[list] ?? [];
  if (index < items.length) return items[index];
  return index === items.length && list + 1 < lists.length ? "list" : undefined;
}

function comparePlace(
  left: readonly (readonly MavenItem[])[],
  l: MavenPlace,
  right: readonly (readonly MavenItem[])[],
  r: MavenPlace,
  list: number,
): Ordering {
  if (l === undefined)
    return r === "list" ? reverse(compareListsToNothing(right, list + 1)) : reverse(compareToNothing(r));
  if (r === undefined) return l === "list" ? compareListsToNothing(left, list + 1) : compareToNothing(l);
  const kind = compareNumbers(kindOf(l), kindOf(r));
  if (kind !== 0 || l === "list" || r === "list") return kind;
  return l.isNumber ? compareDigits(l.value, r.value) : compareQualifiers(l.value, r.value);
}

function kindOf(place: MavenItem | "list"): number {
  if (place === "list") return 1;
  return place.isNumber ? 2 : 0;
}

function compareListsToNothing(lists: readonly (readonly MavenItem[])[], from: number): Ordering {
  for (let list = from; list < lists.length; list++) {
    for (const item of lists[list] ?? []) {
      const ordering = compareToNothing(item);
      if (ordering !== 0) return ordering;
    }
  }
  return 0;
}

function compareToNothing(item: MavenItem | undefined): Ordering {
  if (item === undefined) return 0;
  return item.isNumber ? compareDigits(item.value, "") : compareQualifiers(item.value, "");
}

/** Known qualifiers by rank, then the others by name. */
function compareQualifiers(a: string, b: string): Ordering {
  const left = QUALIFIERS.indexOf(a);
  const right = QUALIFIERS.indexOf(b);
  if (left >= 0 && right >= 0) return compareNumbers(left, right);
  return left < 0 && right < 0 ? compareText(a, b) : left < 0 ? 1 : -1;
}

function reverse(ordering: Ordering): Ordering {
  return ordering === 0 ? 0 : ordering === 1 ? -1 : 1;
}

/** The lists of a version without the nulls at the end of each and without the empty lists at the end of all. */
function mavenLists(version: string): MavenItem[][] {
  const text = version.toLowerCase();
  const lists: MavenItem[][] = [[]];
  let start = 0;
  for (let index = 0; index <= text.length; index++) {
    const character = text[index];
    const isEnd = character === "." || character === "-" || character === undefined;
    const code = text.charCodeAt(index);
    if (!isEnd && (index === start || isDigitCode(code) === isDigitCode(text.charCodeAt(index - 1)))) continue;
    if (index > start || character !== undefined) lists.at(-1)?.push(itemOf(text.slice(start, index), !isEnd));
    if (character !== "." && character !== undefined) lists.push([]);
    start = isEnd ? index + 1 : index;
  }
  for (const items of lists) dropTrailingNulls(items);
  while (lists.length > 1 && lists.at(-1)?.length === 0) lists.pop();
  return lists;
}

function itemOf(text: string, isFollowedByDigits: boolean): MavenItem {
  if (text === "" || isDigits(text)) return { isNumber: true, value: text };
  const short = isFollowedByDigits && Object.hasOwn(SHORT_QUALIFIERS, text) ? SHORT_QUALIFIERS[text] : undefined;
  const alias = Object.hasOwn(ALIASES, text) ? ALIASES[text] : undefined;
  return { isNumber: false, value: short ?? alias ?? text };
}

function dropTrailingNulls(items: MavenItem[]): void {
  for (let last = items.at(-1); last !== undefined && compareToNothing(last) === 0; last = items.at(-1)) items.pop();
}
