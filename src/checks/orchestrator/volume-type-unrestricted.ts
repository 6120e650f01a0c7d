import { defineCheck, failEach } from "../../core/check.ts";
import { readFrom } from "../../facts/orchestrator/evidence.ts";
import { exampleWorkload } from "../../facts/orchestrator/example.ts";
import { workload } from "../../facts/orchestrator/workload.ts";

const allowed = [
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "image",
  "persistentVolumeClaim",
  "projected",
  "secret",
];

export default defineCheck({
  title: "Volume of an unrestricted type",
  severity: "medium",
  clauses: ["4.5.5-c"],
  why: "Volumes outside the core types reach storage of the node or of the network directly, past the rules that claims are subject to; gitRepo even ran commands on the node.",
  fix: "Use a persistent volume claim in place of the volume.",
  references: ["Pod Security Standards restricted: Volume Types"],
  needs: { workload },
  evaluate({ workload }) {
    const found = workload.volumes.flatMap((volume, index) =>
      allowed.includes(volume.type)
        ? []
        : [
            {
              ...readFrom(workload.origin, `volumes.${index}`),
              key: volume.name,
              found: `${volume.name}: ${volume.type}`,
              expected: allowed.join(", "),
            },
          ],
    );
    return failEach(found, {
      ...readFrom(workload.origin, ""),
      at: "volumes",
      found: workload.volumes.map((volume) => volume.type),
      expected: allowed.join(", "),
    });
  },
  examples: {
    pass: [
      { workload: exampleWorkload({ volumes: [{ name: "data", type: "persistentVolumeClaim", source: "data" }] }) },
    ],
    fail: [{ workload: exampleWorkload({ volumes: [{ name: "share", type: "nfs", source: "/share" }] }) }],
  },
});
