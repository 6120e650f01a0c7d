import type { z } from "zod";
import { hostAge } from "../../facts/host/age.ts";
import { defineHostCollector } from "../host-collector.ts";
import type { HostRoot } from "../host-root.ts";

type Value = z.input<typeof hostAge.schema>;
type Moment = NonNullable<Value["installed"]>;

/** Files that are written once, when a system is installed or first started. */
const writtenOnce = [
  "/etc/machine-id",
  "/etc/ssh/ssh_host_ed25519_key",
  "/etc/ssh/ssh_host_rsa_key",
  "/root/anaconda-ks.cfg",
  "/var/log/installer/syslog",
];
/** Files that every change of a package writes. */
const packageDatabases = [
  "/var/lib/dpkg/status",
  "/usr/lib/sysimage/rpm/rpmdb.sqlite",
  "/usr/lib/sysimage/rpm/Packages.db",
  "/var/lib/rpm/rpmdb.sqlite",
  "/var/lib/rpm/Packages.db",
  "/var/lib/rpm/Packages",
  "/lib/apk/db/installed",
  "/usr/lib/apk/db/installed",
  "/var/lib/pacman/local",
];
const livePatchFolder = "/sys/kernel/livepatch";

export default defineHostCollector<typeof hostAge.schema>({
  reads: "host",
  provides: hostAge,
  async *collect(root) {
    const started = /^btime (\d+)$/m.exec((await root.text("/proc/stat")) ?? "")?.[1];
    const value: Value = {
      installed: chosen(await moments(root, writtenOnce), (a, b) => a.time < b.time),
      packagesChanged: chosen(await moments(root, packageDatabases), (a, b) => a.time > b.time),
      started: started === undefined ? undefined : Number(started),
      ...(await livePatches(root)),
    };
    yield {
      subject: root.subject,
      source: "/etc/machine-id, package databases, /proc/stat, /sys/kernel/livepatch",
      value,
    };
  },
});

async function moments(root: HostRoot, paths: readonly string[]): Promise<Moment[]> {
  const found: Moment[] = [];
  for (const path of paths) {
    const stats = await root.lstat(path);
    // An image's files may carry the time 0: it tells nothing.
    if (stats !== undefined && !stats.isSymbolicLink() && stats.mtimeMs > 86_400_000)
      found.push({ time: Math.floor(stats.mtimeMs / 1000), shownBy: path });
  }
  return found;
}

function chosen(all: readonly Moment[], isBetter: (a: Moment, b: Moment) => boolean): Moment | undefined {
  return all.reduce<Moment | undefined>(
    (best, one) => (best === undefined || isBetter(one, best) ? one : best),
    undefined,
  );
}

async function livePatches(root: HostRoot): Promise<Pick<Value, "livePatching" | "livePatches">> {
  const listed = await root.list(livePatchFolder);
  if (!("names" in listed)) return { livePatching: (await root.exists("/sys/kernel")) ? false : undefined };
  const patches = [];
  for (const name of listed.names) {
    const text = async (file: string) => (await root.text(`${livePatchFolder}/${name}/${file}`))?.trim();
    patches.push({ name, enabled: (await text("enabled")) === "1", inTransition: (await text("transition")) === "1" });
  }
  return { livePatching: true, livePatches: patches };
}
