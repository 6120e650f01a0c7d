import { defineCheck, failEach, notApplicable, unknown } from "../../core/check.ts";
import { readFrom } from "../../facts/orchestrator/evidence.ts";
import { exampleWorkload } from "../../facts/orchestrator/example.ts";
import { workload } from "../../facts/orchestrator/workload.ts";

export default defineCheck({
  title: "Workload tolerates every taint",
  severity: "medium",
  clauses: ["4.3.4-b"],
  why: "Taints keep workloads off nodes of another sensitivity and off the control plane; a toleration without a key undoes all of them.",
  fix: "Name the key, value and effect of the taints that the workload must tolerate.",
  needs: { workload },
  evaluate({ workload }, { settings }) {
    if (workload.kind === "DaemonSet") return notApplicable("a DaemonSet is meant for every node");
    const found = workload.tolerations.flatMap((toleration, index) =>
      toleration.operator === "Exists" && toleration.key === undefined
        ? [
            {
              ...readFrom(workload.origin, `tolerations.${index}`),
              key: "toleration",
              found: "operator Exists without a key",
              expected: "named taints",
            },
          ]
        : [],
    );
    if (found.length === 0 && settings.sensitivityLevels.length === 0) {
      return unknown(
        "the policy names no sensitivity levels",
        "settings: sensitivityLevels: [public, internal, secret]",
      );
    }
    return failEach(found, {
      ...readFrom(workload.origin, "tolerations"),
      found: workload.tolerations.map((toleration) => toleration.key),
      expected: "named taints",
    });
  },
  examples: {
    pass: [
      {
        workload: exampleWorkload({
          tolerations: [{ key: "plimsoll.io/sensitivity", value: "secret", effect: "NoSchedule" }],
        }),
        context: { settings: { sensitivityLevels: ["public", "secret"] } },
      },
    ],
    fail: [{ workload: exampleWorkload({ tolerations: [{ operator: "Exists" }] }) }],
    unknown: [{ workload: exampleWorkload() }],
    notApplicable: [{ workload: exampleWorkload({ kind: "DaemonSet", tolerations: [{ operator: "Exists" }] }) }],
  },
});
