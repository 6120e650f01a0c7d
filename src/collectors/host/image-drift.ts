import type { z } from "zod";
import { imageDrift } from "../../facts/host/image-drift.ts";
import { parseOstreeOrigin } from "../../formats/host/ostree-origin.ts";
import { defineHostCollector } from "../host-collector.ts";
import type { HostRoot } from "../host-root.ts";
import { fileDigest } from "./file-digest.ts";

type Value = z.output<typeof imageDrift.schema>;

const mostFiles = 20_000;
const filesPerTurn = 64;
/** Written on each host's first start, or by the system as it runs: a difference there tells nothing. */
const ownState =
  /^\/etc\/(machine-id|hostname|hosts|resolv\.conf|adjtime|fstab|passwd-?|group-?|shadow-?|gshadow-?|sub[ug]id-?|mtab|ld\.so\.cache|\.updated|\.pwd\.lock|localtime|vconsole\.conf|locale\.conf)$|^\/etc\/(ssh\/ssh_host_|selinux\/.*\/(active|policy)\/|pki\/ca-trust\/extracted\/|lvm\/|NetworkManager\/system-connections\/)/;
/** A second copy of the system's partition, by the name that each maker gives it. */
const otherPartitions = /^(USR-[AB]|BOTTLEROCKET-ROOT-[AB]|ROOT-[AB]|COS_(ACTIVE|PASSIVE)|root-[ab])$/i;

export default defineHostCollector<typeof imageDrift.schema>({
  reads: "host",
  provides: imageDrift,
  async *collect(root) {
    const value: Value = {
      compared: 0,
      changed: [],
      removed: [],
      unread: 0,
      packages: [],
      extensions: [],
      rollbacks: [],
    };
    // Other systems may have a folder of that name for programs of their own.
    if ((await root.exists("/ostree/deploy")) && (await root.exists("/usr/etc"))) {
      value.configurationBase = "/usr/etc";
      await compareConfiguration(root, value);
    }
    await readDeployments(root, value);
    await readExtensions(root, value);
    await readRollbacks(root, value);
    yield { subject: root.subject, source: "/usr/etc, /ostree/deploy, extensions, /dev/disk", value };
  },
});

/** OSTree keeps the image's /etc in /usr/etc: what differs was changed on the host (ostree-admin-config-diff(1)). */
async function compareConfiguration(root: HostRoot, value: Value): Promise<void> {
  const pending = ["/usr/etc"];
  let count = 0;
  for (let folder = pending.pop(); folder !== undefined && count < mostFiles; folder = pending.pop()) {
    const listed = await root.list(folder);
    for (const name of "names" in listed ? listed.names : []) {
      const original = `${folder}/${name}`;
      const path = original.slice("/usr".length);
      const stats = await root.lstat(original);
      if (stats?.isDirectory()) pending.push(original);
      if (!stats?.isFile() || ownState.test(path)) continue;
      if (++count % filesPerTurn === 0) await new Promise((resolve) => setImmediate(resolve));
      value.compared++;
      const own = await root.lstat(path);
      if (own === undefined) value.removed.push(path);
      else if (!own.isFile() || own.size !== stats.size || !(await isEqual(root, original, path, value)))
        value.changed.push(path);
    }
  }
}

async function isEqual(root: HostRoot, one: string, other: string, value: Value): Promise<boolean> {
  const [a, b] = [fileDigest(await root.locate(one), "sha256"), fileDigest(await root.locate(other), "sha256")];
  if ("digest" in a && "digest" in b) return a.digest === b.digest;
  value.unread++;
  return true;
}

/** Each deployment has an origin that names the image and what was put on it; any beside the running one is a way back. */
async function readDeployments(root: HostRoot, value: Value): Promise<void> {
  const systems = await root.list("/ostree/deploy");
  for (const system of "names" in systems ? systems.names : []) {
    const folder = `/ostree/deploy/${system}/deploy`;
    const listed = await root.list(folder);
    const origins = "names" in listed ? listed.names.filter((name) => name.endsWith(".origin")) : [];
    for (const name of origins) {
      for (const entry of parseOstreeOrigin((await root.text(`${folder}/${name}`)) ?? ""))
        if (!value.packages.some((known) => known.what === entry.what && known.name === entry.name))
          value.packages.push(entry);
    }
    for (const name of origins.slice(1)) value.rollbacks.push({ kind: "ostree", at: `${folder}/${name}` });
  }
}

/** systemd-sysext(8): images below these folders are laid over /usr, those of confext over /etc. */
async function readExtensions(root: HostRoot, value: Value): Promise<void> {
  for (const folder of [
    "/etc/extensions",
    "/run/extensions",
    "/var/lib/extensions",
    "/run/confexts",
    "/var/lib/confexts",
  ]) {
    const listed = await root.list(folder);
    for (const name of "names" in listed ? listed.names : []) value.extensions.push(`${folder}/${name}`);
  }
}

async function readRollbacks(root: HostRoot, value: Value): Promise<void> {
  const labels = await root.list("/dev/disk/by-partlabel");
  const copies = "names" in labels ? labels.names.filter((name) => otherPartitions.test(name)) : [];
  // One of the two is in use.
  for (const name of copies.slice(1)) value.rollbacks.push({ kind: "partition", at: `/dev/disk/by-partlabel/${name}` });
  const snapshots = await root.list("/.snapshots");
  for (const name of "names" in snapshots ? snapshots.names.filter((entry) => /^\d+$/.test(entry)).slice(1) : [])
    value.rollbacks.push({ kind: "snapshot", at: `/.snapshots/${name}` });
}
