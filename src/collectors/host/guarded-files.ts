import type { z } from "zod";
import { guardedFiles } from "../../facts/host/guarded-files.ts";
import { defineHostCollector } from "../host-collector.ts";
import type { HostRoot } from "../host-root.ts";

type Value = z.input<typeof guardedFiles.schema>;
type Kind = Value["files"][number]["kind"];

/** A path, or a folder with `/*` for what lies in it, with what it is for and the widest rights. CIS Docker 3, CIS Kubernetes 1.1 and 4.1, distribution defaults. */
const guarded: readonly (readonly [path: string, kind: Kind, widest: number])[] = [
  ["/etc/passwd", "account", 0o644],
  ["/etc/group", "account", 0o644],
  ["/etc/shadow", "account", 0o640],
  ["/etc/gshadow", "account", 0o640],
  ["/etc/sudoers", "account", 0o440],
  ["/etc/sudoers.d/*", "account", 0o640],
  ["/etc/ssh/sshd_config", "account", 0o644],
  ["/etc/ssh/ssh_host_*_key", "ssh-host-key", 0o640],
  ["/root", "account", 0o750],
  ["/etc/docker", "engine-configuration", 0o755],
  ["/etc/docker/daemon.json", "engine-configuration", 0o644],
  ["/etc/docker/key.json", "engine-secret", 0o600],
  ["/etc/default/docker", "engine-configuration", 0o644],
  ["/etc/sysconfig/docker", "engine-configuration", 0o644],
  ["/etc/containerd/config.toml", "engine-configuration", 0o644],
  ["/etc/containers/*", "engine-configuration", 0o755],
  ["/etc/crio/*", "engine-configuration", 0o755],
  ["/etc/cni/net.d/*", "engine-configuration", 0o644],
  ["/opt/cni/bin/*", "engine-configuration", 0o755],
  ["/usr/lib/systemd/system/docker.service", "engine-configuration", 0o644],
  ["/usr/lib/systemd/system/docker.socket", "engine-configuration", 0o644],
  ["/usr/lib/systemd/system/containerd.service", "engine-configuration", 0o644],
  ["/var/lib/docker", "engine-secret", 0o711],
  ["/var/lib/containerd", "engine-secret", 0o711],
  ["/etc/kubernetes/*.conf", "kubernetes-credential", 0o600],
  ["/etc/kubernetes/manifests/*", "kubernetes-credential", 0o600],
  ["/etc/kubernetes/pki/*.key", "kubernetes-credential", 0o600],
  ["/etc/kubernetes/pki/*.crt", "kubernetes-credential", 0o644],
  ["/etc/kubernetes/pki/etcd/*.key", "kubernetes-credential", 0o600],
  ["/var/lib/kubelet/config.yaml", "kubernetes-credential", 0o644],
  ["/var/lib/kubelet/kubeconfig", "kubernetes-credential", 0o600],
  ["/var/lib/kubelet/pki/*.key", "kubernetes-credential", 0o600],
  ["/var/lib/kubelet/pki/*.pem", "kubernetes-credential", 0o600],
  ["/var/lib/etcd", "kubernetes-credential", 0o700],
  ["/etc/rancher/k3s/k3s.yaml", "kubernetes-credential", 0o600],
  ["/boot/grub/grub.cfg", "boot", 0o600],
  ["/boot/grub2/grub.cfg", "boot", 0o600],
  ["/boot/grub2/user.cfg", "boot", 0o600],
  ["/boot/loader/loader.conf", "boot", 0o755],
  ["/boot/System.map-*", "boot", 0o644],
  ["/etc/crontab", "schedule", 0o644],
  ["/etc/cron.d/*", "schedule", 0o644],
  ["/etc/cron.hourly/*", "schedule", 0o755],
  ["/etc/cron.daily/*", "schedule", 0o755],
  ["/etc/cron.weekly/*", "schedule", 0o755],
  ["/etc/cron.monthly/*", "schedule", 0o755],
  ["/etc/anacrontab", "schedule", 0o644],
  ["/etc/profile.d/*", "startup", 0o755],
  ["/etc/systemd/system/*.service", "startup", 0o644],
  ["/etc/udev/rules.d/*", "startup", 0o644],
  ["/etc/ld.so.preload", "startup", 0o644],
  ["/etc/profile", "startup", 0o644],
  ["/root/.bashrc", "startup", 0o644],
  ["/root/.profile", "startup", 0o644],
];

export default defineHostCollector<typeof guardedFiles.schema>({
  reads: "host",
  provides: guardedFiles,
  async *collect(root) {
    const files: Value["files"] = [];
    const unread: NonNullable<Value["unread"]> = [];
    for (const [pattern, kind, widest] of guarded) {
      for (const path of await expand(root, pattern, unread)) {
        const stats = await root.stat(path);
        if (stats === undefined) {
          // What lies in a folder that may not be entered is not absent.
          const result = await root.read(path, 1);
          if ("missing" in result && result.missing === "denied") unread.push({ path, reason: result.reason });
        }
        if (stats && (stats.isFile() || stats.isDirectory())) {
          const limit = stats.isDirectory() ? widest | 0o111 | 0o044 : widest;
          const asked = pattern === path ? widest : limit;
          files.push({
            path,
            kind,
            mode: octal(stats.mode),
            owner: stats.uid,
            group: stats.gid,
            folder: stats.isDirectory(),
            widest: octal(asked),
          });
        }
      }
    }
    const source = "file rights";
    if (files.length > 0) yield { subject: root.subject, source, value: { files, unread } };
    else
      yield {
        subject: root.subject,
        source,
        unavailable: unread[0]?.reason ?? "the root holds none of the files asked for",
        remedy: "assess a host's root file system",
      };
  },
});

async function expand(root: HostRoot, pattern: string, unread: NonNullable<Value["unread"]>): Promise<string[]> {
  if (!pattern.includes("*")) return [pattern];
  const folder = pattern.slice(0, pattern.lastIndexOf("/"));
  const name = new RegExp(
    `^${pattern
      .slice(folder.length + 1)
      .replaceAll(".", "\\.")
      .replaceAll("*", ".*")}$`,
  );
  const listed = await root.list(folder);
  if ("names" in listed)
    return listed.names
      .filter((entry) => name.test(entry) && !entry.startsWith("."))
      .map((entry) => `${folder}/${entry}`);
  if (listed.missing !== "absent") unread.push({ path: folder, reason: listed.reason });
  return [];
}

function octal(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, "0");
}
