import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import derivedRoles from "../src/analysis/host/roles.ts";
import derivedRootPaths from "../src/analysis/host/root-paths.ts";
import { HostRoot } from "../src/collectors/host-root.ts";
import { type Collector, runCollector } from "../src/core/collector.ts";
import type { Derivation } from "../src/core/derivation.ts";
import type { Observation } from "../src/core/snapshot.ts";
import { Snapshot } from "../src/core/snapshot.ts";

/** The subject of every made host. */
export const madeHost = "host/made";
/** The moment at which every made host is assessed. */
export const madeNow = new Date("2026-01-15T12:00:00Z");

/** A file of a made host: its text or bytes, where it matters its rights, or the target of a link. */
export type MadeFile = string | Uint8Array | { readonly text?: string; readonly mode?: number; readonly link?: string };
/** Files of a made host by path. */
export type MadeTree = Readonly<Record<string, MadeFile>>;

/** A folder that looks like a host, to be removed when done. */
export interface MadeHost {
  readonly root: HostRoot;
  remove(): void;
}

/** Makes a folder that looks like a host from files by path; later trees overwrite earlier ones. */
export function makeHost(...trees: readonly MadeTree[]): MadeHost {
  const folder = mkdtempSync(join(tmpdir(), "made-host-"));
  for (const [path, file] of Object.entries(Object.assign({}, ...trees) as MadeTree)) place(join(folder, path), file);
  return { root: new HostRoot(folder, madeHost, true), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function place(path: string, file: MadeFile): void {
  mkdirSync(dirname(path), { recursive: true });
  if (typeof file === "string" || file instanceof Uint8Array) {
    writeFileSync(path, file);
    return;
  }
  if (file.link !== undefined) {
    symlinkSync(file.link, path);
    return;
  }
  if (path.endsWith("/")) mkdirSync(path, { recursive: true });
  else writeFileSync(path, file.text ?? "");
  if (file.mode !== undefined) chmodSync(path, file.mode);
}

/** Runs collectors on a made host and the derivations of hosts on what they found. */
export async function collectMadeHost(host: MadeHost, collectors: readonly Collector<HostRoot>[]): Promise<Snapshot> {
  const observations: Observation[] = [];
  const context = { signal: new AbortController().signal, now: madeNow };
  for (const collector of collectors)
    observations.push(...(await runCollector(collector, host.root, madeHost, context)));
  const first = snapshotOf(observations);
  for (const derivation of [derivedRoles, derivedRootPaths] as readonly Derivation[]) {
    for await (const observation of derivation.derive(first, undefined)) observations.push(observation);
  }
  return snapshotOf(observations);
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
