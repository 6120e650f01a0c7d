import { defineCheck, failEach } from "../../core/check.ts";
import { sockets } from "../../facts/host/sockets.ts";

/** Services that serve the machine itself and seldom anybody else. */
const local: Readonly<Record<number, string>> = {
  25: "mail",
  53: "names",
  68: "",
  111: "port mapper",
  123: "time",
  161: "SNMP",
  323: "",
  631: "printing",
  5353: "announcements",
  5355: "local names",
};

export default defineCheck({
  title: "Service meant for the machine itself answers the network",
  severity: "medium",
  clauses: ["4.5.1-d"],
  why: "Name, time, mail and discovery services are asked by the host alone; open to the network they are only a way in, or a means to attack others.",
  fix: "Bind the service to 127.0.0.1 (chrony: port 0; systemd-resolved: LLMNR=no and MulticastDNS=no; postfix: inet_interfaces = loopback-only).",
  needs: { sockets },
  evaluate({ sockets: { listeners } }) {
    const items = listeners
      .filter(
        ({ port, address, container }) =>
          local[port] && !/^(127\.|::1$|fe80|10\.88\.)/.test(address) && container === undefined,
      )
      .map(({ protocol, address, port, process }) => ({
        at: `/proc/net/${protocol}`,
        found: `${process ?? "unseen"} on ${address}, ${protocol} ${port} (${local[port]})`,
        expected: "bound to the machine itself",
        key: `${protocol} ${port}`,
      }));
    return failEach(items, { at: "/proc/net", found: "no such service answers the network" });
  },
  examples: {
    pass: [
      {
        sockets: {
          listeners: [{ protocol: "udp", address: "127.0.0.53", port: 53, user: 0, process: "systemd-resolve" }],
        },
      },
    ],
    fail: [
      {
        sockets: { listeners: [{ protocol: "udp", address: "0.0.0.0", port: 5353, user: 0, process: "avahi-daemon" }] },
      },
    ],
  },
});
