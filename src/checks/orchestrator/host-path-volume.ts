import { defineCheck, failEach } from "../../core/check.ts";
import { readFrom } from "../../facts/orchestrator/evidence.ts";
import { exampleWorkload } from "../../facts/orchestrator/example.ts";
import { workload } from "../../facts/orchestrator/workload.ts";

export default defineCheck({
  title: "Volume of the host's file system",
  severity: "high",
  clauses: ["4.5.5-b"],
  why: "A pod that may use a folder of its node as a volume can reach what the node and other pods keep there.",
  fix: "Replace `hostPath` by a volume allotted for the purpose: a persistent volume claim, a ConfigMap, an emptyDir.",
  references: ["Pod Security Standards baseline: HostPath Volumes", "CIS Kubernetes 1.10.0 5.2.12"],
  needs: { workload },
  evaluate({ workload }) {
    const found = workload.volumes.flatMap((volume, index) =>
      volume.type === "hostPath"
        ? [
            {
              ...readFrom(workload.origin, `volumes.${index}`),
              key: volume.source ?? volume.name,
              found: `${volume.name}: hostPath ${volume.source ?? ""}`,
              expected: "no hostPath",
            },
          ]
        : [],
    );
    return failEach(found, {
      ...readFrom(workload.origin, ""),
      at: "volumes",
      found: workload.volumes.map((volume) => volume.type),
      expected: "no hostPath",
    });
  },
  examples: {
    pass: [{ workload: exampleWorkload({ volumes: [{ name: "cache", type: "emptyDir" }] }) }],
    fail: [{ workload: exampleWorkload({ volumes: [{ name: "logs", type: "hostPath", source: "/var/log" }] }) }],
  },
});
