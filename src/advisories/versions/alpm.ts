import {
  compareDigits,
  compareLists,
  compareNumbers,
  compareText,
  endOfDigits,
  endOfLetters,
  isDigitCode,
  isLetterCode,
  type Ordering,
} from "./ordering.ts";

interface AlpmSegment {
  /** Characters between the segment before and this one. */
  gap: number;
  kind: "letters" | "digits" | "end";
  text: string;
}

/**
 * Orders Arch Linux versions `[epoch:]version[-release]` as vercmp(8) does: an absent epoch is 0 and a release counts only
 * where both sides have one, so `1.5-1 = 1.5 = 1.5-2` though `1.5-1 < 1.5-2` (transitive only among versions that all have
 * or all lack a release). Letters directly after a number sort before the end, more separators sort after fewer. Separators
 * at the end count as a segment between letters and numbers, because vercmp itself is cyclic there.
 */
export function compareAlpm(a: string, b: string): Ordering {
  const left = parse(a);
  const right = parse(b);
  const ordering = compareDigits(left.epoch, right.epoch) || compareSegments(left.version, right.version);
  if (ordering !== 0 || left.release === undefined || right.release === undefined) return ordering;
  return compareSegments(left.release, right.release);
}

/** Whether the text can be the version of an Arch Linux package (PKGBUILD(5): no hyphen, colon, slash or space in pkgver). */
export function isValidAlpm(version: string): boolean {
  return /^(?:[0-9]+:)?[^\s:/-]+(?:-[0-9]+(?:\.[0-9]+)?)?$/.test(version);
}

function parse(text: string): { epoch: string; version: string; release: string | undefined } {
  const epochEnd = endOfDigits(text, 0);
  const hasEpoch = text[epochEnd] === ":";
  const rest = hasEpoch ? text.slice(epochEnd + 1) : text;
  const dash = rest.lastIndexOf("-");
  return {
    epoch: hasEpoch ? text.slice(0, epochEnd) : "",
    version: dash < 0 ? rest : rest.slice(0, dash),
    release: dash < 0 ? undefined : rest.slice(dash + 1),
  };
}

function compareSegments(a: string, b: string): Ordering {
  return compareLists(segments(a), segments(b), compareSegment);
}

function segments(text: string): AlpmSegment[] {
  const found: AlpmSegment[] = [];
  let index = 0;
  while (index < text.length) {
    const start = index;
    while (index < text.length && !isAlphanumeric(text.charCodeAt(index))) index++;
    const gap = index - start;
    const kind = index === text.length ? "end" : isDigitCode(text.charCodeAt(index)) ? "digits" : "letters";
    const end = kind === "digits" ? endOfDigits(text, index) : kind === "letters" ? endOfLetters(text, index) : index;
    found.push({ gap, kind, text: text.slice(index, end) });
    index = end;
  }
  return found;
}

function isAlphanumeric(code: number): boolean {
  return isDigitCode(code) || isLetterCode(code);
}

function compareSegment(a: AlpmSegment | undefined, b: AlpmSegment | undefined): Ordering {
  if (a === undefined || b === undefined) return compareNumbers(place(a), place(b));
  const ordering = compareNumbers(a.gap, b.gap) || compareNumbers(place(a), place(b));
  if (ordering !== 0) return ordering;
  return a.kind === "digits" ? compareDigits(a.text, b.text) : compareText(a.text, b.text);
}

/** Adjoining letters, the end of the version, then everything after a separator: letters, the end, digits. */
function place(segment: AlpmSegment | undefined): number {
  if (segment === undefined) return 1;
  if (segment.kind === "letters") return segment.gap === 0 ? 0 : 2;
  return segment.kind === "end" ? 3 : 4;
}
