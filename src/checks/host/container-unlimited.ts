import { defineCheck, failEach, notApplicable, unknown } from "../../core/check.ts";
import { runningContainers } from "../../facts/host/running-containers.ts";

export default defineCheck({
  title: "Running container without limits of memory or processes",
  severity: "medium",
  clauses: ["4.4.3-a", "8176-5.6-a", "8176-5.3-a"],
  why: "One container can then take the memory and process numbers of all others and of the host.",
  fix: "Set limits: resources.limits.memory and the kubelet's podPidsLimit (Kubernetes), --memory and --pids-limit (Docker).",
  needs: { running: runningContainers },
  references: ["CIS Docker 1.6.0 5.11", "CIS Docker 1.6.0 5.29"],
  evaluate({ running: { containers } }) {
    const judged = containers.filter(({ pause }) => !pause);
    if (judged.length === 0) return notApplicable("no container runs on the host");
    const items = judged.flatMap(({ id, engine, program, memoryLimited, processesLimited }) => {
      const missing = [
        ...(memoryLimited === false ? ["memory"] : []),
        ...(processesLimited === false ? ["processes"] : []),
      ];
      return missing.length === 0
        ? []
        : [
            {
              at: `control group of ${engine} container ${id}`,
              found: `${program}: no limit of ${missing.join(" and ")}`,
              expected: "limits of both",
              key: program,
            },
          ];
    });
    const unseen = judged.filter(({ memoryLimited }) => memoryLimited === undefined);
    if (items.length === 0 && unseen.length > 0)
      return unknown(`the limits of ${unseen.length} containers could not be seen`, "mount /sys/fs/cgroup of the host");
    return failEach(items, { at: "/sys/fs/cgroup", found: `${judged.length} containers with limits` });
  },
  examples: {
    pass: [
      {
        running: {
          containers: [
            { id: "a1", engine: "docker", program: "/app", processes: 1, memoryLimited: true, processesLimited: true },
          ],
        },
      },
    ],
    fail: [
      {
        running: {
          containers: [
            { id: "a1", engine: "docker", program: "/app", processes: 1, memoryLimited: false, processesLimited: true },
          ],
        },
      },
    ],
    notApplicable: [{ running: { containers: [] } }],
    unknown: [{ running: { containers: [{ id: "a1", engine: "docker", program: "/app", processes: 1 }] } }],
  },
});
