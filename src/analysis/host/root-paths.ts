import { compareText } from "../../core/canonical-json.ts";
import { defineDerivation } from "../../core/derivation.ts";
import { Missing } from "../../core/snapshot.ts";
import { type Accounts, accounts } from "../../facts/host/accounts.ts";
import { type Engine, engine } from "../../facts/host/engine.ts";
import { type RootPath, rootPaths } from "../../facts/host/root-paths.ts";
import { type RootPrograms, rootPrograms } from "../../facts/host/root-programs.ts";
import { hostDoubt, type Sudo, sudo } from "../../facts/host/sudo.ts";

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
      const found = [
        snapshot.find(sudo, subject),
        snapshot.find(engine, subject),
        snapshot.find(rootPrograms, subject),
      ];
      const notSeen = found.flatMap((fact) => {
        if (fact instanceof Missing) return [fact.reason];
        return "unread" in fact ? fact.unread.map(({ reason }) => reason) : [];
      });
      const known = <T>(fact: T | Missing): T | undefined => (fact instanceof Missing ? undefined : fact);
      const host: Host = {
        accounts: value,
        sudo: known(snapshot.find(sudo, subject)),
        engines: known(snapshot.find(engine, subject))?.engines ?? [],
        programs: known(snapshot.find(rootPrograms, subject))?.programs ?? [],
      };
      const source = "accounts, groups, sudoers, sockets of engines and programs of root";
      yield { fact: rootPaths.id, subject, source, value: { paths: pathsOf(host), notSeen: [...new Set(notSeen)] } };
    }
  },
});

interface Host {
  readonly accounts: Accounts;
  readonly sudo: Sudo | undefined;
  readonly engines: readonly Engine[];
  readonly programs: RootPrograms["programs"];
}

/** The best way of each account, through other accounts too: ways are lengthened until none gets better. */
function pathsOf(host: Host): RootPath[] {
  const best = new Map<string, RootPath>();
  for (const user of host.accounts.users) {
    const direct = user.name === "root" ? undefined : shortest(user, host);
    if (direct !== undefined) best.set(user.name, direct);
  }
  const steps = host.accounts.users.flatMap((user) => (user.uid === 0 ? [] : stepsTo(user, host)));
  for (let better = true; better; ) {
    better = false;
    for (const step of steps) {
      const onward = best.get(step.to);
      if (onward === undefined) continue;
      const way: RootPath = {
        ...base(step.user),
        steps: [...step.steps, ...onward.steps],
        withoutPassword: step.withoutPassword && onward.withoutPassword,
        by: "sudo",
      };
      const known = best.get(step.user.name);
      if (known !== undefined && compare(way, known) >= 0) continue;
      best.set(step.user.name, way);
      better = true;
    }
  }
  return [...best.values()].sort((a, b) => compareText(a.user, b.user));
}

/** A way without a password is the one that matters; of two such the shorter. */
function compare(a: RootPath, b: RootPath): number {
  return Number(b.withoutPassword) - Number(a.withoutPassword) || a.steps.length - b.steps.length;
}

