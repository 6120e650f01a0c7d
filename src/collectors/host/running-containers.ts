import type { z } from "zod";
import { defineCollector } from "../../core/collector.ts";
import { runningContainers } from "../../facts/host/running-containers.ts";
import { hostPathOf, type MountEntry, parseMountInfo } from "../../formats/host/mountinfo.ts";
import { capabilitiesOf } from "../../formats/host/process.ts";
import type { HostRoot } from "../host-root.ts";
import { hostMounts } from "./mounts.ts";
import { type ProcessRecord, processTable } from "./process-table.ts";

type Container = z.input<typeof runningContainers.schema>["containers"][number];

/** The kernel's own numbers for its first namespaces (include/linux/proc_ns.h); those of network and mounts differ by boot. */
const initialNamespaces: Readonly<Record<string, string>> = {
  ipc: "4026531839",
  uts: "4026531838",
  user: "4026531837",
  pid: "4026531836",
  cgroup: "4026531835",
  time: "4026531834",
};
/** runtime-spec, "Default Devices", and what engines add to every container. */
const usualDevices = new Set(
  "null zero full random urandom tty console ptmx pts shm mqueue fd stdin stdout stderr core".split(" "),
);
/** Files that an engine makes for the container itself. */
const ownFiles =
  /^\/(etc\/(hostname|hosts|resolv\.conf|mtab)|run\/\.containerenv|\.dockerenv|run\/secrets(\/.*)?|dev\/(termination-log|shm|mqueue)|var\/run\/secrets\/.*)$/;
/** Where engines keep what belongs to containers: volumes, layers, pod files. */
const engineStorage =
  /^\/var\/lib\/(docker|containerd|containers|crio|kubelet\/pods|rancher|nerdctl)\/|^\/run\/(containerd|docker\/(runtime|netns)|crio|containers|netns|user\/\d+\/(containers|netns))\/|\/\.local\/share\/(docker|containers)\//;
const fileSystems =
  /^(ext[234]|xfs|btrfs|f2fs|zfs|erofs|squashfs|tmpfs|devtmpfs|nfs4?|cifs|ceph|fuse\S*|overlay|vfat|9p|virtiofs)$/;

export default defineCollector<HostRoot, typeof runningContainers.schema>({
  reads: "host",
  provides: runningContainers,
  async *collect(root) {
    const table = await processTable(root);
    const source = "/proc";
    if (!("processes" in table)) {
      yield { subject: root.subject, source, unavailable: table.reason, remedy: table.remedy };
      return;
    }
    const groups = new Map<string, ProcessRecord[]>();
    for (const process of table.processes)
      if (process.container) groups.set(process.container.id, [...(groups.get(process.container.id) ?? []), process]);
    const mounts = await hostMounts(root);
    const host = { mounts: "entries" in mounts ? mounts.entries : [], namespaces: hostNamespaces(table.processes) };
    const containers: Container[] = [];
    for (const [, processes] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1)))
      containers.push(await containerOf(root, processes, host));
    yield { subject: root.subject, source, value: { containers } };
  },
});

interface HostView {
  readonly mounts: readonly MountEntry[];
  readonly namespaces: Readonly<Record<string, string>>;
}

/** Those of the first process, else of the first kernel thread, which live in the initial ones. */
function hostNamespaces(processes: readonly ProcessRecord[]): Record<string, string> {
  const first = processes.find(({ pid, namespaces }) => pid <= 2 && Object.keys(namespaces).length > 0);
  return { ...initialNamespaces, ...first?.namespaces };
}

