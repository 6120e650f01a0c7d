import { corrupt } from "../../core/errors.ts";

/** One line of sshd_config(5): a keyword in lower case and its arguments. */
export interface SshdLine {
  readonly keyword: string;
  readonly arguments: readonly string[];
  readonly line: number;
}

/** The lines of a configuration in order; comments left out, quotes resolved. Throws `CORRUPT_INPUT` for a quote without end. */
export function parseSshdConfig(text: string, name: string): SshdLine[] {
  const lines: SshdLine[] = [];
  for (const [index, raw] of text.split("\n").entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    const [, keyword, rest] = /^([A-Za-z0-9]+)(?:\s*=\s*|\s+|$)(.*)$/s.exec(line) ?? [];
    if (keyword === undefined) throw corrupt(name, `line ${index + 1} starts with no keyword`);
    lines.push({ keyword: keyword.toLowerCase(), arguments: words(rest ?? "", name, index + 1), line: index + 1 });
  }
  return lines;
}

/** Splits arguments as sshd does: white space parts, single or double quotes hold together, a hash after white space starts a comment. */
function words(text: string, name: string, line: number): string[] {
  const found: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (character === "\\" && /["'\\]/.test(text[at + 1] ?? "")) word = (word ?? "") + text[++at]!;
    else if (quote !== "") {
      if (character === quote) quote = "";
      else word = (word ?? "") + character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= "";
    } else if (/\s/.test(character)) {
      if (word !== undefined) found.push(word);
      word = undefined;
    } else if (character === "#" && word === undefined) break;
    else word = (word ?? "") + character;
  }
  if (quote !== "") throw corrupt(name, `line ${line}: a quote has no end`);
  if (word !== undefined) found.push(word);
  return found;
}

/** Settings that hold under a condition: the criteria of a Match line as written. */
export interface SshdMatch {
  readonly criteria: string;
  readonly settings: Readonly<Record<string, string>>;
}
/** What sshd does: settings by keyword in lower case, for everyone and under conditions. */
export interface SshdSettings {
  readonly settings: Readonly<Record<string, string>>;
  readonly matches: readonly SshdMatch[];
}

/** Keywords of which every line counts; of all others the first does. */
const accumulating = new Set([
  "acceptenv",
  "allowgroups",
  "allowusers",
  "denygroups",
  "denyusers",
  "hostkey",
  "listenaddress",
  "port",
  "setenv",
  "hostcertificate",
  "permitlisten",
  "permitopen",
]);

/** What a configuration amounts to, its includes already in place: the first value of a keyword wins, those below a Match line hold for it alone. */
export function effectiveSshd(lines: readonly SshdLine[]): SshdSettings {
  const settings: Record<string, string> = {};
  const matches: { criteria: string; settings: Record<string, string> }[] = [];
  let target = settings;
  for (const { keyword, arguments: values } of lines) {
    if (keyword === "match") {
      const criteria = values.join(" ");
      target = {};
      // "Match all" ends a block: what follows holds for everyone, though earlier values still win.
      if (criteria.toLowerCase() === "all") target = settings;
      else matches.push({ criteria, settings: target });
      continue;
    }
    const known = target[keyword];
    if (known === undefined) target[keyword] = values.join(" ");
    else if (accumulating.has(keyword)) target[keyword] = `${known} ${values.join(" ")}`;
  }
  return { settings, matches };
}
