import { defineCheck, fail, pass, unknown } from "../../core/check.ts";
import { firewall } from "../../facts/host/firewall.ts";

export default defineCheck({
  title: "Nothing closes the host to connections that no rule allows",
  severity: "medium",
  clauses: ["4.5.1-b", "4.5.1-d"],
  why: "Without a default of refusing, whatever starts to listen is reachable at once, by containers too.",
  fix: "Enable a firewall whose default for incoming connections is to drop: ufw default deny incoming && ufw enable, or an nftables chain at the input hook with policy drop. Rules for published container ports need a place of their own (DOCKER-USER).",
  needs: { firewall },
  references: [
    "CIS Distribution Independent Linux 2.0.0 3.5",
    "CIS Red Hat Enterprise Linux 9 2.0.0 4.3.3",
    "CIS Debian Linux 12 1.1.0 4.3.8",
  ],
  evaluate({ firewall: { configurations, tables, unread } }) {
    const closing = configurations.filter(({ incoming, active }) => incoming !== "accept" && active !== false);
    const families = new Set(closing.flatMap(({ family }) => (family === "both" ? ["ipv4", "ipv6"] : [family])));
    const found = configurations
      .map(
        ({ file, incoming, active, family }) =>
          `${file}: ${incoming} (${family}${active === false ? ", not enabled" : ""})`,
      )
      .join("; ");
    const at = "/etc/nftables.conf, /etc/iptables, /etc/ufw, /etc/firewalld";
    if (families.size === 2) return pass({ at, found });
    if (unread.length > 0)
      return unknown(unread.map(({ reason }) => reason).join("; "), "collect the facts with root's rights");
    const loaded = tables !== undefined && tables.length > 0 ? `; tables loaded: ${tables.join(", ")}` : "";
    if (families.has("ipv4"))
      return fail({ at, found: `${found}; nothing for IPv6`, expected: "IPv6 closed too", key: "ipv6" });
    return fail({
      at,
      found: `${found || "no firewall is configured"}${loaded}`,
      expected: "incoming connections dropped unless allowed",
      key: "incoming",
    });
  },
  examples: {
    pass: [
      {
        firewall: {
          configurations: [
            { file: "/etc/nftables.conf", manager: "nftables", family: "both", incoming: "drop", active: true },
          ],
        },
      },
    ],
    fail: [
      { firewall: { configurations: [] } },
      {
        firewall: {
          configurations: [
            { file: "/etc/iptables/rules.v4", manager: "iptables", family: "ipv4", incoming: "drop", active: true },
          ],
        },
      },
      {
        firewall: {
          configurations: [
            { file: "/etc/ufw/ufw.conf", manager: "ufw", family: "both", incoming: "drop", active: false },
          ],
        },
      },
    ],
    unknown: [
      {
        firewall: {
          configurations: [],
          unread: [{ path: "/etc/ufw/ufw.conf", reason: "/etc/ufw/ufw.conf may not be read without root's rights" }],
        },
      },
    ],
  },
});
