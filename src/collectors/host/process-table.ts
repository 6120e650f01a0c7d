import { resolve } from "node:path";
import { parseMountInfo } from "../../formats/host/mountinfo.ts";
import {
  type CgroupContainer,
  cgroupPath,
  containerOfCgroup,
  parseProcessStatus,
  startTicks,
  unitOfCgroup,
} from "../../formats/host/process.ts";
import { initialPidNamespace } from "../host-collector.ts";
import type { HostRoot } from "../host-root.ts";

/** One process as /proc shows it. What could not be read is undefined. */
export interface ProcessRecord {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  readonly arguments: readonly string[];
  /** Target of /proc/PID/exe; undefined for kernel threads and where it may not be seen. */
  readonly executable: string | undefined;
  readonly kernelThread: boolean;
  readonly user: number;
  readonly cgroup: string | undefined;
  readonly container: CgroupContainer | undefined;
  readonly unit: string | undefined;
  readonly status: ReadonlyMap<string, string>;
  readonly startTicks: number | undefined;
  /** Inode number of each namespace by name (`pid`, `net`, `mnt` …). */
  readonly namespaces: Readonly<Record<string, string>>;
}

/** The processes of the host, or why they cannot be told. */
export type ProcessTable =
  | { readonly processes: readonly ProcessRecord[] }
  | { readonly reason: string; readonly remedy: string };

const namespaceNames = ["cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"] as const;

const tables = new WeakMap<HostRoot, Promise<ProcessTable>>();

/** Reads all processes once for each host root: the collectors that need them share one reading. */
export function processTable(root: HostRoot): Promise<ProcessTable> {
  const known = tables.get(root) ?? readTable(root);
  tables.set(root, known);
  return known;
}

async function readTable(root: HostRoot): Promise<ProcessTable> {
  const remedy =
    "assess the running host: / itself with root's rights, or in a container with the host's PID namespace and its root mounted";
  const listed = await root.list("/proc");
  if (!("names" in listed)) return { reason: listed.reason, remedy };
  const pids = listed.names.filter((name) => /^\d+$/.test(name));
  if (pids.length === 0) return { reason: "/proc shows no process: the root is not a running system's", remedy };
  const own = await root.linkTarget("/proc/self/ns/pid");
  if (own !== undefined && !own.includes(initialPidNamespace)) {
    return { reason: "/proc shows the processes of a container, not those of the host", remedy };
  }
  const hiding = await hidingOption(root);
  if (hiding !== undefined && !pids.includes("1")) {
    return { reason: `/proc is mounted with ${hiding}: it hides the processes of others`, remedy };
  }
  const processes: ProcessRecord[] = [];
  for (const pid of pids) {
    const process = await readProcess(root, pid);
    if (process === "closed") return { reason: `/proc/${pid}/status may not be read without root's rights`, remedy };
    if (process) processes.push(process);
  }
  return { processes: processes.sort((a, b) => a.pid - b.pid) };
}

/** How the process list of this root is thinned out for those without rights (proc(5), `hidepid`); undefined where it is whole. */
async function hidingOption(root: HostRoot): Promise<string | undefined> {
  const path = "/proc/self/mountinfo";
  const point = root.path === "/" ? "/proc" : `${resolve(root.path)}/proc`;
  const mounts = parseMountInfo((await root.text(path)) ?? "", path);
  const options = mounts.findLast(({ mountPoint }) => mountPoint === point)?.superOptions ?? [];
  return options.find((option) => /^hidepid=(?!0$|off$)/.test(option));
}

/** Undefined where the process ended meanwhile, `closed` where it may not be looked at. */
async function readProcess(root: HostRoot, pid: string): Promise<ProcessRecord | "closed" | undefined> {
  const folder = `/proc/${pid}`;
  const texts = await root.readEach(folder, ["status", "stat", "cmdline", "cgroup"]);
  const [statusText, stat, commandLine, cgroupText] = ["status", "stat", "cmdline", "cgroup"].map((name) => {
    const result = texts.get(name);
    return result !== undefined && "text" in result ? result.text : undefined;
  });
  const executable = await root.linkTarget(`${folder}/exe`);
  const namespaces = await readNamespaces(root, folder);
  if (statusText === undefined) {
    const answer = texts.get("status");
    return answer !== undefined && "missing" in answer && answer.missing === "denied" ? "closed" : undefined;
  }
  const status = parseProcessStatus(statusText);
  const cgroup = cgroupText === undefined ? undefined : cgroupPath(cgroupText);
  const parent = Number(status.get("PPid") ?? 0);
  return {
    pid: Number(pid),
    parent,
    name: status.get("Name") ?? "",
    arguments: (commandLine ?? "").split("\0").filter((word, index, words) => word !== "" || index < words.length - 1),
    executable,
    kernelThread:
      status.get("Kthread") === "1" ||
      ((parent === 2 || pid === "2") && executable === undefined && commandLine === ""),
    user: Number(status.get("Uid")?.split(/\s+/)[1] ?? -1),
    cgroup,
    container: cgroup === undefined ? undefined : containerOfCgroup(cgroup),
    unit: cgroup === undefined ? undefined : unitOfCgroup(cgroup),
    status,
    startTicks: startTicks(stat ?? ""),
    namespaces,
  };
}

async function readNamespaces(root: HostRoot, folder: string): Promise<Record<string, string>> {
  const targets = await root.linkTargets(`${folder}/ns`, namespaceNames);
  return Object.fromEntries(
    [...targets].flatMap(([name, target]) => {
      const inode = /\[(\d+)\]/.exec(target)?.[1];
      return inode === undefined ? [] : [[name, inode]];
    }),
  );
}
