import { corrupt } from "../core/errors.ts";

/** A token of Erlang source: punctuation as it is written; atoms, texts and anything else with what they say. */
export type ErlangToken =
  | { readonly kind: "mark"; readonly text: string }
  | { readonly kind: "atom" | "string" | "binary" | "other"; readonly text: string };

const blank = /(?:\s+|%[^\n]*)+/y;
const atom = /[a-z][A-Za-z0-9_@]*/y;
const quotedAtom = /'([^'\\]*(?:\\[\s\S][^'\\]*)*)'/y;
const text = /"([^"\\]*(?:\\[\s\S][^"\\]*)*)"/y;
/** `<<"text">>` and `<<"text"/utf8>>`; binaries of numbers are of no interest. */
const binary = /<<\s*"([^"\\]*(?:\\[\s\S][^"\\]*)*)"(?:\/utf8)?\s*>>/y;
const other = /[^\s{}[\],."'%]+/y;

/**
 * The tokens of a file of Erlang terms (file:consult/1), one at a time; nothing is evaluated. Throws `CORRUPT_INPUT` for a quote that is never closed
 * and for a byte that begins no term.
 */
export function* erlangTokens(source: string, name: string): Generator<ErlangToken> {
  for (let at = 0; at < source.length; ) {
    const skipped = matchAt(blank, source, at);
    if (skipped) {
      at += skipped[0].length;
      continue;
    }
    if ("{}[],.".includes(source[at]!)) {
      yield { kind: "mark", text: source[at]! };
      at += 1;
      continue;
    }
    const [kind, found] = wordAt(source, at);
    if (found === undefined) throw corrupt(name, "is no list of Erlang terms", at);
    yield { kind, text: kind === "other" ? found[0] : unescaped(found[1] ?? found[0]) };
    at += found[0].length;
  }
}

type WordKind = "atom" | "string" | "binary" | "other";
const words: readonly (readonly [WordKind, RegExp])[] = [
  ["atom", atom],
  ["atom", quotedAtom],
  ["string", text],
  ["binary", binary],
  ["other", other],
];

function wordAt(source: string, at: number): readonly [WordKind, RegExpExecArray | undefined] {
  for (const [kind, pattern] of words) {
    const found = matchAt(pattern, source, at);
    if (found) return [kind, found];
  }
  return ["other", undefined];
}

function matchAt(pattern: RegExp, source: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(source) ?? undefined;
}

/** Only what names and versions hold: a quote or a backslash behind a backslash. */
function unescaped(word: string): string {
  return word.replace(/\\(["'\\])/g, "$1");
}
