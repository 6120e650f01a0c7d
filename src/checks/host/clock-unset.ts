import { defineCheck, fail, pass } from "../../core/check.ts";
import { logging } from "../../facts/host/logging.ts";

export default defineCheck({
  title: "Nothing sets the host's clock",
  severity: "medium",
  clauses: ["4.5.4-a"],
  why: "Events of several hosts can be put in order only where their clocks agree; certificates and attestations depend on them too.",
  fix: "Install chrony and enable it; on virtual machines use the hypervisor's clock (refclock PHC /dev/ptp0).",
  needs: { logging },
  references: ["CIS Red Hat Enterprise Linux 9 2.0.0 2.3", "CIS Debian Linux 12 1.1.0 2.3"],
  evaluate({ logging: { clockPrograms, clockServers, clockAuthenticated } }) {
    const found = `${clockPrograms.join(", ") || "no program"}${clockServers.length > 0 ? ` with ${clockServers.slice(0, 4).join(", ")}${clockAuthenticated ? " (authenticated)" : ""}` : ""}`;
    const evidence = { at: "/proc, /etc/chrony", found, expected: "chronyd, ntpd or systemd-timesyncd running" };
    return clockPrograms.length > 0 ? pass(evidence) : fail(evidence);
  },
  examples: {
    pass: [{ logging: { journalFolder: true, clockPrograms: ["chronyd"], clockServers: ["time.example"] } }],
    fail: [{ logging: { journalFolder: true } }],
  },
});
