import { corrupt, limitExceeded } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";

/** One line of /etc/passwd (passwd(5)). */
export interface PasswdEntry {
  readonly name: string;
  readonly passwordField: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
}
/** One line of /etc/group (group(5)). */
export interface GroupEntry {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}
/** What a password field of /etc/shadow is (crypt(5)). The hash itself is never kept. */
export type PasswordState =
  | "none"
  | "locked"
  | "des"
  | "md5"
  | "sha1"
  | "sha256"
  | "sha512"
  | "blowfish"
  | "yescrypt"
  | "scrypt"
  | "other";
/** One line of /etc/shadow (shadow(5)) without its hash. Days are counted from 1970-01-01. */
export interface ShadowEntry {
  readonly name: string;
  readonly password: PasswordState;
  /** A hash behind an exclamation mark: the account is locked but its password is kept. */
  readonly lockedWithHash: boolean;
  readonly lastChange: number | undefined;
  readonly maximumDays: number | undefined;
  readonly inactiveDays: number | undefined;
  readonly expires: number | undefined;
}

/** Reads /etc/passwd. Throws `CORRUPT_INPUT` with the 1-based line for one that has no seven fields or no numeric ids. NIS lines (`+`, `-`) are skipped. */
export function parsePasswd(text: string, name: string): PasswdEntry[] {
  return entries(text, name, 7).map(({ fields, line }) => ({
    name: fields[0]!,
    passwordField: fields[1]!,
    uid: idOf(fields[2]!, name, line),
    gid: idOf(fields[3]!, name, line),
    home: fields[5]!,
    shell: fields[6]!,
  }));
}

/** Reads /etc/group. Throws `CORRUPT_INPUT` as parsePasswd does. */
export function parseGroup(text: string, name: string): GroupEntry[] {
  return entries(text, name, 4).map(({ fields, line }) => ({
    name: fields[0]!,
    gid: idOf(fields[2]!, name, line),
    members: fields[3]!.split(",").filter((member) => member !== ""),
  }));
}

/** Reads /etc/shadow. Throws `CORRUPT_INPUT` for a line with fewer than two fields. */
export function parseShadow(text: string, name: string): ShadowEntry[] {
  return entries(text, name, 2).map(({ fields }) => ({
    name: fields[0]!,
    password: passwordState(fields[1]!),
    lockedWithHash: /^!+\$?./.test(fields[1]!) && passwordState(fields[1]!.replace(/^!+/, "")) !== "locked",
    lastChange: dayOf(fields[2]),
    maximumDays: dayOf(fields[4]),
    inactiveDays: dayOf(fields[6]),
    expires: dayOf(fields[7]),
  }));
}

/** One line of /etc/subuid or /etc/subgid (subuid(5)): a range of ids that a user may map. */
export interface SubordinateRange {
  readonly owner: string;
  readonly start: number;
  readonly count: number;
}

/** Reads /etc/subuid or /etc/subgid. */
export function parseSubordinateIds(text: string, name: string): SubordinateRange[] {
  return entries(text, name, 3).map(({ fields, line }) => ({
    owner: fields[0]!,
    start: idOf(fields[1]!, name, line),
    count: idOf(fields[2]!, name, line),
  }));
}

function entries(text: string, name: string, count: number): { fields: string[]; line: number }[] {
  const found: { fields: string[]; line: number }[] = [];
  for (const [index, raw] of text.split("\n").entries()) {
    const line = raw.replace(/\r$/, "");
    if (line.trim() === "" || /^[#+-]/.test(line)) continue;
    const fields = line.split(":");
    if (fields.length < count) throw corrupt(name, `line ${index + 1} has ${fields.length} of ${count} fields`);
    if (found.length >= limits.records) throw limitExceeded(name, `${limits.records} lines`);
    found.push({ fields, line: index + 1 });
  }
  return found;
}

function idOf(text: string, name: string, line: number): number {
  if (!/^\d{1,10}$/.test(text)) throw corrupt(name, `line ${line}: "${text.slice(0, 20)}" is no numeric id`);
  return Number(text);
}

function dayOf(text: string | undefined): number | undefined {
  return text !== undefined && /^-?\d{1,9}$/.test(text) ? Number(text) : undefined;
}

const prefixes: readonly (readonly [RegExp, PasswordState])[] = [
  [/^\$1\$/, "md5"],
  [/^\$md5/, "md5"],
  [/^\$2[abxy]?\$/, "blowfish"],
  [/^\$sha1\$/, "sha1"],
  [/^\$5\$/, "sha256"],
  [/^\$6\$/, "sha512"],
  [/^\$7\$/, "scrypt"],
  [/^\$(y|gy)\$/, "yescrypt"],
  [/^_[./0-9A-Za-z]{19}$/, "des"],
  [/^[./0-9A-Za-z]{13}$/, "des"],
];

function passwordState(field: string): PasswordState {
  if (field === "") return "none";
  const known = prefixes.find(([pattern]) => pattern.test(field));
  if (known) return known[1];
  return /^[!*x]/.test(field) || !field.startsWith("$") ? "locked" : "other";
}
