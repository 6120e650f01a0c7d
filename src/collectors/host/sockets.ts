import type { z } from "zod";
import { defineCollector } from "../../core/collector.ts";
import { sockets } from "../../facts/host/sockets.ts";
import { type NetworkSocket, parseNetworkSockets } from "../../formats/host/proc-net.ts";
import { classify } from "../../formats/host/process-class.ts";
import type { HostRoot } from "../host-root.ts";
import { networkFolder } from "./network-namespace.ts";
import { type ProcessRecord, processTable } from "./process-table.ts";

type Listener = z.input<typeof sockets.schema>["listeners"][number];

const listening = 0x0a;
const unconnected = 0x07;
const tables = ["tcp", "tcp6", "udp", "udp6", "raw", "raw6"] as const;

export default defineCollector<HostRoot, typeof sockets.schema>({
  reads: "host",
  provides: sockets,
  async *collect(root) {
    const network = await networkFolder(root, "tcp");
    if ("reason" in network) {
      yield { subject: root.subject, source: "/proc/net", unavailable: network.reason, remedy };
      return;
    }
    const { folder } = network;
    const first = await root.read(`${folder}/tcp`);
    if (!("text" in first)) {
      yield {
        subject: root.subject,
        source: folder,
        unavailable: first.reason,
        remedy,
      };
      return;
    }
    const found: { protocol: Listener["protocol"]; socket: NetworkSocket }[] = [];
    for (const table of tables) {
      const protocol = table.replace("6", "") as "tcp" | "udp" | "raw";
      const text = await root.text(`${folder}/${table}`);
      for (const socket of text === undefined ? [] : parseNetworkSockets(text, `${folder}/${table}`)) {
        if (waits(protocol, socket)) found.push({ protocol, socket });
      }
    }
    const packetInodes = packetSockets((await root.text(`${folder}/packet`)) ?? "");
    const owners = await ownersOf(root, new Set([...found.map(({ socket }) => socket.inode), ...packetInodes]));
    const listeners = found.map(({ protocol, socket }) => listenerOf(protocol, socket, owners.get(socket.inode)));
    const sniffers = [...new Set(packetInodes.map((inode) => owners.get(inode)?.name ?? "an unseen process"))].sort();
    yield { subject: root.subject, source: folder, value: { listeners: unique(listeners), sniffers } };
  },
});

const remedy = "assess the running host in its own network namespace, or in its process list with root's rights";

function waits(protocol: "tcp" | "udp" | "raw", socket: NetworkSocket): boolean {
  if (protocol === "tcp") return socket.state === listening;
  return protocol === "raw" || (socket.state === unconnected && socket.remotePort === 0);
}

function packetSockets(text: string): string[] {
  return text
    .split("\n")
    .slice(1)
    .flatMap((line) => line.trim().split(/\s+/)[8] ?? []);
}

async function ownersOf(root: HostRoot, inodes: ReadonlySet<string>): Promise<Map<string, ProcessRecord>> {
  const owners = new Map<string, ProcessRecord>();
  const table = await processTable(root);
  if (inodes.size === 0 || !("processes" in table)) return owners;
  for (const process of table.processes) {
    if (process.kernelThread) continue;
    const listed = await root.list(`/proc/${process.pid}/fd`);
    const descriptors = "names" in listed ? listed.names : [];
    for (const target of (await root.linkTargets(`/proc/${process.pid}/fd`, descriptors)).values()) {
      const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
      // A socket shared with children belongs to the oldest process that holds it.
      if (inode !== undefined && inodes.has(inode) && !owners.has(inode)) owners.set(inode, process);
    }
  }
  return owners;
}

function listenerOf(protocol: Listener["protocol"], socket: NetworkSocket, owner: ProcessRecord | undefined): Listener {
  const base = { protocol, address: socket.localAddress, port: socket.localPort, user: socket.user };
  if (owner === undefined) return base;
  const verdict = classify({ ...owner, inContainer: owner.container !== undefined, ancestors: [] });
  return {
    ...base,
    process: owner.name,
    executable: owner.executable,
    unit: owner.unit,
    container: owner.container?.id,
    class: verdict.class,
  };
}

function unique(listeners: readonly Listener[]): Listener[] {
  const byText = new Map(listeners.map((listener) => [JSON.stringify(listener), listener]));
  return [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, listener]) => listener);
}
