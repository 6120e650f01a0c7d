import { corrupt, limitExceeded, messageOf } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { addressBytes } from "./ip-address.ts";

/** An item of a list in sudoers(5): a user, host, run-as target or command, `negated` by an odd number of exclamation marks. */
export interface SudoItem {
  readonly text: string;
  readonly negated: boolean;
}
/** A command of a rule. `arguments` is undefined where any are allowed, and empty where none are. */
export interface SudoCommand {
  /** Path, folder ending in a slash, alias, `ALL`, `sudoedit`, or a regular expression from `^` to `$`. */
  readonly command: string;
  readonly arguments: string | undefined;
  readonly negated: boolean;
  /** Tags in force, as `NOPASSWD`; a tag stays until its opposite. */
  readonly tags: readonly string[];
  readonly runAsUsers: readonly SudoItem[];
  readonly runAsGroups: readonly SudoItem[];
}
/** Who may run what on which hosts: one user specification for one host list. */
export interface SudoRule {
  readonly kind: "rule";
  readonly line: number;
  readonly users: readonly SudoItem[];
  readonly hosts: readonly SudoItem[];
  readonly commands: readonly SudoCommand[];
}
/** A named list. */
export interface SudoAlias {
  readonly kind: "alias";
  readonly line: number;
  readonly type: "User" | "Runas" | "Host" | "Cmnd";
  readonly name: string;
  readonly items: readonly SudoItem[];
}
/** One setting of a Defaults line; `value` is false for `!name`, true for a bare name. */
export interface SudoDefault {
  readonly kind: "default";
  readonly line: number;
  /** What it is limited to, as written: `@host`, `:user`, `!command`, `>runas`; empty for all. */
  readonly scope: string;
  /** The hosts of a scope that begins with `@`. */
  readonly hosts?: readonly SudoItem[];
  readonly name: string;
  readonly value: string | boolean;
}
/** A file or folder whose rules stand here. */
export interface SudoInclude {
  readonly kind: "include";
  readonly line: number;
  readonly path: string;
  readonly folder: boolean;
}
/** A line that is no sudoers text; sudo skips it. */
export interface SudoProblem {
  readonly kind: "problem";
  readonly line: number;
  readonly reason: string;
}
/** A statement of a sudoers file. */
export type SudoStatement = SudoRule | SudoAlias | SudoDefault | SudoInclude | SudoProblem;

/** Reads a sudoers file (sudoers(5)) statement by statement. A line that is wrong becomes a problem, as sudo goes on after one. Throws `LIMIT_EXCEEDED` for a file with too many lines. */
export function parseSudoers(text: string, name: string): SudoStatement[] {
  const statements: SudoStatement[] = [];
  for (const { line, text: logical } of logicalLines(text)) {
    if (statements.length > limits.records) throw limitExceeded(name, `${limits.records} statements`);
    try {
      statements.push(...statementsOf(logical, line, name));
    } catch (error) {
      statements.push({ kind: "problem", line, reason: messageOf(error) });
    }
  }
  return statements;
}

/** Lines with those joined that end in a backslash; `line` is the first one's 1-based number. */
function* logicalLines(text: string): Iterable<{ line: number; text: string }> {
  let open = "";
  let start = 1;
  for (const [index, raw] of text.split("\n").entries()) {
    if (open === "") start = index + 1;
    const line = raw.replace(/\r$/, "");
    const slashes = /\\*$/.exec(line)![0].length;
    if (slashes % 2 === 1) {
      open += `${line.slice(0, -1)} `;
      continue;
    }
    yield { line: start, text: (open + line).trim() };
    open = "";
  }
  if (open.trim() !== "") yield { line: start, text: open.trim() };
}

const aliasTypes: Readonly<Record<string, SudoAlias["type"]>> = {
  User_Alias: "User",
  Runas_Alias: "Runas",
  Host_Alias: "Host",
  Cmnd_Alias: "Cmnd",
  Cmd_Alias: "Cmnd",
};

function statementsOf(text: string, line: number, name: string): SudoStatement[] {
  const include = /^[#@]include(dir)?\s+(.+)$/.exec(text);
  if (include) return [{ kind: "include", line, folder: include[1] !== undefined, path: unquote(include[2]!.trim()) }];
  // A hash starts a comment unless a number follows: #0 is the user with that id.
  if (text === "" || /^#(?!-?\d)/.test(text)) return [];
  const defaults =
    /^Defaults(?:([@:!>])\s*((?:"[^"]*"|\\.|[^\s"\\,])+(?:\s*,\s*(?:"[^"]*"|\\.|[^\s"\\,])+)*))?(?:\s+(.*))?$/s.exec(
      text,
    );
  if (defaults)
    return defaultsOf(defaults[1] === undefined ? "" : `${defaults[1]}${defaults[2]}`, defaults[3] ?? "", line, name);
  const alias = /^(\w+_Alias)\s+(.*)$/s.exec(text);
  if (alias && aliasTypes[alias[1]!]) return new SudoersLine(alias[2]!, line, name).aliases(aliasTypes[alias[1]!]!);
  return new SudoersLine(text, line, name).rules();
}

