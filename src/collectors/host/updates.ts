import type { z } from "zod";
import { updates } from "../../facts/host/updates.ts";
import { defineHostCollector } from "../host-collector.ts";
import type { HostRoot } from "../host-root.ts";
import { apkUpdates } from "./updates-apk.ts";
import { aptPlaces, aptUpdates } from "./updates-apt.ts";
import { rpmUpdates } from "./updates-rpm.ts";

type Value = z.input<typeof updates.schema>;

export default defineHostCollector<typeof updates.schema>({
  reads: "host",
  provides: updates,
  async *collect(root) {
    const rebootRequired =
      (await root.exists("/run/reboot-required")) || (await root.exists("/var/run/reboot-required"));
    const found = await updatesOf(root);
    yield { subject: root.subject, source: found.source, value: { ...found.value, rebootRequired } };
  },
});

/** A database that may not be read is not the same as none. */
const databases = [
  ["/var/lib/dpkg/status", "apt"],
  ["/lib/apk/db/installed", "apk"],
  ["/usr/lib/apk/db/installed", "apk"],
] as const;

async function updatesOf(root: HostRoot): Promise<{ source: string; value: Omit<Value, "rebootRequired"> }> {
  for (const [path, manager] of databases) {
    const result = await root.read(path, 1);
    if ("missing" in result && result.missing === "denied")
      return { source: path, value: { manager, unknownBecause: result.reason } };
  }
  const status = await root.text("/var/lib/dpkg/status");
  // A host may have another's programs as tools: that which has packages counts.
  if (status !== undefined && (status.trim() !== "" || (await otherManager(root)) === "none"))
    return { source: aptPlaces, value: await aptUpdates(root, status) };
  const database = (await root.text("/lib/apk/db/installed")) ?? (await root.text("/usr/lib/apk/db/installed"));
  if (database !== undefined)
    return {
      source: "/lib/apk/db/installed, /var/cache/apk",
      value: { ...(await apkUpdates(root, database)), ...(await otherAutomatic(root)) },
    };
  const manager = await otherManager(root);
  const value = ["dnf", "yum", "zypper"].includes(manager)
    ? await rpmUpdates(root, manager)
    : { manager, unknownBecause: `the lists of ${manager} are not read` };
  return {
    source: manager === "zypper" ? "/var/cache/zypp, /etc/zypp" : "/var/cache/dnf, /etc/yum.repos.d",
    value: { ...value, ...(await otherAutomatic(root)) },
  };
}

async function otherManager(root: HostRoot): Promise<string> {
  for (const [path, name] of [
    ["/usr/bin/dnf", "dnf"],
    ["/usr/bin/microdnf", "dnf"],
    ["/usr/bin/yum", "yum"],
    ["/usr/bin/zypper", "zypper"],
    ["/sbin/apk", "apk"],
    ["/usr/bin/pacman", "pacman"],
    ["/usr/bin/rpm-ostree", "rpm-ostree"],
  ] as const) {
    if (await root.exists(path)) return name;
  }
  return "none";
}

async function otherAutomatic(root: HostRoot): Promise<Pick<Value, "automatic" | "automaticBy">> {
  const wants = "/etc/systemd/system/timers.target.wants";
  for (const name of [
    "dnf-automatic.timer",
    "dnf-automatic-install.timer",
    "dnf5-automatic.timer",
    "transactional-update.timer",
    "rpm-ostreed-automatic.timer",
  ]) {
    if ((await root.lstat(`${wants}/${name}`)) !== undefined) return { automatic: true, automaticBy: name };
  }
  for (const name of ["zincati.service", "update-engine.service"]) {
    if (await root.exists(`/usr/lib/systemd/system/${name}`)) return { automatic: true, automaticBy: name };
  }
  return { automatic: false };
}
