/** The lines `Name:\tvalue` of /proc/PID/status (proc_pid_status(5)). */
export function parseProcessStatus(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of text.split("\n")) {
    const split = line.indexOf(":");
    if (split > 0) fields.set(line.slice(0, split), line.slice(split + 1).trim());
  }
  return fields;
}

/** Start of a process in clock ticks after boot: field 22 of /proc/PID/stat; the name before it may hold spaces and brackets. */
export function startTicks(stat: string): number | undefined {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[19]);
  return fields.length > 19 && Number.isFinite(ticks) ? ticks : undefined;
}

/** The cgroup that tells what a process belongs to: of the v2 hierarchy where it is in use, else of the systemd, pids or memory hierarchy of v1 (cgroups(7)). */
export function cgroupPath(text: string): string | undefined {
  const paths = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (path !== undefined) for (const name of controllers!.split(",")) paths.set(name, path);
  }
  const candidates = ["", "name=systemd", "pids", "memory"].flatMap((name) => paths.get(name) ?? []);
  return candidates.find((path) => path !== "/") ?? candidates[0];
}

/** A container as the name of its cgroup shows it. `id` is what the engine names it by. */
export interface CgroupContainer {
  readonly id: string;
  readonly engine: "docker" | "containerd" | "cri-o" | "podman" | "buildkit" | "lxc" | "nspawn" | "unknown";
  /** Kubernetes pod UID, where the path names one. */
  readonly pod?: string | undefined;
}

const scopePrefixes: readonly (readonly [RegExp, CgroupContainer["engine"]])[] = [
  [/^docker-([0-9a-f]{64})\.scope$/, "docker"],
  [/^cri-containerd-([0-9a-f]{64})\.scope$/, "containerd"],
  [/^nerdctl-([0-9a-f]{64})\.scope$/, "containerd"],
  [/^crio-(?:conmon-)?([0-9a-f]{64})(?:\.scope)?$/, "cri-o"],
  [/^libpod-([0-9a-f]{64})(?:\.scope)?$/, "podman"],
  [/^buildkit-?([0-9a-z]{20,64})(?:\.scope)?$/, "buildkit"],
  [/^lxc\.payload\.(.+)$/, "lxc"],
  [/^machine-(.+)\.scope$/, "nspawn"],
];

/** The container that a cgroup path belongs to, or undefined for the host's own. Conmon's own scope is the host's. */
export function containerOfCgroup(path: string): CgroupContainer | undefined {
  const steps = path.split("/");
  const pod = /pod([0-9a-f]{8}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{12}|[0-9a-f]{32})/.exec(
    path,
  )?.[1];
  for (const [index, step] of steps.entries()) {
    if (step.includes("conmon")) return undefined;
    for (const [pattern, engine] of scopePrefixes) {
      const found = pattern.exec(step);
      if (found && !(engine === "nspawn" && /^(qemu|lxc)/.test(found[1]!)))
        return { id: found[1]!, engine, pod: pod?.replaceAll("_", "-") };
    }
    if (/^[0-9a-f]{64}$/.test(step))
      return { id: step, engine: engineOfParent(steps, index), pod: pod?.replaceAll("_", "-") };
  }
  return undefined;
}

function engineOfParent(steps: readonly string[], index: number): CgroupContainer["engine"] {
  const parent = steps[index - 1] ?? "";
  if (parent === "docker") return "docker";
  if (parent.startsWith("libpod")) return "podman";
  if (steps.some((step) => step.startsWith("kubepods") || step.startsWith("k8s.io"))) return "containerd";
  return "unknown";
}

/** The systemd unit that a cgroup path belongs to: the innermost service or scope; `user@1000.service` for a user's own services. */
export function unitOfCgroup(path: string): string | undefined {
  const units = path.split("/").filter((step) => /\.(service|scope)$/.test(step));
  return units.find((unit) => unit.startsWith("user@")) ?? units.at(-1);
}

const capabilityNames = (
  "chown dac_override dac_read_search fowner fsetid kill setgid setuid setpcap linux_immutable net_bind_service net_broadcast " +
  "net_admin net_raw ipc_lock ipc_owner sys_module sys_rawio sys_chroot sys_ptrace sys_pacct sys_admin sys_boot sys_nice " +
  "sys_resource sys_time sys_tty_config mknod lease audit_write audit_control setfcap mac_override mac_admin syslog " +
  "wake_alarm block_suspend audit_read perfmon bpf checkpoint_restore"
).split(" ");

/** The names of the capabilities in a hexadecimal mask (capabilities(7)), as `CAP_SYS_ADMIN`. Bits without a name are left out. */
export function capabilitiesOf(mask: string): string[] {
  if (!/^[0-9a-f]{1,16}$/i.test(mask)) return [];
  const bits = BigInt(`0x${mask}`);
  return capabilityNames.filter((_, bit) => (bits >> BigInt(bit)) & 1n).map((name) => `CAP_${name.toUpperCase()}`);
}
