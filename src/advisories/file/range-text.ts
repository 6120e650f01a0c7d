import type { AffectedRange } from "../record.ts";

/**
 * Ranges and single versions as one field: spans parted by spaces, `introduced<fixed` or `introduced<=lastAffected`, `introduced<` without end; an
 * introduction at `0` is left out, one that is absent is `~`. Single versions follow as `=version`.
 */
export function writeRanges(ranges: readonly AffectedRange[], versions: readonly string[] | undefined): string {
  const spans = ranges.map(({ introduced, fixed, lastAffected }) => {
    const from = introduced === undefined ? "~" : introduced === "0" ? "" : encode(introduced);
    const to =
      fixed !== undefined ? `<${encode(fixed)}` : lastAffected !== undefined ? `<=${encode(lastAffected)}` : "<";
    return from + to;
  });
  return [...spans, ...(versions ?? []).map((version) => `=${encode(version)}`)].join(" ");
}

/** Reads what {@link writeRanges} wrote. */
export function readRanges(text: string): { ranges: readonly AffectedRange[]; versions: readonly string[] } {
  if (text === "<") return { ranges: everything, versions: none };
  if (isPlainFix(text)) return { ranges: [{ introduced: "0", fixed: text.slice(1) }], versions: none };
  const ranges: AffectedRange[] = [];
  const versions: string[] = [];
  if (text === "") return { ranges, versions };
  for (const part of text.split(" ")) {
    if (part.startsWith("=")) {
      versions.push(decode(part.slice(1)));
      continue;
    }
    const at = part.indexOf("<");
    const from = part.slice(0, at);
    const inclusive = part.charCodeAt(at + 1) === 61;
    const to = decode(part.slice(at + (inclusive ? 2 : 1)));
    const range: { introduced?: string; fixed?: string; lastAffected?: string } = {};
    if (from !== "~") range.introduced = from === "" ? "0" : decode(from);
    if (inclusive) range.lastAffected = to;
    else if (to !== "") range.fixed = to;
    ranges.push(range);
  }
  return { ranges, versions };
}

/** By far the most frequent: affected from the beginning until a fix. */
function isPlainFix(text: string): boolean {
  return text.charCodeAt(0) === 60 && text.charCodeAt(1) !== 61 && !text.includes(" ") && !text.includes("%");
}

const everything: readonly AffectedRange[] = [{ introduced: "0" }];
const none: readonly string[] = [];

function encode(version: string): string {
  return /[%<=~ ]/.test(version)
    ? version
        .replace(/[%<= ~]/g, (char) => (char === "~" ? char : `%${char.charCodeAt(0).toString(16)}`))
        .replace(/^~$/, "%7e")
    : version;
}

function decode(text: string): string {
  return text.includes("%")
    ? text.replace(/%([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : text;
}
