import { containedBecause, initialPidNamespace } from "../host-collector.ts";
import type { HostRoot } from "../host-root.ts";

/** Why the network that /proc shows this program is not the host's; undefined where it is, or where nothing speaks against it. */
export async function otherNetworkBecause(root: HostRoot): Promise<string | undefined> {
  const foreign = await foreignFirstProcess(root);
  if (foreign !== undefined) return foreign;
  // Process 2 is the kernel's: where process 1 lets nobody look, it tells too.
  const [own, one, two] = await Promise.all(
    ["self", "1", "2"].map((process) => root.linkTarget(`/proc/${process}/ns/net`)),
  );
  const first = one ?? two;
  if (own === undefined || first === undefined) return containedBecause(root);
  return own === first ? undefined : "this program runs in another network namespace than the host";
}

/** Where process 1 is a container's, its network is too. */
export async function foreignFirstProcess(root: HostRoot): Promise<string | undefined> {
  const namespace = await root.linkTarget("/proc/self/ns/pid");
  return namespace === undefined || namespace.includes(initialPidNamespace)
    ? undefined
    : "/proc shows the network of a container, not that of the host";
}

/** The folder of /proc that shows the host's network: that of the first process, as /proc/net is that of the reader. `table` is a file in it that must be there. */
export async function networkFolder(
  root: HostRoot,
  table: string,
): Promise<{ readonly folder: string } | { readonly reason: string }> {
  const foreign = await foreignFirstProcess(root);
  if (foreign !== undefined) return { reason: foreign };
  if ("text" in (await root.read(`/proc/1/net/${table}`))) return { folder: "/proc/1/net" };
  const reason = await otherNetworkBecause(root);
  return reason === undefined ? { folder: "/proc/net" } : { reason };
}