function shortest(user: User, host: Host): RootPath | undefined {
  const found = [
    byUid(user),
    byGroup(user),
    bySocket(user, host.accounts, host.engines),
    bySudo(user, host),
    byProgram(user, host),
  ];
  return found.filter((path) => path !== undefined).sort(compare)[0];
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

/** What root runs and this account may change runs what the account wants. */
function byProgram(user: User, { accounts, programs }: Host): RootPath | undefined {
  for (const { path, startedBy, places } of programs) {
    const place = places.find((one) => mayChange(user, accounts, one));
    if (place === undefined) continue;
    const what = place.path === path ? path : `${place.path}, which leads to ${path}`;
    const text = `${user.name} may change ${what} (mode ${place.mode}); root runs it by ${startedBy[0]}`;
    return { ...base(user), steps: [text], withoutPassword: true, by: "program" };
  }
  return undefined;
}

function mayChange(user: User, { groups }: Accounts, place: Host["programs"][number]["places"][number]): boolean {
  const mode = Number.parseInt(place.mode, 8);
  if (place.owner === user.uid) return true;
  if (place.sticky) return false;
  if ((mode & 0o002) !== 0) return true;
  const group = groups.find(({ gid }) => gid === place.group)?.name;
  return (mode & 0o020) !== 0 && (user.gid === place.group || (group !== undefined && user.groups.includes(group)));
}

/** A command that sudo lets an account run, with the item of the rule that names the account. */
interface Granted {
  readonly who: string;
  readonly file: string;
  readonly line: number;
  readonly command: Sudo["rules"][number]["commands"][number];
  /** What must be said where the rule may be for other hosts; empty where it is for this one. */
  readonly doubt: string;
}

/** The commands of all rules that hold for an account on this host, or may, in their order. */
function grantedTo(user: User, { accounts, sudo }: Host): Granted[] {
  return (sudo?.rules ?? []).flatMap((rule) => {
    const { users, commands, file, line } = rule;
    const who = rule.holdsHere === "no" ? undefined : matchedItem(user, accounts, users);
    const doubt = hostDoubt(rule);
    return who === undefined ? [] : commands.map((command) => ({ who, file, line, command, doubt }));
  });
}

/**
 * Of several entries for a command the last counts (sudoers(5)): it may forbid what an earlier one allowed, or ask for the password again.
 * One that may be for other hosts takes nothing back.
 */
function deciding(all: readonly Granted[], index: number, target: string): Granted {
  const { command } = all[index]!;
  const last = all.findLast(
    ({ command: other, doubt }, at) =>
      at >= index &&
      (doubt === "" || at === index || (!other.negated && other.tags.includes("NOPASSWD"))) &&
      (other.command === "ALL" || (other.command === command.command && other.arguments === command.arguments)) &&
      runsAs(other, target),
  );
  return last ?? all[index]!;
}

function bySudo(user: User, host: Host): RootPath | undefined {
  return ways(user, host, "root")
    .map(({ steps, withoutPassword }) => ({ ...base(user), steps, withoutPassword, by: "sudo" as const }))
    .sort(compare)[0];
}

/** The steps by which sudo makes an account another one that is not root. */
function stepsTo(user: User, host: Host) {
  const named = new Set(
    grantedTo(user, host).flatMap(({ command }) =>
      command.runAsUsers.filter(({ negated }) => !negated).map(({ text }) => text),
    ),
  );
  return host.accounts.users
    .filter(
      (other) => other.uid !== 0 && other.name !== user.name && (named.has(other.name) || named.has(`#${other.uid}`)),
    )
    .flatMap((other) => ways(user, host, other.name).map((way) => ({ user, to: other.name, ...way })));
}

/** How sudo lets an account become another. */
function ways(user: User, host: Host, target: string): { steps: string[]; withoutPassword: boolean }[] {
  const all = grantedTo(user, host);
  const asks = !noAuthentication(host.sudo?.defaults ?? [], user);
  return all.flatMap(({ command, who, file, line, doubt }, index) => {
    if (command.negated || command.escape === undefined || !runsAs(command, target, host.accounts)) return [];
    const decides = deciding(all, index, target);
    if (decides.command.negated) return [];
    const membership = who.startsWith("%")
      ? [`${user.name} is in the group ${who.replace(/^%#?/, "")} (/etc/group)`]
      : [];
    const text = `${who} may run ${command.command}${command.arguments === undefined ? "" : ` ${command.arguments}`} as ${target} (${file}:${line}): ${command.escape}${doubt || decides.doubt}`;
    return [{ steps: [...membership, text], withoutPassword: !asks || decides.command.tags.includes("NOPASSWD") }];
  });
}

/** A setting for hosts of which this may be one counts where it asks nobody, and not where it asks. */
function noAuthentication(defaults: Sudo["defaults"], user: User): boolean {
  const names = new Set(["", `:${user.name}`, ":ALL", ...user.groups.map((group) => `:%${group}`)]);
  const holds = ({ scope, holdsHere, value }: Sudo["defaults"][number]) =>
    scope.startsWith("@") ? holdsHere === "yes" || (holdsHere === "unknown" && value === false) : names.has(scope);
  return defaults.findLast((setting) => setting.name === "authenticate" && holds(setting))?.value === false;
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

/** Without any list commands run as root (runas_default); with groups alone as the account itself. */
function runsAs({ runAsUsers, runAsGroups }: Granted["command"], target: string, accounts?: Accounts): boolean {
  if (runAsUsers.length === 0) return target === "root" && runAsGroups.length === 0;
  const uid = target === "root" ? 0 : accounts?.users.find(({ name }) => name === target)?.uid;
  const last = runAsUsers.findLast(({ text }) => text === "ALL" || text === target || text === `#${uid}`);
  return last !== undefined && !last.negated;
}
