import { defineCheck, failEach, unknown } from "../../core/check.ts";
import { type Listener, sockets } from "../../facts/host/sockets.ts";

export default defineCheck({
  title: "Socket open to the network that no role of the host explains",
  severity: "high",
  clauses: ["4.5.1-d", "4.5.1-c"],
  why: "What listens on all addresses is reachable by containers and neighbours alike.",
  fix: "Stop the program, bind it to 127.0.0.1, or run it in a container.",
  needs: { sockets },
  evaluate({ sockets: { listeners } }) {
    const reachable = listeners.filter(({ address }) => !isLocal(address));
    const items = reachable
      .filter(
        (listener) =>
          listener.process !== undefined &&
          listener.container === undefined &&
          !["infrastructure", "kernel", "container"].includes(listener.class ?? ""),
      )
      .map((listener) => ({
        at: `/proc/net/${listener.protocol}`,
        found: `${listener.protocol} ${endpoint(listener)}: ${listener.executable ?? listener.process}${listener.unit ? ` (${listener.unit})` : ""}`,
        expected: "a service of the host or an engine, or bound to the machine itself",
        key: `${listener.protocol} ${listener.port}`,
      }));
    const unowned = reachable.filter(({ process }) => process === undefined);
    if (items.length === 0 && unowned.length > 0) {
      // The kernel's own sockets (NFS, WireGuard) have no process either.
      return unknown(
        `who listens on ${unowned.map((listener) => `${listener.protocol} ${endpoint(listener)}`).join(", ")} could not be seen`,
        "collect the facts with root's rights in the host's PID namespace",
      );
    }
    const named = reachable.map((listener) => `${listener.process ?? "?"} ${listener.protocol}/${listener.port}`);
    return failEach(items, {
      at: "/proc/net",
      found: named.length === 0 ? "nothing listens on the network" : [...new Set(named)].join(", "),
    });
  },
  examples: {
    pass: [
      {
        sockets: {
          listeners: [
            { protocol: "tcp", address: "0.0.0.0", port: 22, user: 0, process: "sshd", class: "infrastructure" },
            { protocol: "tcp", address: "127.0.0.1", port: 3306, user: 1, process: "mysqld", class: "unknown" },
          ],
        },
      },
    ],
    unknown: [{ sockets: { listeners: [{ protocol: "tcp", address: "0.0.0.0", port: 2024, user: 0 }] } }],
    fail: [
      {
        sockets: {
          listeners: [
            { protocol: "tcp", address: "0.0.0.0", port: 3306, user: 1, process: "mysqld", class: "unknown" },
          ],
        },
      },
    ],
  },
});

function isLocal(address: string): boolean {
  return (
    address.startsWith("127.") || address === "::1" || address.startsWith("::ffff:127.") || address.startsWith("fe80")
  );
}

function endpoint({ address, port }: Listener): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
