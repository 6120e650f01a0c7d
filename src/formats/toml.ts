import { corrupt, limitExceeded } from "../core/errors.ts";
import { limits } from "../core/limits.ts";

/** A value of a TOML document; dates and times stay text, integers beyond 2^53 lose precision. */
export type TomlValue = string | number | boolean | readonly TomlValue[] | TomlTable;
/** A table of a TOML document. It has no prototype, so that a key such as `__proto__` stays data. */
export interface TomlTable {
  [key: string]: TomlValue;
}

/** Reads a TOML 1.0 document (toml.io/en/v1.0.0). Throws `CORRUPT_INPUT` with the 1-based line where the text is no TOML, `LIMIT_EXCEEDED` beyond the nesting bound. */
export function parseToml(text: string, name: string): TomlTable {
  return new TomlReader(text, name).document();
}

const bareKey = /[A-Za-z0-9_-]+/y;
const dateOrTime =
  /\d{4}-\d{2}-\d{2}(?:[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})?)?|\d{2}:\d{2}:\d{2}(?:\.\d+)?/y;
const number =
  /0x[0-9A-Fa-f](?:_?[0-9A-Fa-f])*|0o[0-7](?:_?[0-7])*|0b[01](?:_?[01])*|[+-]?(?:inf|nan)|[+-]?(?:0|[1-9](?:_?\d)*)(?:\.\d(?:_?\d)*)?(?:[eE][+-]?\d(?:_?\d)*)?/y;
const escapes: Readonly<Record<string, string>> = {
  b: "\b",
  t: "\t",
  n: "\n",
  f: "\f",
  r: "\r",
  e: "\u001b",
  '"': '"',
  "\\": "\\",
};

class TomlReader {
  readonly #text: string;
  readonly #name: string;
  readonly #root: TomlTable = newTable();
  /** Tables that a header or an inline value closed: TOML allows no second definition. */
  readonly #closed = new WeakSet<object>();
  readonly #arrays = new WeakSet<object>();
  #at = 0;

  constructor(text: string, name: string) {
    this.#text = text.startsWith("\uFEFF") ? text.slice(1) : text;
    this.#name = name;
  }

