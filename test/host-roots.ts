import { execFileSync } from "node:child_process";
import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statfsSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import derivedEndOfLife from "../src/analysis/host/end-of-life.ts";
import derivedKernelLife from "../src/analysis/host/kernel-life.ts";
import derivedMalicious from "../src/analysis/host/malicious-packages.ts";
import derivedPrivilegeFlaws from "../src/analysis/host/privilege-flaws.ts";
import derivedRoles from "../src/analysis/host/roles.ts";
import derivedRootPaths from "../src/analysis/host/root-paths.ts";
import derivedVulnerabilities from "../src/analysis/host/vulnerabilities.ts";
import type { AnalysisResources } from "../src/analysis/resources.ts";
import { type HostInputs, HostRoot } from "../src/collectors/host-root.ts";
import { type Collector, runCollector } from "../src/core/collector.ts";
import { type Derivation, derive } from "../src/core/derivation.ts";
import type { Observation } from "../src/core/snapshot.ts";
import { Snapshot } from "../src/core/snapshot.ts";

/** The subject of every made host. */
export const madeHost = "host/made";
/** The moment at which every made host is assessed. */
export const madeNow = new Date("2026-01-15T12:00:00Z");

/** A file of a made host: its text or bytes, where it matters its rights and age, or the target of a link. */
export type MadeFile = string | Uint8Array | MadeDescription;
/** What a made file is besides its text. A foreign owner and a device node need root's rights. */
export interface MadeDescription {
  readonly text?: string;
  readonly bytes?: Uint8Array;
  readonly mode?: number;
  readonly link?: string;
  /** Days before `madeNow` at which it was last written. */
  readonly days?: number;
  readonly owner?: number;
  readonly socket?: true;
  readonly device?: true;
}
/** Files of a made host by path. */
export type MadeTree = Readonly<Record<string, MadeFile>>;

/** A folder that looks like a host, to be removed when done. */
export interface MadeHost {
  readonly root: HostRoot;
  remove(): void;
}

/** How a made host is opened. */
export interface MadeHostOptions {
  /** Process numbers that exist but that /proc leaves out when it is listed, as a rootkit would have it. */
  readonly hides?: readonly string[];
  readonly given?: HostInputs;
}

/** Makes a folder that looks like a host from files by path; later trees overwrite earlier ones. */
export function makeHost(...trees: readonly MadeTree[]): MadeHost {
  return makeHostWith({}, ...trees);
}

/** Makes a folder that looks like a host and opens it as the options say. */
export function makeHostWith(options: MadeHostOptions, ...trees: readonly MadeTree[]): MadeHost {
  const folder = mkdtempSync(join(madeIn(), "made-host-"));
  const servers = placeAll(folder, Object.assign({}, ...trees) as MadeTree);
  return {
    root: new MadeRoot(folder, options),
    remove() {
      for (const server of servers) server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Hosts of some hundred small files each are made: in memory, where there is a folder for that, in a third of the time. */
function madeIn(): string {
  try {
    const { bavail, bsize } = statfsSync("/dev/shm");
    accessSync("/dev/shm", constants.W_OK);
    return bavail * bsize > 64 * 1024 ** 2 ? "/dev/shm" : tmpdir();
  } catch {
    // Other systems have no such folder.
    return tmpdir();
  }
}

/** Puts files into a folder; the sockets among them stay open until they are closed. */
export function placeAll(folder: string, tree: MadeTree): Server[] {
  const made = new Set<string>();
  return Object.entries(tree).flatMap(([path, file]) => {
    const above = dirname(join(folder, path));
    if (!made.has(above)) mkdirSync(above, { recursive: true });
    made.add(above);
    return place(join(folder, path), file) ?? [];
  });
}

class MadeRoot extends HostRoot {
  readonly #hides: readonly string[];

  constructor(folder: string, { hides = [], given }: MadeHostOptions) {
    super(folder, madeHost, true, given);
    this.#hides = hides;
  }

  override async list(path: string): ReturnType<HostRoot["list"]> {
    const listed = await super.list(path);
    return path === "/proc" && "names" in listed
      ? { names: listed.names.filter((name) => !this.#hides.includes(name)) }
      : listed;
  }
}

function place(path: string, file: MadeFile): Server | undefined {
  if (typeof file === "string" || file instanceof Uint8Array) {
    writeFileSync(path, file);
    return undefined;
  }
  if (file.link !== undefined) {
    symlinkSync(file.link, path);
    return undefined;
  }
  const server = file.socket ? createServer().listen(path) : undefined;
  server?.unref();
  if (file.device) execFileSync("mknod", [path, "c", "1", "3"]);
  else if (path.endsWith("/")) mkdirSync(path, { recursive: true });
  else if (server === undefined) writeFileSync(path, file.bytes ?? file.text ?? "");
  if (file.owner !== undefined) chownSync(path, file.owner, lstatSync(path).gid);
  if (file.mode !== undefined) chmodSync(path, file.mode);
  if (file.days !== undefined) {
    const time = madeNow.getTime() / 1000 - file.days * 86_400;
    utimesSync(path, time, time);
  }
  return server;
}

const derivations = [
  derivedRoles,
  derivedRootPaths,
  derivedEndOfLife,
  derivedKernelLife,
  derivedVulnerabilities,
  derivedMalicious,
  derivedPrivilegeFlaws,
];

/** Runs collectors on a made host and the derivations of hosts on what they found, with the advisory data given. */
export async function collectMadeHost(
  host: MadeHost,
  collectors: readonly Collector<HostRoot>[],
  resources: AnalysisResources = {},
): Promise<Snapshot> {
  const observations: Observation[] = [];
  const context = { signal: new AbortController().signal, now: madeNow };
  for (const collector of collectors)
    observations.push(...(await runCollector(collector, host.root, madeHost, context)));
  return derive(derivations as readonly Derivation<AnalysisResources>[], snapshotOf(observations), resources);
}

function snapshotOf(observations: readonly Observation[]): Snapshot {
  const target = { kind: "host" as const, name: "made", subject: madeHost, identity: madeHost };
  return new Snapshot({ tool: "test", created: madeNow.toISOString(), targets: [target], observations });
}

/** The text of a process in /proc: enough for a reader that wants name, user, arguments, program and control group. */
export function madeProcess(
  pid: number,
  name: string,
  options: {
    readonly program?: string;
    readonly arguments?: readonly string[];
    readonly cgroup?: string;
    readonly user?: number;
    readonly parent?: number;
    readonly status?: string;
  } = {},
): MadeTree {
  const {
    program = `/usr/bin/${name}`,
    arguments: words = [program],
    cgroup = "/system.slice/x.service",
    user = 0,
    parent = 1,
    status = "",
  } = options;
  const folder = `proc/${pid}`;
  return {
    [`${folder}/status`]: `Name:\t${name}\nPPid:\t${parent}\nTgid:\t${pid}\nUid:\t${user}\t${user}\t${user}\t${user}\n${status}`,
    [`${folder}/stat`]: `${pid} (${name}) S ${parent} ${"0 ".repeat(17)}${pid} 0`,
    [`${folder}/cmdline`]: `${words.join("\0")}\0`,
    [`${folder}/cgroup`]: `0::${cgroup}\n`,
    [`${folder}/exe`]: { link: program },
  };
}