function defaultsOf(scope: string, text: string, line: number, name: string): SudoDefault[] {
  const pattern =
    /(!*)\s*([A-Za-z_][\w]*)\s*(?:(\+=|-=|=)\s*("(?:[^"\\]|\\.)*"|(?:\\.|[^\s,\\#])+))?\s*(?:,|$|(?=#))/sy;
  const hosts = scope.startsWith("@") ? { hosts: new SudoersLine(scope.slice(1), line, name).hosts() } : {};
  const found: SudoDefault[] = [];
  for (let at = 0; at < text.length && text[at] !== "#"; ) {
    pattern.lastIndex = at;
    const part = pattern.exec(text);
    if (!part || part[0] === "") throw corrupt(name, `line ${line}: no setting of Defaults`);
    const value = part[4] === undefined ? part[1]!.length % 2 === 0 : unquote(part[4]);
    found.push({ kind: "default", line, scope, ...hosts, name: part[2]!, value });
    at = pattern.lastIndex;
    while (/\s/.test(text[at] ?? "")) at++;
  }
  return found;
}

const tagNames = new Set(
  "EXEC NOEXEC FOLLOW NOFOLLOW LOG_INPUT NOLOG_INPUT LOG_OUTPUT NOLOG_OUTPUT MAIL NOMAIL INTERCEPT NOINTERCEPT PASSWD NOPASSWD SETENV NOSETENV".split(
    " ",
  ),
);
const optionName =
  /(?:ROLE|TYPE|PRIVS|LIMITPRIVS|NOTBEFORE|NOTAFTER|TIMEOUT|CWD|CHROOT|APPARMOR_PROFILE)\s*=\s*("[^"]*"|\S+)/y;

class SudoersLine {
  readonly #text: string;
  readonly #line: number;
  readonly #name: string;
  #at = 0;

  constructor(text: string, line: number, name: string) {
    this.#text = text;
    this.#line = line;
    this.#name = name;
  }

