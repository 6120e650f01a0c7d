import { defineCheck, fail, pass } from "../../core/check.ts";
import { container } from "../../facts/container/container.ts";
import { seenIn } from "../../facts/container/evidence.ts";
import { exampleContainer } from "../../facts/container/example.ts";

export default defineCheck({
  title: "Container in the host process namespace",
  severity: "high",
  clauses: ["8176-5.2.1-b", "8176-5.2.1-c", "4.4.3-b"],
  why: "In the process namespace of the host a container sees all processes with their environments, and may signal or trace those of the same user.",
  fix: "Remove `hostPID: true` (`--pid host`, `pid: host`).",
  references: [
    "Pod Security Standards baseline: Host Namespaces",
    "CIS Docker 1.6.0 5.16",
    "CIS Kubernetes 1.10.0 5.2.3",
  ],
  needs: { container },
  evaluate({ container }) {
    const evidence = {
      ...seenIn(container, "hostNamespaces.pid"),
      found: container.hostNamespaces.pid,
      expected: false,
    };
    return container.hostNamespaces.pid ? fail(evidence) : pass(evidence);
  },
  examples: {
    pass: [{ container: exampleContainer() }],
    fail: [{ container: exampleContainer({ hostNamespaces: { network: false, pid: true, ipc: false } }) }],
  },
});
