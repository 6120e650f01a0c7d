import { defineCheck, fail, pass } from "../../core/check.ts";
import { container } from "../../facts/container/container.ts";
import { seenIn } from "../../facts/container/evidence.ts";
import { exampleContainer } from "../../facts/container/example.ts";

export default defineCheck({
  title: "Container on the host network",
  severity: "high",
  clauses: ["8176-5.6-T2", "8176-5.2.4-a", "4.4.3-b"],
  why: "On the host network a container reaches services that listen on the loopback address of the host, can spy on its traffic, and no network policy applies to it.",
  fix: "Remove `hostNetwork: true` (`--network host`, `network_mode: host`) and publish the ports that are needed.",
  references: [
    "Pod Security Standards baseline: Host Namespaces",
    "CIS Docker 1.6.0 5.10",
    "CIS Kubernetes 1.10.0 5.2.5",
  ],
  needs: { container },
  evaluate({ container }) {
    const evidence = {
      ...seenIn(container, "hostNamespaces.network"),
      found: container.hostNamespaces.network,
      expected: false,
    };
    return container.hostNamespaces.network ? fail(evidence) : pass(evidence);
  },
  examples: {
    pass: [{ container: exampleContainer() }],
    fail: [{ container: exampleContainer({ hostNamespaces: { network: true, pid: false, ipc: false } }) }],
  },
});
