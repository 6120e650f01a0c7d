import { limitExceeded } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import type { SudoAlias, SudoCommand, SudoDefault, SudoItem, SudoRule, SudoStatement } from "./sudoers.ts";

/** A statement with the file that it stands in. */
export type PlacedStatement = SudoStatement & { readonly file: string };

/** A rule whose aliases are replaced by what they stand for. */
export interface ExpandedRule {
  readonly file: string;
  readonly line: number;
  readonly users: readonly SudoItem[];
  readonly hosts: readonly SudoItem[];
  readonly commands: readonly SudoCommand[];
}

/** A setting whose host list has its aliases replaced; without a list it holds for all hosts. */
export interface ExpandedDefault {
  readonly file: string;
  readonly line: number;
  readonly scope: string;
  readonly hosts?: readonly SudoItem[];
  readonly name: string;
  readonly value: string | boolean;
}

/**
 * Replaces the aliases in all rules. Aliases may stand after their use, and in each other; one that leads to itself gives nothing.
 * Throws `LIMIT_EXCEEDED` where the rules become too many items.
 */
export function expandSudoers(statements: readonly PlacedStatement[]): ExpandedRule[] {
  const aliases = new Aliases(statements);
  const rules = statements.filter((statement): statement is SudoRule & { file: string } => statement.kind === "rule");
  return rules.map(({ file, line, users, hosts, commands }) => ({
    file,
    line,
    users: aliases.replaced(users, "User"),
    hosts: aliases.replaced(hosts, "Host"),
    commands: commands.flatMap((command) => expandCommand(command, aliases)),
  }));
}

/** The settings of all Defaults lines in their order, aliases of hosts replaced. Throws as `expandSudoers`. */
export function expandDefaults(statements: readonly PlacedStatement[]): ExpandedDefault[] {
  const aliases = new Aliases(statements);
  const settings = statements.filter(
    (statement): statement is SudoDefault & { file: string } => statement.kind === "default",
  );
  return settings.map(({ file, line, scope, hosts, name, value }) => ({
    file,
    line,
    scope,
    ...(hosts === undefined ? {} : { hosts: aliases.replaced(hosts, "Host") }),
    name,
    value,
  }));
}

/** The named lists of a policy. Lists of lists grow by multiplication, so what they give is counted. */
class Aliases {
  readonly #aliases = new Map<string, SudoAlias>();
  readonly #file: string;
  #looked = 0;

  constructor(statements: readonly PlacedStatement[]) {
    this.#file = statements[0]?.file ?? "sudoers";
    for (const statement of statements)
      if (statement.kind === "alias") this.#aliases.set(`${statement.type} ${statement.name}`, statement);
  }

