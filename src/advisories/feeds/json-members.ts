import { corrupt } from "../../core/errors.ts";

/**
 * The members of the JSON object that a text is, one by one: each value is parsed only when it is its turn, so that a document of 100 MB never is in memory
 * as objects. What is no JSON object is a `CORRUPT_INPUT` error, at the member where it ceases to be one; `what` names the document.
 */
export function* jsonMembers(text: string, what: string): Generator<readonly [name: string, value: unknown]> {
  let at = afterSpace(text, 0);
  if (text[at] !== "{") throw corrupt(what, "is no JSON object", at);
  at = afterSpace(text, at + 1);
  if (text[at] === "}") return requireEnd(text, at + 1, what);
  for (;;) {
    if (text[at] !== '"') throw corrupt(what, "is no JSON document: a member has no name", at);
    const nameEnd = stringEnd(text, at, what);
    const colon = afterSpace(text, nameEnd);
    if (text[colon] !== ":") throw corrupt(what, "is no JSON document: a member has no value", colon);
    const start = afterSpace(text, colon + 1);
    const end = valueEnd(text, start, what);
    yield [parsed(text.slice(at, nameEnd), what, at) as string, parsed(text.slice(start, end), what, start)];
    at = afterSpace(text, end);
    if (text[at] === "}") return requireEnd(text, at + 1, what);
    if (text[at] !== ",") throw corrupt(what, "is no JSON document: it ends within a member", at);
    at = afterSpace(text, at + 1);
  }
}

function parsed(text: string, what: string, at: number): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw corrupt(what, "is no JSON document", at);
  }
}

function requireEnd(text: string, from: number, what: string): void {
  const at = afterSpace(text, from);
  if (at < text.length) throw corrupt(what, "is no JSON document: something follows its end", at);
}

function afterSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && " \t\n\r".includes(text[at] as string)) at++;
  return at;
}

/** The place behind a string's closing quote. */
function stringEnd(text: string, start: number, what: string): number {
  for (let quote = text.indexOf('"', start + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let slashes = 0;
    while (text[quote - 1 - slashes] === "\\") slashes++;
    if (slashes % 2 === 0) return quote + 1;
  }
  throw corrupt(what, "is no JSON document: a string does not end", start);
}

const structure = /["[\]{}]/g;

/** The place behind a value: of objects and lists by counting brackets outside of strings; of others the next comma or bracket. */
function valueEnd(text: string, start: number, what: string): number {
  const first = text[start];
  if (first === '"') return stringEnd(text, start, what);
  if (first !== "{" && first !== "[") {
    let at = start;
    while (at < text.length && !",}] \t\n\r".includes(text[at] as string)) at++;
    return at;
  }
  let depth = 0;
  structure.lastIndex = start;
  for (let found = structure.exec(text); found !== null; found = structure.exec(text)) {
    const [mark] = found;
    if (mark === '"') structure.lastIndex = stringEnd(text, found.index, what);
    else if (mark === "{" || mark === "[") depth++;
    else if (--depth === 0) return structure.lastIndex;
  }
  throw corrupt(what, "is no JSON document: it ends within a value", start);
}