  aliases(type: SudoAlias["type"]): SudoAlias[] {
    const found: SudoAlias[] = [];
    do {
      const name = this.#word();
      if (!/^[A-Z][A-Z0-9_]*$/.test(name)) throw this.#corrupt(`"${name}" is no name of an alias`);
      this.#expect("=");
      const items = this.#list(() => this.#itemOf(type));
      found.push({ kind: "alias", line: this.#line, type, name, items });
    } while (this.#take(":"));
    this.#end();
    return found;
  }

  rules(): SudoRule[] {
    const users = this.#list(() => this.#item());
    const found: SudoRule[] = [];
    do {
      const hosts = this.#list(() => this.#hostItem());
      this.#expect("=");
      found.push({ kind: "rule", line: this.#line, users, hosts, commands: this.#commands() });
    } while (this.#take(":"));
    this.#end();
    return found;
  }

  /** The line is a list of hosts and nothing else. */
  hosts(): SudoItem[] {
    const items = this.#list(() => this.#hostItem());
    this.#end();
    return items;
  }

  #commands(): SudoCommand[] {
    const commands: SudoCommand[] = [];
    let runAs: Pick<SudoCommand, "runAsUsers" | "runAsGroups"> = { runAsUsers: [], runAsGroups: [] };
    const tags = new Set<string>();
    do {
      runAs = this.#runAs() ?? runAs;
      this.#options();
      this.#tags(tags);
      this.#options();
      const item = this.#commandItem();
      const split = splitCommand(item.text);
      commands.push({ ...split, negated: item.negated, tags: [...tags].sort(), ...runAs });
    } while (this.#take(","));
    return commands;
  }

  #runAs(): Pick<SudoCommand, "runAsUsers" | "runAsGroups"> | undefined {
    if (!this.#take("(")) return undefined;
    const users = this.#peek() === ":" || this.#peek() === ")" ? [] : this.#list(() => this.#item());
    const groups = this.#take(":") && this.#peek() !== ")" ? this.#list(() => this.#item()) : [];
    this.#expect(")");
    return { runAsUsers: users, runAsGroups: groups };
  }

  #options(): void {
    for (;;) {
      this.#space();
      optionName.lastIndex = this.#at;
      const found = optionName.exec(this.#text);
      if (!found) return;
      this.#at = optionName.lastIndex;
    }
  }

  #tags(tags: Set<string>): void {
    for (;;) {
      this.#space();
      const found = /([A-Z_]+)\s*:/y;
      found.lastIndex = this.#at;
      const tag = found.exec(this.#text)?.[1];
      if (tag === undefined || !tagNames.has(tag)) return;
      this.#at = found.lastIndex;
      tags.delete(tag.startsWith("NO") ? tag.slice(2) : `NO${tag}`);
      tags.add(tag);
    }
  }

  #list<T>(read: () => T): T[] {
    const items = [read()];
    while (this.#take(",")) items.push(read());
    return items;
  }

  #item(): SudoItem {
    const negated = this.#negation();
    return { text: this.#word(), negated };
  }

  #itemOf(type: SudoAlias["type"]): SudoItem {
    if (type === "Cmnd") return this.#commandItem();
    return type === "Host" ? this.#hostItem() : this.#item();
  }

  /** The colons of an IPv6 address end nothing, as they do elsewhere. */
  #hostItem(): SudoItem {
    const negated = this.#negation();
    this.#space();
    const pattern = /((?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4})(?:\/(?:(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}|\d{1,3}))?/iy;
    pattern.lastIndex = this.#at;
    const address = pattern.exec(this.#text);
    if (!address) return { text: this.#word(), negated };
    if (addressBytes(address[1]!) === undefined) throw this.#corrupt(`"${address[1]}" is no address`);
    this.#at = pattern.lastIndex;
    return { text: address[0], negated };
  }

  #commandItem(): SudoItem {
    const negated = this.#negation();
    this.#space();
    for (;;) {
      // Digests of the program may stand before it; they limit it further.
      const digest = /sha(?:224|256|384|512)\s*:\s*[A-Za-z0-9+/=]+\s*,?\s*/y;
      digest.lastIndex = this.#at;
      if (!digest.test(this.#text)) break;
      this.#at = digest.lastIndex;
    }
    const text = this.#commandText();
    if (text === "") throw this.#corrupt("a command is expected");
    return { text, negated };
  }

  /** A command runs to the next unescaped comma, colon or hash, or an equals sign that stands alone; a regular expression to the dollar sign that ends it. */
  #commandText(): string {
    let text = "";
    let inExpression = false;
    while (this.#at < this.#text.length) {
      const character = this.#text[this.#at]!;
      if (character === "\\") {
        text += this.#text.slice(this.#at, this.#at + 2);
        this.#at += 2;
        continue;
      }
      const standsAlone = /(^|\s)$/.test(text) && /^(\s|$)/.test(this.#text.slice(this.#at + 1));
      const endsHere = character === "=" ? standsAlone : /[,:#]/.test(character);
      if (!inExpression && endsHere) break;
      // Directly behind the program it begins the arguments.
      if (character === "=" && !inExpression && !/\s/.test(text)) text += " ";
      if (character === "^" && (text === "" || /\s$/.test(text))) inExpression = true;
      if (inExpression && character === "$" && /^(\s|,|$)/.test(this.#text.slice(this.#at + 1))) inExpression = false;
      text += character;
      this.#at++;
    }
    return text.trim();
  }

  #word(): string {
    this.#space();
    const pattern = /"((?:[^"\\]|\\.)*)"|((?:\\.|[^\s,:=()!\\"])+)/sy;
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (!found) throw this.#corrupt("a name is expected");
    this.#at = pattern.lastIndex;
    return found[1] ?? found[2]!.replaceAll(/\\(.)/gs, "$1");
  }

  #negation(): boolean {
    let count = 0;
    while (this.#take("!")) count++;
    return count % 2 === 1;
  }

  #peek(): string | undefined {
    this.#space();
    return this.#text[this.#at];
  }

  #take(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#at++;
    return true;
  }

  #expect(character: string): void {
    if (!this.#take(character)) throw this.#corrupt(`"${character}" is expected`);
  }

  #end(): void {
    const rest = this.#peek();
    if (rest !== undefined && rest !== "#") throw this.#corrupt("the line should end");
  }

  #space(): void {
    while (/\s/.test(this.#text[this.#at] ?? "")) this.#at++;
  }

  #corrupt(why: string): Error {
    return corrupt(this.#name, `line ${this.#line}: ${why}`);
  }
}

function splitCommand(text: string): Pick<SudoCommand, "command" | "arguments"> {
  const [, command, rest] = /^((?:\\.|\S)+)(?:\s+(.*))?$/s.exec(text) ?? [undefined, text];
  if (rest === undefined) return { command: withoutEscapes(command!), arguments: undefined };
  return { command: withoutEscapes(command!), arguments: rest === '""' ? "" : withoutEscapes(rest) };
}

function withoutEscapes(text: string): string {
  return text.startsWith("^") ? text : text.replaceAll(/\\([,:= #\\])/g, "$1");
}

function unquote(text: string): string {
  const quoted = /^"(.*)"$/s.exec(text);
  return (quoted?.[1] ?? text).replaceAll(/\\(.)/gs, "$1");
}