  document(): TomlTable {
    let table = this.#root;
    for (;;) {
      this.#skipBlank();
      if (this.#at >= this.#text.length) return this.#root;
      if (this.#text[this.#at] === "[") table = this.#header();
      else this.#pair(table, 0);
      this.#endOfLine();
    }
  }

  #header(): TomlTable {
    const isArray = this.#text.startsWith("[[", this.#at);
    this.#at += isArray ? 2 : 1;
    const keys = this.#keys();
    this.#expect(isArray ? "]]" : "]");
    const last = keys.pop()!;
    const parent = this.#descend(this.#root, keys, true);
    return isArray ? this.#appendTable(parent, last) : this.#openTable(parent, last);
  }

  #openTable(parent: TomlTable, key: string): TomlTable {
    const existing = parent[key];
    if (existing === undefined) {
      const table = newTable();
      parent[key] = table;
      this.#closed.add(table);
      return table;
    }
    if (!isTable(existing) || this.#closed.has(existing)) throw this.#corrupt(`"${key}" is defined twice`);
    this.#closed.add(existing);
    return existing;
  }

  #appendTable(parent: TomlTable, key: string): TomlTable {
    const table = newTable();
    const existing = parent[key];
    if (existing === undefined) {
      const list: TomlValue[] = [table];
      this.#arrays.add(list);
      parent[key] = list;
    } else if (Array.isArray(existing) && this.#arrays.has(existing)) existing.push(table);
    else throw this.#corrupt(`"${key}" is not an array of tables`);
    return table;
  }

  /** Walks to the table that dotted keys name, making what is missing; the last element stands for an array of tables. */
  #descend(from: TomlTable, keys: readonly string[], throughArrays: boolean): TomlTable {
    let table = from;
    for (const key of keys) {
      let next: TomlValue | undefined = table[key];
      if (next === undefined) {
        next = newTable();
        table[key] = next;
      }
      if (throughArrays && typeof next === "object" && this.#arrays.has(next))
        next = (next as readonly TomlValue[]).at(-1);
      if (next === undefined || !isTable(next)) throw this.#corrupt(`"${key}" is not a table`);
      table = next;
    }
    return table;
  }

  #pair(table: TomlTable, depth: number): void {
    const keys = this.#keys();
    this.#expect("=");
    this.#skipSpace();
    const last = keys.pop()!;
    const owner = this.#descend(table, keys, false);
    if (owner !== table && this.#closed.has(owner)) throw this.#corrupt(`"${keys.join(".")}" is defined twice`);
    if (last in owner) throw this.#corrupt(`"${last}" is defined twice`);
    owner[last] = this.#value(depth);
  }

  #keys(): string[] {
    const keys: string[] = [];
    do {
      if (keys.length > 0) this.#at++;
      this.#skipSpace();
      keys.push(this.#key());
      this.#skipSpace();
      if (keys.length > limits.depth) throw limitExceeded(this.#name, `${limits.depth} levels of nesting`);
    } while (this.#text[this.#at] === ".");
    return keys;
  }

  #key(): string {
    const first = this.#text[this.#at];
    if (first === '"') return this.#basicString();
    if (first === "'") return this.#literalString();
    const key = this.#match(bareKey);
    if (key === undefined) throw this.#corrupt("a key is expected");
    return key;
  }

  #value(depth: number): TomlValue {
    if (depth > limits.depth) throw limitExceeded(this.#name, `${limits.depth} levels of nesting`);
    const text = this.#text;
    const first = text[this.#at];
    if (text.startsWith('"""', this.#at)) return this.#multiLine('"""');
    if (text.startsWith("'''", this.#at)) return this.#multiLine("'''");
    if (first === '"') return this.#basicString();
    if (first === "'") return this.#literalString();
    if (first === "[") return this.#array(depth);
    if (first === "{") return this.#inlineTable(depth);
    if (text.startsWith("true", this.#at)) return this.#word("true", true);
    if (text.startsWith("false", this.#at)) return this.#word("false", false);
    const date = this.#match(dateOrTime);
    if (date !== undefined) return date;
    const digits = this.#match(number);
    if (digits === undefined || digits === "") throw this.#corrupt("a value is expected");
    return numberOf(digits.replaceAll("_", ""));
  }

  #word(word: string, value: boolean): boolean {
    this.#at += word.length;
    return value;
  }

  #array(depth: number): TomlValue[] {
    const values: TomlValue[] = [];
    this.#at++;
    for (;;) {
      this.#skipBlank();
      if (this.#take("]")) return values;
      values.push(this.#value(depth + 1));
      this.#skipBlank();
      if (this.#take("]")) return values;
      this.#expect(",");
    }
  }

  #inlineTable(depth: number): TomlTable {
    const table = newTable();
    this.#at++;
    for (;;) {
      this.#skipBlank();
      if (this.#take("}")) break;
      this.#pair(table, depth + 1);
      this.#skipBlank();
      if (this.#take("}")) break;
      this.#expect(",");
    }
    this.#closed.add(table);
    return table;
  }

  #basicString(): string {
    this.#at++;
    let value = "";
    for (;;) {
      const character = this.#text[this.#at];
      if (character === undefined || character === "\n") throw this.#corrupt("the string has no end");
      this.#at++;
      if (character === '"') return value;
      value += character === "\\" ? this.#escape() : character;
    }
  }

  #literalString(): string {
    const end = this.#text.indexOf("'", this.#at + 1);
    const value = end < 0 ? "\n" : this.#text.slice(this.#at + 1, end);
    if (value.includes("\n")) throw this.#corrupt("the string has no end");
    this.#at = end + 1;
    return value;
  }

  #multiLine(quote: string): string {
    this.#at += 3;
    if (this.#text.startsWith("\r\n", this.#at)) this.#at += 2;
    else if (this.#text[this.#at] === "\n") this.#at++;
    let value = "";
    for (;;) {
      if (this.#at >= this.#text.length) throw this.#corrupt("the string has no end");
      if (this.#text.startsWith(quote, this.#at)) return value + this.#closingQuotes(quote);
      const character = this.#text[this.#at++]!;
      if (character !== "\\" || quote === "'''") value += character;
      else value += this.#lineContinues() ? "" : this.#escape();
    }
  }

  /** Up to two quotes may stand before the closing three. */
  #closingQuotes(quote: string): string {
    let end = this.#at + 3;
    while (end < this.#at + 5 && this.#text[end] === quote[0]) end++;
    const extra = this.#text.slice(this.#at, end - 3);
    this.#at = end;
    return extra;
  }

  #lineContinues(): boolean {
    const rest = /[ \t]*\r?\n\s*/y;
    rest.lastIndex = this.#at;
    const found = rest.exec(this.#text);
    if (!found) return false;
    this.#at += found[0].length;
    return true;
  }

  #escape(): string {
    const letter = this.#text[this.#at++] ?? "";
    const length = { u: 4, U: 8, x: 2 }[letter];
    if (length === undefined) {
      const plain = escapes[letter];
      if (plain === undefined) throw this.#corrupt(`"\\${letter}" is no escape`);
      return plain;
    }
    const digits = this.#text.slice(this.#at, this.#at + length);
    const code = /^[0-9A-Fa-f]+$/.test(digits) && digits.length === length ? Number.parseInt(digits, 16) : -1;
    if (code < 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
      throw this.#corrupt("an escape names no character");
    this.#at += length;
    return String.fromCodePoint(code);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #take(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false;
    this.#at += text.length;
    return true;
  }

  #expect(text: string): void {
    this.#skipSpace();
    if (!this.#take(text)) throw this.#corrupt(`"${text}" is expected`);
  }

  #skipSpace(): void {
    while (this.#text[this.#at] === " " || this.#text[this.#at] === "\t") this.#at++;
  }

  #skipBlank(): void {
    for (;;) {
      const character = this.#text[this.#at];
      if (character === " " || character === "\t" || character === "\n" || character === "\r") this.#at++;
      else if (character === "#") this.#skipComment();
      else return;
    }
  }

  #skipComment(): void {
    const end = this.#text.indexOf("\n", this.#at);
    this.#at = end < 0 ? this.#text.length : end;
  }

  #endOfLine(): void {
    this.#skipSpace();
    if (this.#text[this.#at] === "#") this.#skipComment();
    if (this.#at < this.#text.length && !this.#take("\n") && !this.#take("\r\n"))
      throw this.#corrupt("the line should end");
  }

  #corrupt(why: string): Error {
    const line = this.#text.slice(0, this.#at).split("\n").length;
    return corrupt(this.#name, `line ${line}: ${why}`);
  }
}

function newTable(): TomlTable {
  return Object.create(null) as TomlTable;
}

function isTable(value: TomlValue): value is TomlTable {
  return typeof value === "object" && !Array.isArray(value);
}

function numberOf(digits: string): number {
  if (digits.endsWith("inf")) return digits.startsWith("-") ? -Infinity : Infinity;
  if (digits.endsWith("nan")) return Number.NaN;
  return Number(digits);
}
