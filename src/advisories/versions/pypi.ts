import {
  compareDigits,
  compareLists,
  compareNumbers,
  compareText,
  endOfDigits,
  isDigits,
  type Ordering,
} from "./ordering.ts";

interface Marker {
  rank: number;
  number: string;
}

/** The parts of a PEP 440 version. */
interface PythonVersion {
  epoch: string;
  release: readonly string[];
  pre: Marker | undefined;
  post: string | undefined;
  dev: string | undefined;
  local: readonly string[] | undefined;
}

/**
 * Orders Python package versions (PEP 440, now packaging.python.org/specifications/version-specifiers): epoch, release with
 * absent components as 0, then development, pre-, final, post-release, and local labels after all. What is no PEP 440 version
 * sorts before every one that is, by setuptools' older rule (runs of letters and digits, `dev` first, text before numbers):
 * a total preorder on all strings.
 */
export function comparePypi(a: string, b: string): Ordering {
  const left = parsePythonVersion(a);
  const right = parsePythonVersion(b);
  if (left !== undefined && right !== undefined) return compareParsed(left, right);
  if (left === undefined && right === undefined) return compareLists(legacyKey(a), legacyKey(b), compareLegacyPart);
  return left === undefined ? -1 : 1;
}

/** Whether the text is a PEP 440 version in any of its accepted spellings. */
export function isValidPypi(version: string): boolean {
  return parsePythonVersion(version) !== undefined;
}

/** The normal form of a PEP 440 version (`1.0ALPHA` is `1.0a0`); text that is no such version is given back unchanged. */
export function normalPypi(version: string): string {
  const parsed = parsePythonVersion(version);
  if (parsed === undefined) return version;
  const plain = (digits: string) => digits.replace(/^0+(?=\d)/, "") || "0";
  return [
    parsed.epoch === "" || plain(parsed.epoch) === "0" ? "" : `${plain(parsed.epoch)}!`,
    parsed.release.map(plain).join("."),
    parsed.pre === undefined ? "" : `${["a", "b", "rc"][parsed.pre.rank]}${plain(parsed.pre.number)}`,
    parsed.post === undefined ? "" : `.post${plain(parsed.post)}`,
    parsed.dev === undefined ? "" : `.dev${plain(parsed.dev)}`,
    parsed.local === undefined ? "" : `+${parsed.local.map((part) => (isDigits(part) ? plain(part) : part)).join(".")}`,
  ].join("");
}

/** The words that may stand at one place of the grammar, those before their own beginnings. */
const PRE_LABELS: readonly (readonly [string, number])[] = [
  ["alpha", 0],
  ["a", 0],
  ["beta", 1],
  ["b", 1],
  ["preview", 2],
  ["pre", 2],
  ["rc", 2],
  ["c", 2],
];
const POST_LABELS: readonly (readonly [string, number])[] = [
  ["post", 0],
  ["rev", 0],
  ["r", 0],
];
const DEV_LABELS: readonly (readonly [string, number])[] = [["dev", 0]];

/** Reads from left to right without going back: every optional part of the grammar (PEP 440, Appendix B) begins differently. */
function parsePythonVersion(version: string): PythonVersion | undefined {
  const text = version.trim().toLowerCase();
  let index = text.startsWith("v") ? 1 : 0;
  let end = endOfDigits(text, index);
  const epoch = end > index && text[end] === "!" ? text.slice(index, end) : "";
  if (epoch !== "") index = end + 1;

  const release: string[] = [];
  for (;;) {
    end = endOfDigits(text, index);
    if (end === index) return undefined;
    release.push(text.slice(index, end));
    index = end;
    if (text[index] !== "." || endOfDigits(text, index + 1) === index + 1) break;
    index++;
  }

  let pre: Marker | undefined;
  let post: string | undefined;
  let dev: string | undefined;
  const preLabel = labelAt(text, index, PRE_LABELS);
  if (preLabel !== undefined) {
    pre = preLabel;
    index = preLabel.end;
  }
  const postLabel = labelAt(text, index, POST_LABELS);
  if (postLabel !== undefined) {
    post = postLabel.number;
    index = postLabel.end;
  } else if (text[index] === "-" && endOfDigits(text, index + 1) > index + 1) {
    end = endOfDigits(text, index + 1);
    post = text.slice(index + 1, end);
    index = end;
  }
  const devLabel = labelAt(text, index, DEV_LABELS);
  if (devLabel !== undefined) {
    dev = devLabel.number;
    index = devLabel.end;
  }
  const local = text[index] === "+" ? localLabels(text.slice(index + 1)) : undefined;
  if (index !== text.length && local === undefined) return undefined;
  return { epoch, release, pre, post, dev, local };
}

