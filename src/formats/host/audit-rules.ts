/** One rule of the kernel's audit system (auditctl(8)), whichever way it was written. A watch `-w PATH -p PERM` is the rule `path or dir = PATH, perm = PERM`. */
export interface AuditRule {
  readonly line: number;
  /** `always` records, `never` suppresses what later rules would record. */
  readonly action: "always" | "never";
  /** `exit`, `exclude`, `user`, `task`, `filesystem`. */
  readonly list: string;
  /** System calls by name or number; empty for all. */
  readonly syscalls: readonly string[];
  readonly fields: readonly { readonly name: string; readonly operator: string; readonly value: string }[];
  readonly key: string | undefined;
}
/** What audit rule files say: rules in order, and control settings by option letter (`-e 2` is `e: "2"`). */
export interface AuditRules {
  readonly rules: readonly AuditRule[];
  readonly controls: Readonly<Record<string, string>>;
  /** Lines that are no rule. */
  readonly problems: readonly { readonly line: number; readonly reason: string }[];
}

/** Reads an audit rule file. `-D` deletes what came before it, `-d` and `-W` one rule. */
export function parseAuditRules(text: string): AuditRules {
  let rules: AuditRule[] = [];
  const controls: Record<string, string> = {};
  const problems: { line: number; reason: string }[] = [];
  for (const [index, raw] of text.split("\n").entries()) {
    const line = index + 1;
    const words =
      raw
        .trim()
        .match(/"[^"]*"|'[^']*'|\S+/g)
        ?.map((word) => word.replaceAll(/^["']|["']$/g, "")) ?? [];
    const [first] = words;
    if (first === undefined || first.startsWith("#")) continue;
    if (first === "-D") rules = [];
    else if (first === "-w" || first === "-a" || first === "-A") {
      const rule = first === "-w" ? watchRule(words, line) : syscallRule(words, line);
      if (typeof rule === "string") problems.push({ line, reason: rule });
      else if (first === "-A") rules.unshift(rule);
      else rules.push(rule);
    } else if (/^-[bcefirs]$|^--(backlog_wait_time|loginuid-immutable|reset-lost)/.test(first))
      controls[first.replace(/^-+/, "")] = words[1] ?? "";
    else if (first === "-d" || first === "-W") rules = withoutRule(rules, words, line);
    else problems.push({ line, reason: `"${first}" is no option of auditctl` });
  }
  return { rules, controls, problems };
}

function watchRule(words: readonly string[], line: number): AuditRule | string {
  const path = words[1];
  if (path === undefined || !path.startsWith("/")) return "a watch names no absolute path";
  const permissions = valueAfter(words, "-p") ?? "rwxa";
  return {
    line,
    action: "always",
    list: "exit",
    syscalls: [],
    fields: [
      { name: "watch", operator: "=", value: path.replace(/(.)\/+$/, "$1") },
      { name: "perm", operator: "=", value: permissions },
    ],
    key: valueAfter(words, "-k"),
  };
}

function syscallRule(words: readonly string[], line: number): AuditRule | string {
  const pair = (words[1] ?? "").split(",");
  const action = pair.find((part) => part === "always" || part === "never");
  const list = pair.find((part) => part !== "always" && part !== "never");
  if (action === undefined || list === undefined) return "a rule names no list and action";
  const syscalls: string[] = [];
  const fields: { name: string; operator: string; value: string }[] = [];
  let key: string | undefined;
  for (let at = 2; at < words.length; at++) {
    const value = words[at + 1] ?? "";
    if (words[at] === "-S") syscalls.push(...value.split(","));
    else if (words[at] === "-k") key = value;
    else if (words[at] === "-F" || words[at] === "-C") {
      const field = /^(\w+)(!=|>=|<=|&=|=|>|<|&)(.*)$/.exec(value);
      if (!field) return `"${value}" compares nothing`;
      if (field[1] === "key") key = field[3];
      else fields.push({ name: field[1]!, operator: field[2]!, value: field[3]! });
    } else return `"${words[at]}" is no option of a rule`;
    at++;
  }
  return {
    line,
    action: action as AuditRule["action"],
    list,
    syscalls: syscalls.filter((name) => name !== "all"),
    fields,
    key,
  };
}

function withoutRule(rules: AuditRule[], words: readonly string[], line: number): AuditRule[] {
  const rule = words[0] === "-W" ? watchRule(words, line) : syscallRule(words, line);
  if (typeof rule === "string") return rules;
  const text = JSON.stringify({ ...rule, line: 0 });
  return rules.filter((candidate) => JSON.stringify({ ...candidate, line: 0 }) !== text);
}

function valueAfter(words: readonly string[], option: string): string | undefined {
  const at = words.indexOf(option);
  return at < 0 ? undefined : words[at + 1];
}

/** Whether rules record a kind of access (`r`, `w`, `x`, `a`) to a path: its own watch or one of a folder above it, unless a `never` rule comes first. */
export function recordsPath(rules: readonly AuditRule[], path: string, access: string): boolean {
  for (const rule of rules) {
    if (rule.list !== "exit" && rule.list !== "filesystem") continue;
    if (!coversPath(rule, path)) continue;
    if (rule.action === "never") return false;
    const permission = rule.fields.find((field) => field.name === "perm");
    const limits = rule.fields.filter(
      (field) => !["watch", "path", "dir", "perm", "arch"].includes(field.name) && !isEveryUser(field),
    );
    if (limits.length === 0 && [...access].every((kind) => (permission?.value ?? "rwxa").includes(kind))) return true;
  }
  return false;
}

function coversPath(rule: AuditRule, path: string): boolean {
  return rule.fields.some(({ name, operator, value }) => {
    if (operator !== "=") return false;
    const target = value.replace(/(.)\/+$/, "$1");
    if (name === "path") return target === path;
    if (name !== "watch" && name !== "dir") return false;
    return target === path || path.startsWith(target === "/" ? "/" : `${target}/`);
  });
}

/** Limits that leave people in: real users from the first ordinary id on, or a set login id. */
function isEveryUser({ name, operator, value }: AuditRule["fields"][number]): boolean {
  if (name !== "auid")
    return name === "success" && operator === "=" && value === "1"
      ? false
      : name === "uid" && operator === ">=" && value === "0";
  if (operator === "!=") return ["unset", "-1", "4294967295"].includes(value);
  return (operator === ">=" || operator === ">") && Number(value) <= 1000;
}

/** Whether rules record a system call for 64-bit programs and, where `both`, for 32-bit ones too. */
export function recordsSyscall(rules: readonly AuditRule[], syscall: string, both = false): boolean {
  const recorded = (architecture: string): boolean => {
    for (const rule of rules) {
      if (rule.list !== "exit" || rule.fields.some((field) => ["watch", "path", "dir"].includes(field.name))) continue;
      const arch = rule.fields.find((field) => field.name === "arch");
      if (arch !== undefined && arch.value !== architecture) continue;
      if (rule.syscalls.length > 0 && !rule.syscalls.includes(syscall)) continue;
      const narrow = rule.fields.some((field) => field.name !== "arch" && !isEveryUser(field));
      if (rule.action === "never" && !narrow) return false;
      if (rule.action === "always" && !narrow && rule.syscalls.length > 0) return true;
    }
    return false;
  };
  return (
    (recorded("b64") || recorded("x86_64") || recorded("aarch64")) && (!both || recorded("b32") || recorded("i386"))
  );
}

/** A line of a rule file with where it comes from. */
export interface AuditRuleLine {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly text: string;
}

/**
 * The lines of the files of rules.d in the order in which augenrules(8) puts them into audit.rules: files by the numbers within their names,
 * the last `-D`, `-b` and `-f` before all rules, the last `-e` behind them.
 */
export function mergedAuditRules(files: readonly { readonly file: string; readonly text: string }[]): AuditRuleLine[] {
  const first: Record<string, AuditRuleLine | undefined> = { D: undefined, b: undefined, f: undefined };
  const rest: AuditRuleLine[] = [];
  let last: AuditRuleLine | undefined;
  for (const { file, text } of files.toSorted((a, b) => compareNames(a.file, b.file))) {
    for (const [index, raw] of text.split("\n").entries()) {
      const entry = { file, line: index + 1, text: raw.replace(/\r$/, "") };
      if (entry.text === "" || /^\s*#/.test(entry.text)) continue;
      const control = /^\s*-(?:(e|f|b)|(D)\s*$)/.exec(entry.text);
      if (control?.[1] === "e") last = entry;
      else if (control) first[control[1] ?? "D"] = entry;
      else rest.push(entry);
    }
  }
  return [first["D"], first["b"], first["f"], ...rest, last].filter((entry) => entry !== undefined);
}

/** As `ls -v` sorts: runs of digits by their number, the rest byte by byte. */
function compareNames(a: string, b: string): number {
  const parts = (text: string) => text.match(/\d+|\D+/g) ?? [];
  const [left, right] = [parts(a), parts(b)];
  for (let at = 0; at < Math.min(left.length, right.length); at++) {
    const [one, other] = [left[at]!, right[at]!];
    const numeric = /^\d/.test(one) && /^\d/.test(other);
    const difference = numeric ? Number(one) - Number(other) : 0;
    if (difference !== 0) return difference;
    if (!numeric && one !== other) return one < other ? -1 : 1;
  }
  return left.length - right.length || (a < b ? -1 : 1);
}
