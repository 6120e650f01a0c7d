import { defineCollector } from "../../core/collector.ts";
import { sysctl } from "../../facts/host/sysctl.ts";
import type { HostRoot } from "../host-root.ts";
import { otherNetworkBecause } from "./network-namespace.ts";

/** Folders below /proc/sys that say how the kernel behaves. `true`: folders below them too. */
const folders: readonly (readonly [path: string, deep: boolean])[] = [
  ["abi", false],
  ["dev/tty", false],
  ["fs", false],
  ["kernel", false],
  ["kernel/keys", false],
  ["kernel/yama", false],
  ["net/core", false],
  ["net/ipv4", false],
  ["net/ipv4/conf", true],
  ["net/ipv6", false],
  ["net/ipv6/conf", true],
  ["net/bridge", false],
  ["user", false],
  ["vm", false],
];

/** What changes from one reading to the next, or acts when it is read, says nothing about how the host is set up. */
const volatile =
  /^(fs\.(dentry-state|inode-|file-nr|aio-nr|dquots)|kernel\.(ns_last_pid|pty\.nr|random\.|cad_pid|sched_domain)|vm\.(stat_refresh|compact_memory|drop_caches)|net\..*\.(stable_secret|flush))/;

/** Parameters of the whole kernel that only the first network namespace shows. */
const ofFirstNetwork = ["net.core.bpf_jit_harden", "net.core.bpf_jit_kallsyms"];

export default defineCollector<HostRoot, typeof sysctl.schema>({
  reads: "host",
  provides: sysctl,
  async *collect(root) {
    const values: Record<string, string> = {};
    const unreadable: Record<string, string> = {};
    for (const [folder, deep] of folders) await readFolder(root, folder, deep, values, unreadable);
    const other = await otherNetworkBecause(root);
    // Each network namespace has parameters of its own (network_namespaces(7)).
    const ofNetwork = [...Object.keys(values).filter((one) => one.startsWith("net.")), ...ofFirstNetwork];
    for (const name of other === undefined ? [] : ofNetwork) {
      delete values[name];
      unreadable[name] = `/proc/sys/${name.replaceAll(".", "/")} is not the host's: ${other}`;
    }
    const source = "/proc/sys";
    if (Object.keys(values).length > 0)
      yield { subject: root.subject, source, value: { values: sorted(values), unreadable: sorted(unreadable) } };
    else {
      const listed = await root.list("/proc/sys");
      const unavailable = "reason" in listed ? listed.reason : "/proc/sys shows no kernel parameter";
      yield {
        subject: root.subject,
        source,
        unavailable,
        remedy: "assess the running host: / itself, or its root with /proc mounted",
      };
    }
  },
});

async function readFolder(
  root: HostRoot,
  folder: string,
  deep: boolean,
  values: Record<string, string>,
  unreadable: Record<string, string>,
): Promise<void> {
  const listed = await root.list(`/proc/sys/${folder}`);
  if (!("names" in listed)) return;
  if (deep) {
    for (const name of listed.names) await readFolder(root, `${folder}/${name}`, false, values, unreadable);
    return;
  }
  const wanted = listed.names.filter((name) => !volatile.test(parameterName(`${folder}/${name}`)));
  for (const [name, result] of await root.readEach(`/proc/sys/${folder}`, wanted)) {
    const parameter = parameterName(`${folder}/${name}`);
    if ("text" in result) values[parameter] = result.text.trim().replaceAll(/\s+/g, " ");
    else if (result.missing !== "absent" && (await isReadable(root, `/proc/sys/${folder}/${name}`)))
      unreadable[parameter] = result.reason;
  }
}

/** Parameters that can only be written hold no state. */
async function isReadable(root: HostRoot, path: string): Promise<boolean> {
  return (((await root.lstat(path))?.mode ?? 0) & 0o444) !== 0;
}

/** By name, so that the order does not depend on the order of folders. */
function sorted(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** sysctl(8): dots separate; a dot within a name, as of a VLAN interface, is written as a slash. */
function parameterName(path: string): string {
  return path.replaceAll(/[./]/g, (mark) => (mark === "." ? "/" : "."));
}
