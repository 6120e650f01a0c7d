import type { z } from "zod";
import { mounts } from "../../facts/host/mounts.ts";
import { type MountEntry, parseMountInfo } from "../../formats/host/mountinfo.ts";
import { defineHostCollector } from "../host-collector.ts";
import type { HostRoot } from "../host-root.ts";

type Value = z.input<typeof mounts.schema>;

export default defineHostCollector<typeof mounts.schema>({
  reads: "host",
  provides: mounts,
  async *collect(root) {
    const found = await hostMounts(root);
    if (!("entries" in found)) {
      yield {
        subject: root.subject,
        source: "/proc/1/mountinfo",
        unavailable: found.reason,
        remedy: "assess the running host: / itself, or its root with /proc mounted",
      };
      return;
    }
    const mappedDevices = await mappedDevicesOf(root);
    const enforcing = (await root.text("/sys/fs/selinux/enforce"))?.trim();
    yield {
      subject: root.subject,
      source: found.source,
      value: {
        mounts: await Promise.all(
          found.entries.map(async (entry) => ({ ...mountOfEntry(entry), ...(await modeOf(root, entry)) })),
        ),
        mappedDevices,
        swaps: await swaps(root, mappedDevices),
        controlGroups: controlGroups(found.entries),
        selinuxEnforcing: enforcing === undefined ? undefined : enforcing === "1",
        shells: await present(root, ["/bin/sh", "/bin/bash", "/usr/bin/sh", "/usr/bin/bash", "/bin/busybox"]),
        sshServer: (await present(root, ["/usr/sbin/sshd", "/usr/bin/sshd"])).length > 0,
      },
    };
  },
});

/** The mounts that the host's first process sees; where it may not be asked, those of the reader, if it lives in the host's namespaces. */
export async function hostMounts(
  root: HostRoot,
): Promise<{ entries: MountEntry[]; source: string } | { reason: string }> {
  for (const path of ["/proc/1/mountinfo", "/proc/self/mountinfo"]) {
    const result = await root.read(path);
    if ("text" in result) return { entries: parseMountInfo(result.text, path), source: path };
    if (result.missing === "absent") return { reason: result.reason };
  }
  return { reason: "/proc/1/mountinfo may not be read without root's rights" };
}

function mountOfEntry(entry: MountEntry): Value["mounts"][number] {
  return {
    point: entry.mountPoint,
    type: entry.type,
    source: entry.source,
    options: [...new Set([...entry.options, ...entry.superOptions])].filter(
      (option) => !/^(size|nr_inodes|seclabel|lowerdir|upperdir|workdir)/.test(option),
    ),
    readOnly: entry.options.includes("ro") || entry.superOptions.includes("ro"),
    shared: entry.propagation.includes("shared"),
    device: entry.device,
  };
}

/** The rights of the folder that shows the kernel's inside: whoever may enter it reads what lies there. */
async function modeOf(root: HostRoot, { type, mountPoint }: MountEntry): Promise<{ mode?: string }> {
  if (type !== "debugfs" && type !== "tracefs") return {};
  const stats = await root.stat(mountPoint);
  return stats?.isDirectory() ? { mode: (stats.mode & 0o7777).toString(8).padStart(4, "0") } : {};
}

async function mappedDevicesOf(root: HostRoot): Promise<NonNullable<Value["mappedDevices"]>> {
  const listed = await root.list("/sys/block");
  const found = [];
  for (const device of "names" in listed ? listed.names.filter((name) => name.startsWith("dm-")) : []) {
    const [name, uuid, readOnly] = await Promise.all(
      ["dm/name", "dm/uuid", "ro"].map(async (file) =>
        ((await root.text(`/sys/block/${device}/${file}`)) ?? "").trim(),
      ),
    );
    found.push({ device, name: name!, uuid: uuid!, readOnly: readOnly === "1" });
  }
  return found;
}

async function swaps(
  root: HostRoot,
  mapped: NonNullable<Value["mappedDevices"]>,
): Promise<NonNullable<Value["swaps"]>> {
  const lines = ((await root.text("/proc/swaps")) ?? "").split("\n").slice(1);
  return lines.flatMap((line) => {
    const [path, type] = line.trim().split(/\s+/);
    if (!path || !type) return [];
    // Compressed memory is no disk; a plain file is as safe as the file system below it, which is not told here.
    const device = mapped.find(({ device, name }) => path === `/dev/${device}` || path === `/dev/mapper/${name}`);
    const encrypted = path.includes("zram")
      ? true
      : device
        ? device.uuid.startsWith("CRYPT-")
        : type === "file"
          ? undefined
          : false;
    return [{ path, type, encrypted }];
  });
}

function controlGroups(entries: readonly MountEntry[]): Value["controlGroups"] {
  const v1 = entries.some(({ type }) => type === "cgroup");
  const v2 = entries.some(({ type }) => type === "cgroup2");
  return v1 ? (v2 ? "hybrid" : "v1") : v2 ? "v2" : undefined;
}

async function present(root: HostRoot, paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) if (await root.exists(path)) found.push(path);
  return found;
}
