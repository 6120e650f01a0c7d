import { defineCheck, failEach } from "../../core/check.ts";
import type { Severity } from "../../core/severity.ts";
import { sockets } from "../../facts/host/sockets.ts";

/** Ports on which parts of a container platform answer without asking who calls. */
const ports: readonly {
  readonly port: number;
  readonly process: RegExp;
  readonly what: string;
  readonly severity: Severity;
}[] = [
  { port: 2375, process: /^(dockerd|docker.*|podman)?$/, what: "Docker without TLS", severity: "critical" },
  { port: 10_255, process: /^kubelet$/, what: "read-only port of the kubelet", severity: "high" },
  { port: 4194, process: /^(kubelet|cadvisor)$/, what: "cAdvisor", severity: "medium" },
  {
    port: 8080,
    process: /^(kube-apiserver|hyperkube)$/,
    what: "insecure port of the API server",
    severity: "critical",
  },
  { port: 10_251, process: /^kube-scheduler$/, what: "insecure port of the scheduler", severity: "medium" },
  { port: 10_252, process: /^kube-controller.*$/, what: "insecure port of the controller manager", severity: "medium" },
  { port: 2380, process: /^etcd$/, what: "peer port of etcd", severity: "medium" },
  { port: 2379, process: /^etcd$/, what: "client port of etcd", severity: "medium" },
];

export default defineCheck({
  title: "Port of the container platform open that asks for no credentials",
  severity: "high",
  clauses: ["4.5.1-d", "4.4.3-a", "8176-5.1"],
  why: "These ports hand out control of containers, or the state of the whole cluster, to whoever can reach them.",
  fix: "Close the port: --read-only-port=0 for the kubelet, no tcp:// host for Docker, client certificates and a bound address for etcd.",
  needs: { sockets },
  evaluate({ sockets: { listeners } }) {
    const items = listeners.flatMap((listener) => {
      if (listener.protocol !== "tcp" || /^(127\.|::1$)/.test(listener.address)) return [];
      const match = ports.find(({ port, process }) => port === listener.port && process.test(listener.process ?? ""));
      if (!match) return [];
      const onAll = listener.address === "0.0.0.0" || listener.address === "::";
      // etcd asks for certificates where configured; bound to one address it is as intended.
      if (match.what.includes("etcd") && !onAll) return [];
      return [
        {
          at: "/proc/net/tcp",
          found: `${match.what} on ${listener.address}:${listener.port}`,
          expected: "closed or bound to 127.0.0.1",
          key: `tcp ${listener.port}`,
          severity: match.severity,
        },
      ];
    });
    return failEach(items, { at: "/proc/net/tcp", found: `${listeners.length} listening sockets, none of these` });
  },
  examples: {
    pass: [
      {
        sockets: { listeners: [{ protocol: "tcp", address: "127.0.0.1", port: 10_248, user: 0, process: "kubelet" }] },
      },
    ],
    fail: [
      { sockets: { listeners: [{ protocol: "tcp", address: "::", port: 10_255, user: 0, process: "kubelet" }] } },
      { sockets: { listeners: [{ protocol: "tcp", address: "0.0.0.0", port: 2375, user: 0, process: "dockerd" }] } },
    ],
  },
});
