import { compareDigits, compareNumbers, endOfDigits, isDigitCode, isLetterCode, type Ordering } from "./ordering.ts";

interface DebVersion {
  epoch: string;
  upstream: string;
  revision: string;
}

/**
 * Orders Debian package versions (deb-version(7), Debian policy §5.6.12): epoch, upstream version, revision; an absent epoch
 * or revision is zero and `~` sorts before the end. What is not a valid version is compared by the same rules, with a
 * prefix that is no number counted as part of the upstream version: a total preorder on all strings.
 */
export function compareDeb(a: string, b: string): Ordering {
  const left = parse(a);
  const right = parse(b);
  return (
    compareDigits(left.epoch, right.epoch) ||
    comparePart(left.upstream, right.upstream) ||
    comparePart(left.revision, right.revision)
  );
}

/** The largest epoch that dpkg reads: an `int` of C. */
const MAXIMUM_EPOCH = 2 ** 31 - 1;

/** Whether dpkg accepts the text as a version: `[epoch:]upstream[-revision]` with the upstream part beginning with a digit. */
export function isValidDeb(version: string): boolean {
  const { epoch, upstream, revision } = parse(version.trim());
  return (
    Number(epoch) <= MAXIMUM_EPOCH &&
    /^[0-9][A-Za-z0-9.+:~-]*$/.test(upstream) &&
    /^[A-Za-z0-9.+~]*$/.test(revision) &&
    !version.trim().endsWith("-")
  );
}

function parse(version: string): DebVersion {
  const text = version.trim();
  const epochEnd = endOfDigits(text, 0);
  const hasEpoch = epochEnd > 0 && text[epochEnd] === ":";
  const rest = hasEpoch ? text.slice(epochEnd + 1) : text;
  const dash = rest.lastIndexOf("-");
  return {
    epoch: hasEpoch ? text.slice(0, epochEnd) : "",
    upstream: dash < 0 ? rest : rest.slice(0, dash),
    revision: dash < 0 ? "" : rest.slice(dash + 1),
  };
}

/** Alternates between runs without digits, compared by weight, and runs of digits, compared by value. */
function comparePart(a: string, b: string): Ordering {
  let left = 0;
  let right = 0;
  while (left < a.length || right < b.length) {
    while (isNonDigitAt(a, left) || isNonDigitAt(b, right)) {
      const ordering = compareNumbers(weight(a, left), weight(b, right));
      if (ordering !== 0) return ordering;
      left++;
      right++;
    }
    const leftEnd = endOfDigits(a, left);
    const rightEnd = endOfDigits(b, right);
    const ordering = compareDigits(a.slice(left, leftEnd), b.slice(right, rightEnd));
    if (ordering !== 0) return ordering;
    left = leftEnd;
    right = rightEnd;
  }
  return 0;
}

function isNonDigitAt(text: string, index: number): boolean {
  return index < text.length && !isDigitCode(text.charCodeAt(index));
}

/** `~` before the end of the part, the end before letters, letters before everything else (deb-version(7), Sorting algorithm). */
function weight(text: string, index: number): number {
  const code = text.charCodeAt(index);
  if (index >= text.length || isDigitCode(code)) return 0;
  if (code === 0x7e) return -1;
  return isLetterCode(code) ? code : code + 256;
}
