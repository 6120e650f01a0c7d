import { defineCheck, failEach } from "../../core/check.ts";
import { container } from "../../facts/container/container.ts";
import { seenIn } from "../../facts/container/evidence.ts";
import { exampleContainer } from "../../facts/container/example.ts";

/** Kernel settings that have a value of their own in each container. From Kubernetes 1.27, 1.29, 1.32 and 1.37 on, the later ones count as safe. */
const safe = new Set([
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.ping_group_range",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_wmem",
  "net.ipv4.tcp_slow_start_after_idle",
  "net.ipv4.tcp_notsent_lowat",
]);

export default defineCheck({
  title: "Kernel setting that may touch others",
  severity: "medium",
  clauses: ["4.4.3-b"],
  why: "A kernel setting that is not isolated by container changes the node for all, or lets one container use up what others need.",
  fix: "Remove it from `securityContext.sysctls` (`--sysctl`), or set it on the nodes where it is needed.",
  references: ["Pod Security Standards baseline: Sysctls"],
  needs: { container },
  evaluate({ container }) {
    const found = Object.entries(container.sysctls)
      .filter(([name]) => !safe.has(name.replaceAll("/", ".")))
      .map(([name, value]) => ({
        ...seenIn(container, "sysctls"),
        key: name,
        found: `${name}=${value}`,
        expected: "settings of the safe set",
      }));
    return failEach(found, {
      ...seenIn(container, "sysctls"),
      found: Object.keys(container.sysctls),
      expected: "settings of the safe set",
    });
  },
  examples: {
    pass: [{ container: exampleContainer({ sysctls: { "net.ipv4.tcp_syncookies": "1" } }) }],
    fail: [{ container: exampleContainer({ sysctls: { "kernel.msgmax": "65536" } }) }],
  },
});
