import { defineCheck, failEach } from "../../core/check.ts";
import { sockets } from "../../facts/host/sockets.ts";

/** Programs that need raw packets to configure or guard the network. */
const expected =
  /^(dhclient|dhcpcd|NetworkManager|systemd-network.*|systemd-networkd|wpa_supplicant|lldpd|keepalived|calico-node|bird|cilium-agent|kube-vip|metallb.*|speaker|arping|suricata|snort|zeek|an unseen process)$/;

export default defineCheck({
  title: "Program reads all packets of the network",
  severity: "medium",
  clauses: ["4.5.1-c", "4.5.3-g"],
  why: "Whoever sees every packet sees the traffic of all containers on the host.",
  fix: "Stop the program, or move it to where its network is its own.",
  needs: { sockets },
  evaluate({ sockets: { sniffers } }) {
    const items = sniffers
      .filter((name) => !expected.test(name))
      .map((name) => ({
        at: "/proc/net/packet",
        found: name,
        expected: "programs that configure or guard the network",
        key: name,
      }));
    return failEach(items, { at: "/proc/net/packet", found: sniffers.length === 0 ? "none" : sniffers.join(", ") });
  },
  examples: {
    pass: [{ sockets: { listeners: [], sniffers: ["dhclient"] } }],
    fail: [{ sockets: { listeners: [], sniffers: ["tcpdump"] } }],
  },
});
