import { defineCheck, fail, pass } from "../../core/check.ts";
import { container } from "../../facts/container/container.ts";
import { seenIn } from "../../facts/container/evidence.ts";
import { exampleContainer } from "../../facts/container/example.ts";

export default defineCheck({
  title: "Container in the host IPC namespace",
  severity: "high",
  clauses: ["8176-5.2.3", "8176-5.6-T2", "4.4.3-b"],
  why: "A container in the IPC namespace of the host can read and write the shared memory of every process of the host.",
  fix: "Remove `hostIPC: true` (`--ipc host`, `ipc: host`).",
  references: [
    "Pod Security Standards baseline: Host Namespaces",
    "CIS Docker 1.6.0 5.17",
    "CIS Kubernetes 1.10.0 5.2.4",
  ],
  needs: { container },
  evaluate({ container }) {
    const evidence = {
      ...seenIn(container, "hostNamespaces.ipc"),
      found: container.hostNamespaces.ipc,
      expected: false,
    };
    return container.hostNamespaces.ipc ? fail(evidence) : pass(evidence);
  },
  examples: {
    pass: [{ container: exampleContainer() }],
    fail: [{ container: exampleContainer({ hostNamespaces: { network: false, pid: false, ipc: true } }) }],
  },
});
