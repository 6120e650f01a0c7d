import { defineCheck, fail, pass } from "../../core/check.ts";
import { container } from "../../facts/container/container.ts";
import { seenIn } from "../../facts/container/evidence.ts";
import { exampleContainer } from "../../facts/container/example.ts";

export default defineCheck({
  title: "Container in the host UTS namespace",
  severity: "medium",
  clauses: ["8176-5.6-T2", "4.4.3-b"],
  why: "A container in the UTS namespace of the host sees its name and, with the right capability, changes it for every process.",
  fix: "Remove `--uts host` (`uts: host`); in Kubernetes remove `hostNetwork: true`, which brings it along.",
  references: ["CIS Docker 1.6.0 5.21"],
  needs: { container },
  evaluate({ container }) {
    const evidence = {
      ...seenIn(container, "hostNamespaces.uts"),
      found: container.hostNamespaces.uts,
      expected: false,
    };
    return container.hostNamespaces.uts ? fail(evidence) : pass(evidence);
  },
  examples: {
    pass: [{ container: exampleContainer() }],
    fail: [
      {
        container: exampleContainer({
          runtime: "docker",
          hostNamespaces: { network: false, pid: false, ipc: false, uts: true },
        }),
      },
    ],
  },
});