async function containerOf(root: HostRoot, processes: readonly ProcessRecord[], host: HostView): Promise<Container> {
  const main = processes.reduce((first, process) =>
    (process.startTicks ?? 0) < (first.startTicks ?? 0) ? process : first,
  );
  const { id, engine, pod } = main.container!;
  const folder = `/proc/${main.pid}`;
  const map = await root.text(`${folder}/uid_map`);
  const label = (await root.text(`${folder}/attr/apparmor/current`)) ?? (await root.text(`${folder}/attr/current`));
  const noNewPrivileges = main.status.get("NoNewPrivs");
  return {
    id: id.slice(0, 12),
    engine,
    pod,
    program: main.executable ?? main.arguments[0] ?? main.name,
    processes: processes.length,
    pause: main.name === "pause" || main.name === "catatonit",
    sharedNamespaces:
      Object.keys(main.namespaces).length === 0
        ? undefined
        : Object.keys(main.namespaces)
            .filter((name) => host.namespaces[name] === main.namespaces[name])
            .sort(),
    seccomp: numberOf(main.status.get("Seccomp")),
    noNewPrivileges: noNewPrivileges === undefined ? undefined : noNewPrivileges === "1",
    capabilities: capabilitiesOf(main.status.get("CapEff") ?? ""),
    user: main.user < 0 ? undefined : main.user,
    mappedRoot: map === undefined ? undefined : !/^\s*0\s+0\s/.test(map),
    label: label?.replaceAll("\0", "").trim() || undefined,
    hostMounts: await mountsOf(root, folder, host),
    devices: await devicesOf(root, folder),
    ...(await limitsOf(root, main.cgroup)),
  };
}

async function mountsOf(root: HostRoot, folder: string, host: HostView): Promise<Container["hostMounts"]> {
  const text = await root.text(`${folder}/mountinfo`);
  if (text === undefined || host.mounts.length === 0) return undefined;
  const found = [];
  for (const mount of parseMountInfo(text, `${folder}/mountinfo`)) {
    if (!fileSystems.test(mount.type) || mount.mountPoint === "/" || ownFiles.test(mount.mountPoint)) continue;
    const hostPath = hostPathOf(mount, host.mounts);
    if (hostPath === undefined || engineStorage.test(hostPath)) continue;
    const readOnly = mount.options.includes("ro") || mount.superOptions.includes("ro");
    found.push({
      hostPath,
      point: mount.mountPoint,
      readOnly,
      shared: mount.propagation.includes("shared"),
      type: mount.type,
    });
  }
  return found;
}

async function devicesOf(root: HostRoot, folder: string): Promise<string[] | undefined> {
  const listed = await root.list(`${folder}/root/dev`);
  if (!("names" in listed)) return undefined;
  const found: string[] = [];
  for (const name of listed.names) {
    if (usualDevices.has(name)) continue;
    const stats = await root.lstat(`${folder}/root/dev/${name}`);
    if (stats?.isBlockDevice() || stats?.isCharacterDevice()) found.push(`/dev/${name}`);
    else if (stats?.isDirectory() && ["mapper", "dri", "net", "snd", "disk", "vfio"].includes(name))
      found.push(`/dev/${name}/`);
  }
  return found;
}

async function limitsOf(
  root: HostRoot,
  cgroup: string | undefined,
): Promise<Pick<Container, "memoryLimited" | "processesLimited">> {
  if (cgroup === undefined) return {};
  const memory =
    (await root.text(`/sys/fs/cgroup${cgroup}/memory.max`)) ??
    (await root.text(`/sys/fs/cgroup/memory${cgroup}/memory.limit_in_bytes`));
  const pids =
    (await root.text(`/sys/fs/cgroup${cgroup}/pids.max`)) ?? (await root.text(`/sys/fs/cgroup/pids${cgroup}/pids.max`));
  // Version 1 writes no limit as the greatest multiple of a page.
  const limited = (text: string | undefined) =>
    text === undefined ? undefined : text.trim() !== "max" && Number(text.trim()) < 2 ** 60;
  return { memoryLimited: limited(memory), processesLimited: limited(pids) };
}

function numberOf(text: string | undefined): number | undefined {
  const value = Number(text ?? Number.NaN);
  return Number.isNaN(value) ? undefined : value;
}
