import {
  compareDigits,
  compareLists,
  compareNumbers,
  compareText,
  endOfDigits,
  endOfLetters,
  isDigitCode,
  type Ordering,
} from "./ordering.ts";
import { genericOrder, type VersionOrder, versionOrder } from "./version-order.ts";

/** Numbers, then letters that make a later release (ProFTPD: `1.3.8 < 1.3.8a`), or a word that makes an earlier one (`1.3.8rc4 < 1.3.8`). A total preorder on all strings. */
export const letteredOrder: VersionOrder = {
  id: "lettered",
  compare: compareLettered,
  isValid: (version) => /^\d+(\.\d+)*([a-z]|-?(rc|beta|alpha|pre|dev)[.-]?\d*)?([-+~ ].*)?$/i.test(version.trim()),
};

interface Lettered {
  readonly release: readonly string[];
  /** -1 before the release, 0 the release, 1 after it. */
  readonly phase: Ordering;
  readonly rest: readonly string[];
}

function compareLettered(a: string, b: string): Ordering {
  const [left, right] = [lettered(a), lettered(b)];
  return (
    compareLists(left.release, right.release, (l, r) => compareDigits(l ?? "", r ?? "")) ||
    compareNumbers(left.phase, right.phase) ||
    compareLists(left.rest, right.rest, comparePart)
  );
}

function comparePart(left: string | undefined, right: string | undefined): Ordering {
  if (left === undefined || right === undefined)
    return compareNumbers(left === undefined ? 0 : 1, right === undefined ? 0 : 1);
  const [a, b] = [isDigitCode(left.charCodeAt(0)), isDigitCode(right.charCodeAt(0))];
  if (a !== b) return a ? -1 : 1;
  return a ? compareDigits(left, right) : compareText(left, right);
}

function lettered(version: string): Lettered {
  const text = version
    .trim()
    .toLowerCase()
    .replace(/^v(?=\d)/, "");
  const release: string[] = [];
  let index = 0;
  while (isDigitCode(text.charCodeAt(index))) {
    const end = endOfDigits(text, index);
    release.push(text.slice(index, end));
    index = text[end] === "." && isDigitCode(text.charCodeAt(end + 1)) ? end + 1 : end;
    if (index === end) break;
  }
  const rest = text.slice(index).replace(/^[-_.]/, "");
  const word = rest.slice(0, endOfLetters(rest, 0));
  const parts = rest.match(/\d+|[a-z]+/g) ?? [];
  if (parts.length === 0) return { release, phase: 0, rest: [] };
  return { release, phase: /^(rc|beta|alpha|pre|dev)$/.test(word) ? -1 : 1, rest: parts };
}

const withLetters = new Set(["proftpd"]);
/** Builds of MySQL: `8.0.35-27.1` is Percona's 27th build of 8.0.35. */
const mysqlBuilds = new Set(["percona_server", "xtradb_cluster"]);
const java = new Set(["java", "jre", "jdk", "openjdk", "java_se"]);

/** The order of a program's versions by its name or the product of its CPE (`openssl`, `proftpd`); what has no order of its own is compared by common use. */
export function programOrder(program: string): VersionOrder {
  if (program === "openssl") return versionOrder("openssl") ?? genericOrder;
  return withLetters.has(program) ? letteredOrder : genericOrder;
}

/** A program's version as advisories write it: `1.8.0_451-b10` of Java is 8.0.451 (JEP 223, JEP 322), and what a build or packager added is left out. */
export function programVersion(program: string, version: string): string {
  if (mysqlBuilds.has(program)) return /^\d+(\.\d+)*/.exec(version)?.[0] ?? version;
  return java.has(program) ? javaVersion(version) : version;
}

function javaVersion(version: string): string {
  const old =
    /^(?:1\.)?(\d+)(?:\.0)?(?:[_u]|[-.:]?update_?)(\d+)/i.exec(version) ?? /^1\.(\d+)\.0(?:-|$)()/.exec(version);
  if (old) return `${old[1]}.0.${old[2] || "0"}`;
  return /^\d+(\.\d+)*/.exec(version)?.[0] ?? version;
}
