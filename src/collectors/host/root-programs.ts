import type { Stats } from "node:fs";
import type { z } from "zod";
import { limits } from "../../core/limits.ts";
import { rootPrograms } from "../../facts/host/root-programs.ts";
import { cronCommands } from "../../formats/host/cron.ts";
import { programsIn } from "../../formats/host/shell-command.ts";
import { lastSetting, listSetting, type UnitSetting } from "../../formats/host/unit-file.ts";
import { defineHostCollector } from "../host-collector.ts";
import type { HostRoot } from "../host-root.ts";
import { sudoRules } from "./sudo.ts";
import { readUnit, unitIndex } from "./unit-folders.ts";

type Value = z.input<typeof rootPrograms.schema>;
type Placed = NonNullable<Value["programs"]>[number]["places"][number];

const execSettings = [
  "ExecCondition",
  "ExecStartPre",
  "ExecStart",
  "ExecStartPost",
  "ExecReload",
  "ExecStop",
  "ExecStopPost",
];
const cronFolders = ["/etc/cron.hourly", "/etc/cron.daily", "/etc/cron.weekly", "/etc/cron.monthly"];

export default defineHostCollector<typeof rootPrograms.schema>({
  reads: "host",
  provides: rootPrograms,
  async *collect(root) {
    const started = new Started(root);
    await started.byCron();
    await started.byUnits();
    await started.bySudo();
    const ways = new Ways(root);
    const programs: NonNullable<Value["programs"]> = [];
    for (const [path, startedBy] of [...started.programs].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const places = await ways.to(path);
      if (places.length > 0) programs.push({ path, startedBy: [...startedBy], places });
    }
    yield {
      subject: root.subject,
      source: "crontabs, units of systemd, /etc/sudoers",
      value: { looked: started.programs.size, programs, unread: [...started.unread, ...ways.unread] },
    };
  },
});

/** The programs that root starts, with what starts them. */
class Started {
  readonly programs = new Map<string, Set<string>>();
  readonly unread: { path: string; reason: string }[] = [];
  readonly #root: HostRoot;

  constructor(root: HostRoot) {
    this.#root = root;
  }