  replaced(
    items: readonly SudoItem[],
    type: SudoAlias["type"],
    within: readonly SudoAlias[] = [],
    negated = false,
  ): SudoItem[] {
    return items.flatMap((item) => {
      if (++this.#looked > limits.sudoersItems)
        throw limitExceeded(this.#file, `${limits.sudoersItems} items with aliases replaced`);
      const isNegated = item.negated !== negated;
      const alias = /^[A-Z][A-Z0-9_]*$/.test(item.text) ? this.#aliases.get(`${type} ${item.text}`) : undefined;
      if (alias === undefined) return [{ ...item, negated: isNegated }];
      if (within.includes(alias)) return [];
      if (within.length >= limits.depth) throw limitExceeded(this.#file, `${limits.depth} aliases in each other`);
      return this.replaced(alias.items, type, [...within, alias], isNegated);
    });
  }
}

function expandCommand(command: SudoCommand, aliases: Aliases): SudoCommand[] {
  const runAs = {
    runAsUsers: aliases.replaced(command.runAsUsers, "Runas"),
    runAsGroups: aliases.replaced(command.runAsGroups, "Runas"),
  };
  if (command.arguments !== undefined) return [{ ...command, ...runAs }];
  const items = aliases.replaced([{ text: command.command, negated: command.negated }], "Cmnd");
  return items.map(({ text, negated }) => {
    const [, path, rest] = /^((?:\\.|\S)+)(?:\s+(.*))?$/s.exec(text) ?? [undefined, text, undefined];
    return { ...command, ...runAs, command: path!, arguments: rest === '""' ? "" : rest, negated };
  });
}

/** The value in force of a setting for everyone: the last line without a scope. */
export function sudoDefault(
  statements: readonly Pick<SudoDefault, "scope" | "name" | "value">[],
  name: string,
): string | boolean | undefined {
  return statements.findLast((statement) => statement.scope === "" && statement.name === name)?.value;
}

/** How a command lets its user become whoever it runs as; undefined where it does not, as far as its name and arguments tell. */
export function escapeOf(command: Pick<SudoCommand, "command" | "arguments">): string | undefined {
  if (command.command === "ALL") return "any command";
  if (command.command.endsWith("/")) return `any program in ${command.command}`;
  if (command.command === "sudoedit")
    return command.arguments === undefined || /[*?[]/.test(command.arguments)
      ? "edits any file"
      : sensitiveEdit(command.arguments);
  if (command.command.startsWith("^"))
    return command.command.includes(".*") ? "a pattern that fits any command" : undefined;
  const program = command.command
    .split("/")
    .at(-1)!
    .replace(/[*?].*$/, "");
  if (/[*?[]/.test(command.command)) return "a pattern that fits several programs";
  const kind = programKind(program);
  if (kind === undefined) return undefined;
  if (command.arguments === undefined) return `${program} ${kind}`;
  if (/(^|[^\\])[*?]/.test(command.arguments) || command.arguments.startsWith("^"))
    return `${program} ${kind}, and its arguments are left open`;
  // With its arguments fixed a program does that one thing; shells started without a command are the exception.
  return kind === "starts a shell" && !/\s|\//.test(command.arguments) ? `${program} ${kind}` : undefined;
}

function sensitiveEdit(path: string): string | undefined {
  return /^\/(etc|usr|lib|bin|sbin|boot|root)\//.test(path) ? `edits ${path}` : undefined;
}

const kinds: readonly (readonly [string, RegExp])[] = [
  [
    "starts a shell",
    /^(su|sudo|bash|sh|dash|zsh|ksh|fish|csh|tcsh|busybox|chroot|nsenter|unshare|setpriv|runuser|script|screen|tmux|login|pkexec|doas|env|nice|ionice|nohup|timeout|stdbuf|time|setarch|taskset|watch|xargs|start-stop-daemon|flock|systemd-run|machinectl)$/,
  ],
  [
    "runs code",
    /^(python[\d.]*|perl[\d.]*|ruby[\d.]*|node|nodejs|php[\d.]*|lua[\d.]*|tclsh[\d.]*|expect|gdb|strace|ltrace|make|cmake|awk|gawk|mawk|nawk|find|ssh|scp|sftp|rsync|tar|zip|git|svn|nmap|tcpdump|crontab|at|batch|pip[\d.]*|npm|yarn|gem|cpan|java|jshell|ansible(-playbook)?|puppet|salt-call|rpm|dpkg|apt|apt-get|aptitude|yum|dnf|zypper|apk|snap|pacman|insmod|modprobe|kexec|ip|openvpn|mysql|psql|sqlite3|ftp|mail|mutt|run-parts|service|update-alternatives)$/,
  ],
  [
    "opens a shell from its pager or editor",
    /^(vi|vim|vim\..*|nvim|view|vimdiff|rvim|nano|pico|rnano|ed|ex|emacs|joe|mcedit|mc|less|more|most|man|journalctl|systemctl|info|pg|visudo|vipw|vigr|crontab|apt-listchanges)$/,
  ],
  [
    "controls containers that run as root",
    /^(docker|docker-compose|podman|nerdctl|ctr|crictl|kubectl|helm|lxc|lxd|incus|buildah|runc|crun|oc|k3s|minikube|virsh)$/,
  ],
  [
    "writes any file",
    /^(cp|mv|dd|tee|install|ln|sed|chmod|chown|chgrp|chattr|setfacl|setcap|mount|umount|losetup|cryptsetup|debugfs|patch|truncate|curl|wget|sort|cpio|ar|unzip|7z|gzip|xz|base64|xxd|openssl|diff)$/,
  ],
  [
    "changes accounts",
    /^(passwd|chpasswd|usermod|useradd|adduser|groupmod|gpasswd|newusers|chage|chsh|chfn|visudo|groupadd)$/,
  ],
  [
    "reads any file",
    /^(cat|head|tail|grep|egrep|fgrep|cut|od|strings|hexdump|nl|tac|paste|rev|shuf|column|comm|join|look|ul)$/,
  ],
];

function programKind(program: string): string | undefined {
  return kinds.find(([, pattern]) => pattern.test(program))?.[0];
}
