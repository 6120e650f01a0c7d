import { limits } from "../../core/limits.ts";
import {
  canonicalNames,
  type InterfaceAddress,
  parseInterfaceAddresses6,
  parseRoutingTrie,
  staticHostName,
} from "../../formats/host/host-addresses.ts";
import { containedBecause } from "../host-collector.ts";
import type { HostRoot } from "../host-root.ts";
import { foreignFirstProcess, networkFolder } from "./network-namespace.ts";

/** What a host is called and reached by, as far as its files tell. */
export interface HostIdentity {
  /** As the running kernel has it, else as /etc/hostname says. */
  readonly name: string | undefined;
  /** Full names that /etc/hosts gives for the name. */
  readonly canonicalNames: readonly string[];
  /** Undefined where they are not to be seen. */
  readonly addresses4: readonly InterfaceAddress[] | undefined;
  readonly addresses6: readonly InterfaceAddress[] | undefined;
}

const identities = new WeakMap<HostRoot, Promise<HostIdentity>>();

/** What a host is called and reached by. Read once for each host. */
export function hostIdentity(root: HostRoot): Promise<HostIdentity> {
  const known = identities.get(root) ?? identify(root);
  identities.set(root, known);
  return known;
}

async function identify(root: HostRoot): Promise<HostIdentity> {
  const name = (await runningName(root)) ?? (await storedName(root));
  const hosts = (await root.text("/etc/hosts")) ?? "";
  return { name, canonicalNames: name === undefined ? [] : canonicalNames(hosts, name), ...(await addresses(root)) };
}

/** The kernel tells the reader's own name space's name: it is the host's where both are in one. */
async function runningName(root: HostRoot): Promise<string | undefined> {
  const name = staticHostName((await root.text("/proc/sys/kernel/hostname")) ?? "");
  if (name === undefined || name === "(none)" || (await foreignFirstProcess(root)) !== undefined) return undefined;
  const [own, one, two] = await Promise.all(
    ["self", "1", "2"].map((process) => root.linkTarget(`/proc/${process}/ns/uts`)),
  );
  const first = one ?? two;
  if (own === undefined || first === undefined) return (await containedBecause(root)) === undefined ? name : undefined;
  return own === first ? name : undefined;
}

/** Where the file says "localhost" the network gives the name when the host starts (hostname(5)). */
async function storedName(root: HostRoot): Promise<string | undefined> {
  const name = staticHostName((await root.text("/etc/hostname")) ?? "");
  return name === undefined || /^localhost(\.localdomain)?$/i.test(name) ? undefined : name;
}

async function addresses(root: HostRoot): Promise<Pick<HostIdentity, "addresses4" | "addresses6">> {
  const network = await networkFolder(root, "fib_trie");
  if ("reason" in network) return { addresses4: undefined, addresses6: undefined };
  const [trie, table] = [`${network.folder}/fib_trie`, `${network.folder}/if_inet6`];
  const [four, six] = [await root.read(trie, limits.document), await root.read(table, limits.document)];
  if (!("text" in four)) return { addresses4: undefined, addresses6: undefined };
  const addresses4 = parseRoutingTrie(four.text, trie);
  if ("text" in six) return { addresses4, addresses6: parseInterfaceAddresses6(six.text, table) };
  // A kernel without IPv6 has no such table.
  return { addresses4, addresses6: six.missing === "absent" ? [] : undefined };
}
