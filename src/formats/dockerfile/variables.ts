import { limitExceeded } from "../../core/errors.ts";

/** Values of ARG and ENV by name; undefined for a name that is declared and has no value until the build gives one. */
export type Variables = ReadonlyMap<string, string | undefined>;

/** A text with its variables put in. */
export interface Substituted {
  readonly text: string;
  /** Names without a value: they stand in the text as they were written. */
  readonly unresolved: readonly string[];
}

/** Nested defaults (`${A:-${B:-c}}`) that are followed. */
const depthLimit = 8;
/** Characters that a text may grow to: nested definitions double at every step. */
const lengthLimit = 64 * 1024;
/** Characters that all values of a Dockerfile's variables may have together. */
const totalLimit = 4 * 1024 ** 2;

/** What a Dockerfile's variables may still grow by: values that are made of values would outgrow any memory. */
export class VariableBudget {
  #left = totalLimit;

  /** Takes the value and gives it back. Throws `LIMIT_EXCEEDED` where there is nothing left. */
  spend<T extends { readonly text: string | undefined }>(value: T): T {
    this.#left -= value.text?.length ?? 0;
    if (this.#left < 0) throw limitExceeded("the variables of the Dockerfile", `${totalLimit} characters`);
    return value;
  }
}

/**
 * Puts values in for `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME-default}`, `${NAME:+other}` and `${NAME+other}` (Dockerfile reference, "Environment
 * replacement"). Text between single quotes and `\$` stay. Other forms are unresolved.
 */
export function substitute(text: string, variables: Variables, depth = 0): Substituted {
  if (!text.includes("$")) return { text, unresolved: [] };
  const unresolved: string[] = [];
  let result = "";
  let isSingle = false;
  let isDouble = false;
  for (let index = 0; index < text.length; ) {
    const character = text[index]!;
    if (character === "\\" && !isSingle) {
      result += text.slice(index, index + 2);
      index += 2;
      continue;
    }
    if (character === "'" && !isDouble) isSingle = !isSingle;
    if (character === '"' && !isSingle) isDouble = !isDouble;
    const reference = character === "$" && !isSingle ? referenceAt(text, index) : undefined;
    if (reference === undefined) {
      result += character;
      index++;
      continue;
    }
    const value = depth < depthLimit ? referenceValue(reference, variables, depth) : undefined;
    if (value === undefined || result.length + value.text.length > lengthLimit) {
      unresolved.push(reference.name);
      result += reference.text;
    } else {
      unresolved.push(...value.unresolved);
      result += value.text;
    }
    index += reference.text.length;
  }
  return { text: result, unresolved: [...new Set(unresolved)] };
}

interface Reference {
  /** As it was written: `${A:-b}`. */
  readonly text: string;
  readonly name: string;
  /** What follows the name between the braces: `:-b`. */
  readonly modifier: string;
}

function referenceAt(text: string, start: number): Reference | undefined {
  const plain = /\$([A-Za-z_]\w*|\d)/y;
  plain.lastIndex = start;
  const [whole, name] = plain.exec(text) ?? [];
  if (whole !== undefined && name !== undefined) return { text: whole, name, modifier: "" };
  const braced = /\$\{([A-Za-z_]\w*)/y;
  braced.lastIndex = start;
  const [head, inner] = braced.exec(text) ?? [];
  if (head === undefined || inner === undefined) return undefined;
  const end = closingBrace(text, start + head.length);
  return end === undefined
    ? undefined
    : { text: text.slice(start, end + 1), name: inner, modifier: text.slice(start + head.length, end) };
}

function closingBrace(text: string, from: number): number | undefined {
  let open = 1;
  for (let index = from; index < text.length && index < from + 4096; index++) {
    if (text[index] === "{") open++;
    if (text[index] === "}" && --open === 0) return index;
  }
  return undefined;
}

function referenceValue({ name, modifier }: Reference, variables: Variables, depth: number): Substituted | undefined {
  const value = variables.get(name);
  const whole = (text: string | undefined) => (text === undefined ? undefined : { text, unresolved: [] });
  if (modifier === "") return whole(value);
  const [, colon, sign, word = ""] = /^(:?)([-+])(.*)$/s.exec(modifier) ?? [];
  if (sign === undefined) return undefined;
  // A name that the build may still give a value is neither set nor unset.
  if (variables.has(name) && value === undefined) return undefined;
  const isSet = value !== undefined && (colon === "" || value !== "");
  if (sign === "-") return isSet ? whole(value) : substitute(word, variables, depth + 1);
  return isSet ? substitute(word, variables, depth + 1) : whole("");
}
