import { compareDigits, compareLists, compareNumbers, compareText, endOfLetters, type Ordering } from "./ordering.ts";
import { compareIdentifiers, parseSemver } from "./semver-core.ts";

/**
 * Orders OpenSSL versions (openssl.org release strategy): `1.0.2`, its letter releases `1.0.2a` to `1.0.2zh`, and from 3.0
 * on Semantic Versioning; `-pre`, `-alpha`, `-beta`, `-rc` and `-dev` come before their release, other additions (`-fips`)
 * after it. Text without a number sorts first: a total preorder on all strings.
 */
export function compareOpenssl(a: string, b: string): Ordering {
  const left = parse(a);
  const right = parse(b);
  return (
    compareNumbers(Math.min(left.release.length, 1), Math.min(right.release.length, 1)) ||
    compareLists(left.release, right.release, (l, r) => compareDigits(l ?? "", r ?? "")) ||
    compareText(left.letters, right.letters) ||
    compareNumbers(left.phase, right.phase) ||
    compareIdentifiers(left.label, right.label)
  );
}

/** Whether the text is a version of OpenSSL: three numbers, perhaps letters, perhaps a pre-release. */
export function isValidOpenssl(version: string): boolean {
  return /^[0-9]+\.[0-9]+\.[0-9]+[a-z]*(?:-[0-9a-z.]+)?$/.test(version.trim());
}

const PRE_RELEASE = /^(?:pre|alpha|beta|rc|dev)/;

function parse(version: string): { release: readonly string[]; letters: string; phase: number; label: string[] } {
  const { release, text } = parseSemver(version.toLowerCase());
  const rest = text.slice(release.join(".").length);
  const letters = rest.slice(0, endOfLetters(rest, 0));
  const label = rest.slice(letters.length).replace(/^[-.]/, "");
  const phase = label === "" ? 0 : PRE_RELEASE.test(label) ? -1 : 1;
  return { release, letters, phase, label: label.match(/[0-9]+|[^0-9.]+/g) ?? [] };
}
