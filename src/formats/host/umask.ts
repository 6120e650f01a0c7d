/** Where a start-up script sets the file mode creation mask, and to what. */
export interface UmaskSetting {
  readonly mask: number;
  /** 1-based. */
  readonly line: number;
  /** Whether root comes by the line: `always`, `never` (a condition on the user's number keeps it out), `perhaps` for any other condition. */
  readonly root: "always" | "never" | "perhaps";
}

type Reach = UmaskSetting["root"];

/**
 * The masks that a shell script sets (POSIX umask: octal, or `u=rwx,g=rx,o=`). `if … then … else … fi` is followed as far as conditions on `$UID`, `$EUID` and
 * `id -u` go; functions and `case` count as conditions.
 */
export function umaskSettings(script: string): UmaskSetting[] {
  const found: UmaskSetting[] = [];
  const branches: { reach: Reach; other: Reach }[] = [];
  for (const [index, raw] of script.split("\n").entries()) {
    const line = raw.replace(/(^|\s)#.*$/, "$1");
    const opening = /^\s*(if|elif)\b(.*)$/.exec(line);
    if (opening?.[1] === "elif") branches.pop();
    if (opening) branches.push(branchOf(opening[2]!));
    else if (/^\s*(case\b.*\bin\b|for\b|while\b|until\b|[\w-]+\s*\(\)\s*\{)/.test(line))
      branches.push({ reach: "perhaps", other: "perhaps" });
    else if (/^\s*else\b/.test(line)) {
      const branch = branches.pop();
      if (branch) branches.push({ reach: branch.other, other: "perhaps" });
    }
    const mask = maskIn(line);
    if (mask !== undefined) found.push({ mask, line: index + 1, root: reached(branches, line) });
    if (closes(line)) branches.pop();
  }
  return found;
}

/** A line such as `[ "$UID" -gt 199 ] && umask 002` carries its condition with it. */
function reached(branches: readonly { reach: Reach }[], line: string): Reach {
  const before = /^(.*?)(?:&&|\|\|)\s*umask\b/.exec(line)?.[1];
  const own =
    before === undefined || /\bthen\b/.test(before) ? [] : [line.includes("||") ? "perhaps" : branchOf(before).reach];
  const all = [...branches.map(({ reach }) => reach), ...own];
  if (all.includes("never")) return "never";
  return all.includes("perhaps") ? "perhaps" : "always";
}

/** A list of tests joined by `and` keeps root out as soon as one of them does; it lets root in only where it is the only one. */
function branchOf(condition: string): { reach: Reach; other: Reach } {
  const number = /(?:\$\{?E?UID\}?|id -r?u[`)]?)["'`)]*\s+(-gt|-ge|-ne|-eq|-lt|-le|==?|!=)\s+["']?(\d{1,9})\b/.exec(
    condition,
  );
  if (!number) return { reach: "perhaps", other: "perhaps" };
  const holds = compare(number[1]!, Number(number[2]));
  const joined = /&&|\|\||\s-[ao]\s/.test(condition);
  if (/\|\||\s-o\s/.test(condition)) return { reach: "perhaps", other: "perhaps" };
  if (!holds) return { reach: "never", other: "always" };
  return joined ? { reach: "perhaps", other: "perhaps" } : { reach: "always", other: "never" };
}

/** Whether the comparison holds for the number 0, root's. */
function compare(operator: string, value: number): boolean {
  switch (operator) {
    case "-gt":
      return 0 > value;
    case "-ge":
      return 0 >= value;
    case "-lt":
      return 0 < value;
    case "-le":
      return 0 <= value;
    case "-ne":
    case "!=":
      return value !== 0;
    default:
      return value === 0;
  }
}

function closes(line: string): boolean {
  return /(^|[\s;])(fi|esac|done)\s*;?\s*$/.test(line) || /^\s*\}\s*;?\s*$/.test(line);
}

function maskIn(line: string): number | undefined {
  const word =
    /(?:^|[\s;&|(])umask\s+(?:--\s+)?["']?([0-7]{1,4}|[ugoa]*=[rwx]*(?:,[ugoa]*=[rwx]*)*)["']?(?=$|[\s;&|)}])/.exec(
      line,
    )?.[1];
  if (word === undefined) return undefined;
  return /^[0-7]+$/.test(word) ? Number.parseInt(word, 8) : symbolicMask(word);
}

/** The mask lets through what is named; undefined where not all three of user, group and others are. */
function symbolicMask(text: string): number | undefined {
  const allowed = new Map<string, number>();
  for (const part of text.split(",")) {
    const [who = "", rights = ""] = part.split("=");
    const bits = [...rights].reduce((sum, right) => sum | ({ r: 4, w: 2, x: 1 }[right] ?? 0), 0);
    for (const one of who === "" || who.includes("a") ? "ugo" : who) allowed.set(one, bits);
  }
  const [user, group, others] = ["u", "g", "o"].map((one) => allowed.get(one));
  if (user === undefined || group === undefined || others === undefined) return undefined;
  return 0o777 & ~((user << 6) | (group << 3) | others);
}

/** UMASK of login.defs(5), which pam_umask(8) and login give every session; the last one counts. */
export function loginUmask(text: string): UmaskSetting | undefined {
  let found: UmaskSetting | undefined;
  for (const [index, line] of text.split("\n").entries()) {
    const word = /^\s*UMASK\s+([0-7]{1,4})\s*$/.exec(line)?.[1];
    if (word !== undefined) found = { mask: Number.parseInt(word, 8), line: index + 1, root: "always" };
  }
  return found;
}
