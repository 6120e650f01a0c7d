import { compareDigits, compareLists, compareText, endOfDigits, type Ordering } from "./ordering.ts";

/**
 * Orders Conan versions (docs.conan.io/2, "Version ranges"): Semantic Versioning with any number of items, items that may be
 * text, trailing zeros that do not count, and build metadata that does. Conan compares a number with text as text, which is
 * cyclic (`2 < 10 < 1a < 2`); here each item is its leading number and its rest, an item without a number after all: total.
 */
export function compareConan(a: string, b: string): Ordering {
  const left = parse(a);
  const right = parse(b);
  return (
    compareItems(left.main, right.main) ||
    compareAbsentAs(1, left.prerelease, right.prerelease) ||
    compareAbsentAs(-1, left.build, right.build)
  );
}

/** Whether the text is a Conan version: letters, digits and `.-+_`, beginning with a letter, a digit or `_`. */
export function isValidConan(version: string): boolean {
  return /^[0-9A-Za-z_][0-9A-Za-z_.+-]*$/.test(version);
}

function parse(version: string): { main: string; prerelease: string | undefined; build: string | undefined } {
  const text = version.trim();
  const plus = text.lastIndexOf("+");
  const withoutBuild = plus < 0 ? text : text.slice(0, plus);
  const dash = withoutBuild.indexOf("-");
  return {
    main: dash < 0 ? withoutBuild : withoutBuild.slice(0, dash),
    prerelease: dash < 0 ? undefined : withoutBuild.slice(dash + 1),
    build: plus < 0 ? undefined : text.slice(plus + 1),
  };
}

function compareAbsentAs(absent: -1 | 1, a: string | undefined, b: string | undefined): Ordering {
  if (a !== undefined && b !== undefined) return compareItems(a, b);
  if (a === b) return 0;
  return (a === undefined) === (absent === -1) ? -1 : 1;
}

function compareItems(a: string, b: string): Ordering {
  return compareLists(items(a), items(b), (left, right) => {
    if (left === undefined || right === undefined) return left === undefined ? -1 : 1;
    const leftEnd = endOfDigits(left, 0);
    const rightEnd = endOfDigits(right, 0);
    if ((leftEnd === 0) !== (rightEnd === 0)) return leftEnd === 0 ? 1 : -1;
    return (
      compareDigits(left.slice(0, leftEnd), right.slice(0, rightEnd)) ||
      compareText(left.slice(leftEnd), right.slice(rightEnd))
    );
  });
}

function items(text: string): string[] {
  const found = text.split(".");
  while (found.length > 0 && /^0*$/.test(found.at(-1) as string)) found.pop();
  return found;
}