  async byCron(): Promise<void> {
    for (const path of ["/etc/crontab", ...(await this.#files("/etc/cron.d"))])
      for (const { user, command } of cronCommands(await this.#text(path), true))
        if (user === "root") await this.#line(command, path);
    for (const path of ["/var/spool/cron/crontabs/root", "/var/spool/cron/root"])
      for (const { command } of cronCommands(await this.#text(path), false)) await this.#line(command, path);
    for (const folder of cronFolders) await this.#add(folder, folder);
  }

  /** A `+` before a program runs it as root whatever the unit's user (systemd.service(5)). */
  async byUnits(): Promise<void> {
    const index = await unitIndex(this.#root);
    for (const name of index.files.keys()) {
      if (!name.endsWith(".service")) continue;
      const settings = (await readUnit(this.#root, name)) ?? [];
      const asRoot = runsAsRoot(settings);
      for (const setting of execSettings)
        for (const line of listSetting(settings, "Service", setting))
          if (asRoot || /^[@\-:!|]*\+/.test(line)) await this.#line(line.replace(/^[@\-:+!|]+/, ""), name);
    }
  }

  async bySudo(): Promise<void> {
    const { rules, unread } = await sudoRules(this.#root);
    this.unread.push(...unread);
    for (const { file, line, commands } of rules)
      for (const { command, negated } of commands)
        if (!negated && /^\/[^*?[\]\\]*[^*?[\]\\/]$/.test(command)) await this.#add(command, `sudo (${file}:${line})`);
  }

  async #line(line: string, startedBy: string): Promise<void> {
    for (const path of programsIn(line)) await this.#add(path, startedBy);
  }

  /** A folder stands for what is in it, as for run-parts(8). */
  async #add(path: string, startedBy: string): Promise<void> {
    if (startedBy === path && !(await this.#root.exists(path))) return;
    const known = this.programs.get(path) ?? new Set<string>();
    known.add(startedBy);
    this.programs.set(path, known);
    if (known.size > 1 || !(await this.#root.stat(path))?.isDirectory()) return;
    for (const file of await this.#files(path)) await this.#add(file, startedBy);
  }

  async #text(path: string): Promise<string> {
    const result = await this.#root.read(path);
    if ("text" in result) return result.text;
    if (result.missing !== "absent") this.unread.push({ path, reason: result.reason });
    return "";
  }

  async #files(folder: string): Promise<string[]> {
    const listed = await this.#root.list(folder);
    if ("names" in listed) return listed.names.map((name) => `${folder}/${name}`);
    if (listed.missing === "denied") this.unread.push({ path: folder, reason: listed.reason });
    return [];
  }
}

function runsAsRoot(settings: readonly UnitSetting[]): boolean {
  const user = lastSetting(settings, "Service", "User") ?? "";
  const dynamic = lastSetting(settings, "Service", "DynamicUser") ?? "no";
  return /^(root|0)?$/.test(user) && !/^(1|yes|y|true|t|on)$/i.test(dynamic);
}

/** The steps of the ways to programs: each folder is looked at once. */
class Ways {
  readonly unread: { path: string; reason: string }[] = [];
  readonly #root: HostRoot;
  readonly #seen = new Map<string, Stats | undefined>();

  constructor(root: HostRoot) {
    this.#root = root;
  }

  /** The folders and files on the way to a path that are not root's alone, links followed. */
  async to(path: string): Promise<Placed[]> {
    const places = new Map<string, Placed>();
    let steps = path.split("/").filter((step) => step !== "" && step !== ".");
    let at = "";
    let folder: Placed | undefined;
    for (let links = 0; steps.length > 0 && links <= limits.linkDepth; ) {
      const step = steps.shift()!;
      if (step === "..") {
        at = at.slice(0, at.lastIndexOf("/"));
        continue;
      }
      const next = `${at}/${step}`;
      const stats = await this.#look(next);
      if (folder !== undefined) this.#note(places, folder, stats);
      folder = undefined;
      if (stats === undefined) break;
      if (stats.isSymbolicLink()) {
        links++;
        const target = (await this.#root.linkTarget(next)) ?? "";
        if (target.startsWith("/")) at = "";
        steps = [...target.split("/").filter((part) => part !== "" && part !== "."), ...steps];
        continue;
      }
      at = next;
      const place = placeOf(next, stats);
      if (stats.isDirectory()) folder = place;
      else if (place !== undefined) places.set(next, place);
    }
    if (folder !== undefined) places.set(folder.path, folder);
    return [...places.values()];
  }

  /** In a folder with the sticky bit what is root's stays; what is not there yet anyone may make. */
  #note(places: Map<string, Placed>, folder: Placed, within: Stats | undefined): void {
    places.set(folder.path, { ...folder, sticky: folder.sticky === true && within?.uid === 0 });
  }

  /** Each step of a way is looked at by itself, its links followed here, so that none leads out of the root. */
  async #look(path: string): Promise<Stats | undefined> {
    if (this.#seen.has(path)) return this.#seen.get(path);
    const stats = this.#root.lstatNow(path);
    this.#seen.set(path, stats);
    if (stats !== undefined) return stats;
    const result = await this.#root.read(path, 1);
    if ("missing" in result && result.missing === "denied") this.unread.push({ path, reason: result.reason });
    return undefined;
  }
}

/** Undefined for what only root may change. */
function placeOf(path: string, stats: Stats): Placed | undefined {
  const { mode, uid, gid } = stats;
  if (uid === 0 && (mode & 0o002) === 0 && ((mode & 0o020) === 0 || gid === 0)) return undefined;
  return {
    path,
    mode: (mode & 0o7777).toString(8).padStart(4, "0"),
    owner: uid,
    group: gid,
    kind: stats.isDirectory() ? "folder" : "file",
    sticky: stats.isDirectory() && (mode & 0o1000) !== 0,
  };
}
