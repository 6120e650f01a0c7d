import { compareText } from "../../core/canonical-json.ts";
import { defineDerivation } from "../../core/derivation.ts";
import { Missing } from "../../core/snapshot.ts";
import { type Accounts, accounts } from "../../facts/host/accounts.ts";
import { type Engine, engine } from "../../facts/host/engine.ts";
import { type RootPath, rootPaths } from "../../facts/host/root-paths.ts";
import { type Sudo, sudo } from "../../facts/host/sudo.ts";

type User = Accounts["users"][number];

/** Groups whose members hold what root holds: engines that run containers as root, raw disks, kernel memory, password hashes. */
const rootGroups: Readonly<Record<string, string>> = {
  docker: "starts containers as root",
  containerd: "starts containers as root",
  lxd: "starts containers as root",
  "incus-admin": "starts containers as root",
  libvirt: "starts machines with the host's disks",
  disk: "writes raw disks",
  kmem: "reads kernel memory",
  shadow: "reads password hashes",
};

export default defineDerivation({
  provides: rootPaths,
  *derive(snapshot) {
    for (const { subject, value } of snapshot.all(accounts)) {
      const rules = snapshot.find(sudo, subject);
      const engines = snapshot.find(engine, subject);
      const notSeen = [rules, engines].flatMap((fact) => (fact instanceof Missing ? [fact.reason] : []));
      const paths = value.users.flatMap(
        (user) =>
          shortest(
            user,
            value,
            rules instanceof Missing ? undefined : rules,
            engines instanceof Missing ? [] : engines.engines,
          ) ?? [],
      );
      const source = "accounts, groups, sudoers and sockets of engines";
      yield {
        fact: rootPaths.id,
        subject,
        source,
        value: { paths: paths.sort((a, b) => compareText(a.user, b.user)), notSeen },
      };
    }
  },
});

function shortest(
  user: User,
  all: Accounts,
  rules: Sudo | undefined,
  engines: readonly Engine[],
): RootPath | undefined {
  if (user.name === "root") return undefined;
  const found = [byUid(user), byGroup(user), bySocket(user, all, engines), bySudo(user, all, rules)].filter(
    (path) => path !== undefined,
  );
  // A way without a password is the one that matters; of two such the shorter.
  return found.sort(
    (a, b) => Number(b.withoutPassword) - Number(a.withoutPassword) || a.steps.length - b.steps.length,
  )[0];
}

function base(user: User): Pick<RootPath, "user" | "uid" | "interactive"> {
  return { user: user.name, uid: user.uid, interactive: user.interactive };
}

function byUid(user: User): RootPath | undefined {
  if (user.uid !== 0) return undefined;
  return { ...base(user), steps: [`${user.name} has uid 0 (/etc/passwd)`], withoutPassword: true, by: "uid" };
}

function byGroup(user: User): RootPath | undefined {
  const group = user.groups.find((name) => Object.hasOwn(rootGroups, name));
  if (group === undefined) return undefined;
  return {
    ...base(user),
    steps: [`${user.name} is in the group ${group} (/etc/group)`, `${group} ${rootGroups[group]}`],
    withoutPassword: true,
    by: "group",
  };
}

function bySocket(user: User, all: Accounts, engines: readonly Engine[]): RootPath | undefined {
  for (const entry of engines) {
    for (const socket of entry.sockets) {
      if (socket.path.startsWith("/run/user/")) continue;
      const mode = Number.parseInt(socket.mode, 8);
      const group = all.groups.find((candidate) => candidate.gid === socket.group)?.name;
      const throughGroup =
        (mode & 0o020) !== 0 && group !== undefined && user.groups.includes(group) && group !== "root";
      if (!throughGroup && (mode & 0o002) === 0 && socket.owner !== user.uid) continue;
      const how = throughGroup
        ? `${user.name} is in the group ${group} (/etc/group)`
        : `${user.name} may write to every socket of mode ${socket.mode}`;
      return {
        ...base(user),
        steps: [how, `${socket.path} gives root through ${entry.engine}`],
        withoutPassword: true,
        by: "socket",
      };
    }
  }
  return undefined;
}

function bySudo(user: User, all: Accounts, rules: Sudo | undefined): RootPath | undefined {
  let best: RootPath | undefined;
  for (const rule of rules?.rules ?? []) {
    const who = matchedItem(user, all, rule.users);
    if (who === undefined) continue;
    for (const command of rule.commands) {
      if (command.negated || command.escape === undefined || !runsAsRoot(command.runAsUsers)) continue;
      const membership = who.startsWith("%")
        ? [`${user.name} is in the group ${who.replace(/^%#?/, "")} (/etc/group)`]
        : [];
      const text = `${who} may run ${command.command}${command.arguments === undefined ? "" : ` ${command.arguments}`} as root (${rule.file}:${rule.line}): ${command.escape}`;
      const withoutPassword = command.tags.includes("NOPASSWD") || noAuthentication(rules?.defaults ?? [], user);
      if (!best || (withoutPassword && !best.withoutPassword))
        best = { ...base(user), steps: [...membership, text], withoutPassword, by: "sudo" };
    }
  }
  return best;
}

function noAuthentication(defaults: Sudo["defaults"], user: User): boolean {
  const setting = defaults.findLast(
    ({ scope, name }) => name === "authenticate" && (scope === "" || scope === `:${user.name}`),
  );
  return setting?.value === false;
}

/** The item of a list that decides for a user: the last that matches; undefined where none does or it is negated. */
function matchedItem(user: User, all: Accounts, items: Sudo["rules"][number]["users"]): string | undefined {
  const last = items.findLast((item) => matches(user, all, item.text));
  return last === undefined || last.negated ? undefined : last.text;
}

function matches(user: User, all: Accounts, text: string): boolean {
  if (text === "ALL" || text === user.name || text === `#${user.uid}`) return true;
  if (text.startsWith("%#"))
    return user.groups.some((name) => all.groups.some((group) => group.name === name && `%#${group.gid}` === text));
  return text.startsWith("%") && user.groups.includes(text.slice(1));
}

/** Without a list commands run as root (runas_default). */
function runsAsRoot(items: readonly { text: string; negated: boolean }[]): boolean {
  if (items.length === 0) return true;
  const last = items.findLast(({ text }) => text === "ALL" || text === "root" || text === "#0");
  return last !== undefined && !last.negated;
}
