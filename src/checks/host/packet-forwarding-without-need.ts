import { defineCheck } from "../../core/check.ts";
import { roles, rolesInForce, runsContainers } from "../../facts/host/roles.ts";
import { sysctl } from "../../facts/host/sysctl.ts";
import { judgeParameters, oneOf } from "./parameters.ts";

export default defineCheck({
  title: "Packet forwarding does not fit the host's role",
  severity: "low",
  clauses: ["4.5.1-b"],
  why: "A host without containers that forwards packets joins networks that should stay apart; a container host that does not cannot connect its containers.",
  fix: "Set net.ipv4.ip_forward to what the role needs: 1 with an engine that bridges containers, else 0.",
  references: ["CIS Debian Linux 12 1.1.0 3.3.1", "CIS Red Hat Enterprise Linux 9 2.0.0 3.3.1"],
  needs: { sysctl, roles },
  evaluate({ sysctl, roles }, { settings }) {
    const inForce = rolesInForce(roles, settings);
    const bridges = runsContainers(inForce);
    // Engines switch forwarding on when they start the first bridge, so with one both values are sound unless Kubernetes needs it.
    if (!bridges)
      return judgeParameters(sysctl, [oneOf("net.ipv4.ip_forward", "0"), oneOf("net.ipv6.conf.all.forwarding", "0")]);
    const kubernetes = inForce.has("kubernetes-worker") || inForce.has("kubernetes-control-plane");
    return judgeParameters(sysctl, [
      kubernetes ? oneOf("net.ipv4.ip_forward", "1") : oneOf("net.ipv4.ip_forward", "1", "0"),
    ]);
  },
  examples: {
    pass: [
      {
        sysctl: { values: { "net.ipv4.ip_forward": "1" } },
        roles: { roles: [{ role: "docker", shownBy: ["process dockerd"] }] },
      },
      { sysctl: { values: { "net.ipv4.ip_forward": "0" } }, roles: { roles: [] } },
    ],
    fail: [
      { sysctl: { values: { "net.ipv4.ip_forward": "1" } }, roles: { roles: [] } },
      {
        sysctl: { values: { "net.ipv4.ip_forward": "0" } },
        roles: { roles: [{ role: "kubernetes-worker", shownBy: ["process kubelet"] }] },
      },
    ],
  },
});
