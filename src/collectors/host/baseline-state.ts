import type { Stats } from "node:fs";
import { compareText } from "../../core/canonical-json.ts";
import { limitExceeded } from "../../core/errors.ts";
import type { BaselineEntry, HostBaseline } from "../../formats/host/baseline.ts";
import type { HostRoot } from "../host-root.ts";
import { givenFileCapabilities } from "./capability-list.ts";
import { fileDigest } from "./file-digest.ts";

/** What a baseline covers unless other paths are named: what decides who may log in, what starts, and what runs containers. */
export const usualBaselinePaths: readonly string[] = [
  ...["/etc/passwd", "/etc/group", "/etc/shadow", "/etc/gshadow", "/etc/subuid", "/etc/subgid", "/etc/login.defs"],
  ...["/etc/sudoers", "/etc/sudoers.d", "/etc/pam.d", "/etc/security", "/etc/polkit-1", "/etc/ssh", "/root/.ssh"],
  ...["/etc/nsswitch.conf", "/etc/hosts", "/etc/resolv.conf", "/etc/fstab", "/etc/environment", "/etc/profile"],
  ...[
    "/etc/profile.d",
    "/etc/bash.bashrc",
    "/etc/bashrc",
    "/etc/ld.so.preload",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
  ],
  ...["/etc/crontab", "/etc/cron.d", "/etc/cron.hourly", "/etc/cron.daily", "/etc/cron.weekly", "/etc/cron.monthly"],
  ...["/var/spool/cron", "/etc/systemd", "/usr/lib/systemd/system", "/usr/local/lib/systemd", "/etc/init.d"],
  ...["/etc/udev/rules.d", "/etc/modprobe.d", "/etc/modules-load.d", "/etc/sysctl.conf", "/etc/sysctl.d"],
  ...["/etc/audit", "/etc/rsyslog.conf", "/etc/rsyslog.d", "/etc/nftables.conf", "/etc/iptables", "/etc/apparmor.d"],
  ...["/etc/selinux", "/etc/apt", "/etc/yum.repos.d", "/etc/zypp", "/etc/apk", "/etc/pki/rpm-gpg"],
  ...["/boot", "/etc/default/grub", "/etc/grub.d", "/etc/kernel", "/etc/dracut.conf.d", "/etc/initramfs-tools"],
  ...["/etc/docker", "/etc/containerd", "/etc/crio", "/etc/containers", "/etc/cni", "/opt/cni/bin", "/etc/nri"],
  ...["/etc/cdi", "/etc/kubernetes", "/var/lib/kubelet/config.yaml", "/etc/crictl.yaml", "/etc/rancher"],
  ...["/usr/bin/dockerd", "/usr/bin/docker", "/usr/bin/docker-proxy", "/usr/bin/containerd", "/usr/bin/ctr"],
  ...["/usr/bin/containerd-shim-runc-v2", "/usr/bin/runc", "/usr/sbin/runc", "/usr/bin/crun", "/usr/bin/crio"],
  ...["/usr/bin/conmon", "/usr/bin/podman", "/usr/bin/kubelet", "/usr/bin/kubectl", "/usr/bin/crictl"],
  ...["/usr/bin/sudo", "/usr/bin/su", "/usr/bin/passwd", "/usr/sbin/sshd", "/usr/bin/login"],
];

/** Files and folders of one baseline. */
const mostEntries = 500_000;
const entriesPerTurn = 256;

/** The state of the paths now: each file by digest, rights, owner, capabilities, each link by target; folders with all below them on the same device. */
export async function takeBaseline(root: HostRoot, paths: readonly string[], now: Date): Promise<HostBaseline> {
  const reader = new StateReader(root);
  for (const path of [...new Set(paths)].sort(compareText)) await reader.add(path);
  const entries = [...reader.entries.values()].sort((a, b) => compareText(a.path, b.path));
  const read = await givenFileCapabilities(root);
  const capabilities = "capabilities" in read ? read.capabilities : undefined;
  return {
    version: 1,
    host: root.subject,
    created: now.toISOString(),
    paths: [...new Set(paths)].sort(compareText),
    capabilitiesRead: capabilities !== undefined,
    unread: reader.unread.sort((a, b) => compareText(a.path, b.path)),
    entries: entries.map((entry) => {
      const found = capabilities?.get(entry.path);
      return found === undefined ? entry : { ...entry, capabilities: found };
    }),
  };
}

class StateReader {
  readonly entries = new Map<string, BaselineEntry>();
  readonly unread: { path: string; reason: string }[] = [];
  readonly #root: HostRoot;

  constructor(root: HostRoot) {
    this.#root = root;
  }

  async add(start: string): Promise<void> {
    const pending: { path: string; device: number | undefined }[] = [{ path: start, device: undefined }];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { path, device } = next;
      if (this.entries.has(path)) continue;
      const stats = await this.#root.lstat(path);
      if (stats === undefined) {
        await this.#noteMissing(path);
        continue;
      }
      await this.#addOne(path, stats);
      if (!stats.isDirectory() || (device !== undefined && device !== stats.dev)) continue;
      const listed = await this.#root.list(path);
      if (!("names" in listed)) this.unread.push({ path, reason: listed.reason });
      else for (const name of listed.names) pending.push({ path: `${path}/${name}`, device: stats.dev });
    }
  }

  /** What is not there is part of the state; what may not be seen is not. */
  async #noteMissing(path: string): Promise<void> {
    const result = await this.#root.read(path);
    if ("missing" in result && result.missing !== "absent") this.unread.push({ path, reason: result.reason });
  }

  async #addOne(path: string, stats: Stats): Promise<void> {
    if (this.entries.size >= mostEntries) throw limitExceeded("baseline", `${mostEntries} files and folders`);
    if (this.entries.size % entriesPerTurn === 0) await new Promise((resolve) => setImmediate(resolve));
    const entry: BaselineEntry = {
      path,
      kind: kindOf(stats),
      mode: (stats.mode & 0o7777).toString(8).padStart(4, "0"),
      owner: stats.uid,
      group: stats.gid,
    };
    if (entry.kind === "link") {
      this.entries.set(path, { ...entry, target: (await this.#root.linkTarget(path)) ?? "" });
      return;
    }
    if (entry.kind !== "file") {
      this.entries.set(path, entry);
      return;
    }
    const found = fileDigest(await this.#root.locate(path), "sha256");
    if ("digest" in found) this.entries.set(path, { ...entry, digest: found.digest });
    else if (found.missing === "unread") this.unread.push({ path, reason: `${path} could not be read` });
  }
}

function kindOf(stats: Stats): BaselineEntry["kind"] {
  if (stats.isSymbolicLink()) return "link";
  if (stats.isFile()) return "file";
  return stats.isDirectory() ? "folder" : "other";
}