/** One of the words with an optional separator before it and an optional separator and number behind it. */
function labelAt(
  text: string,
  start: number,
  labels: readonly (readonly [string, number])[],
): (Marker & { end: number }) | undefined {
  const nameStart = isSeparator(text[start]) ? start + 1 : start;
  const label = labels.find(([name]) => text.startsWith(name, nameStart));
  if (label === undefined) return undefined;
  const nameEnd = nameStart + label[0].length;
  const numberStart = isSeparator(text[nameEnd]) ? nameEnd + 1 : nameEnd;
  const end = endOfDigits(text, numberStart);
  return { rank: label[1], number: text.slice(numberStart, end), end };
}

function localLabels(text: string): string[] | undefined {
  const labels = text.split(/[-_.]/);
  return labels.every((label) => /^[a-z0-9]+$/.test(label)) ? labels : undefined;
}

function isSeparator(character: string | undefined): boolean {
  return character === "." || character === "-" || character === "_";
}

function compareParsed(a: PythonVersion, b: PythonVersion): Ordering {
  return (
    compareDigits(a.epoch, b.epoch) ||
    compareLists(a.release, b.release, (left, right) => compareDigits(left ?? "", right ?? "")) ||
    compareNumbers(phase(a), phase(b)) ||
    compareDigits(a.pre?.number ?? "", b.pre?.number ?? "") ||
    compareOptional(a.post, b.post, -1) ||
    compareOptional(a.dev, b.dev, 1) ||
    compareLocal(a.local, b.local)
  );
}

/** A development release of the release itself, alpha, beta, candidate, then the release and its post-releases. */
function phase(version: PythonVersion): number {
  if (version.pre !== undefined) return version.pre.rank;
  return version.post === undefined && version.dev !== undefined ? -1 : 3;
}

function compareOptional(a: string | undefined, b: string | undefined, absent: -1 | 1): Ordering {
  if (a !== undefined && b !== undefined) return compareDigits(a, b);
  if (a === b) return 0;
  return (a === undefined) === (absent === -1) ? -1 : 1;
}

function compareLocal(a: readonly string[] | undefined, b: readonly string[] | undefined): Ordering {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1;
  return compareLists(a, b, (left, right) => {
    if (left === undefined || right === undefined) return left === undefined ? -1 : 1;
    const leftIsNumber = isDigits(left);
    if (leftIsNumber !== isDigits(right)) return leftIsNumber ? 1 : -1;
    return leftIsNumber ? compareDigits(left, right) : compareText(left, right);
  });
}

const FINAL = "*final";
const LEGACY_NAMES: Readonly<Record<string, string>> = {
  pre: "*c",
  preview: "*c",
  rc: "*c",
  "-": "*final-",
  dev: "*@",
};

/** Runs of digits and `*`-marked words; zeros and dashes just before a pre-release word or the end do not count. */
function legacyKey(version: string): string[] {
  const key: string[] = [];
  for (const part of legacyParts(version.toLowerCase())) {
    if (part.startsWith("*")) {
      if (part < FINAL) while (key.at(-1) === "*final-") key.pop();
      while (/^0+$/.test(key.at(-1) ?? "")) key.pop();
    }
    key.push(part);
  }
  return key;
}

function legacyParts(text: string): string[] {
  const parts: string[] = [];
  for (const word of text.match(/[0-9]+|[a-z]+|-|[^0-9a-z.-]+/g) ?? []) {
    if (isDigits(word)) parts.push(word);
    else parts.push(Object.hasOwn(LEGACY_NAMES, word) ? (LEGACY_NAMES[word] as string) : `*${word}`);
  }
  return [...parts, FINAL];
}

function compareLegacyPart(a: string | undefined, b: string | undefined): Ordering {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1;
  const leftIsNumber = isDigits(a);
  if (leftIsNumber !== isDigits(b)) return leftIsNumber ? 1 : -1;
  return leftIsNumber ? compareDigits(a, b) : compareText(a, b);
}
