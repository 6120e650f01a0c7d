import { defineCheck, failEach, notApplicable, unknown } from "../../core/check.ts";
import type { Severity } from "../../core/severity.ts";
import { runningContainers } from "../../facts/host/running-containers.ts";

const severities: Readonly<Record<string, Severity>> = {
  mnt: "critical",
  pid: "high",
  ipc: "high",
  net: "medium",
  uts: "low",
};

export default defineCheck({
  title: "Running container shares namespaces with the host",
  severity: "high",
  clauses: ["4.4.3-a", "8176-5.6-T2", "8176-5.2.1-c", "8176-5.2.4-a"],
  why: "Without a namespace of its own a container sees and reaches what belongs to the host: its processes, memory, network.",
  fix: "Remove hostPID, hostIPC, hostNetwork (Kubernetes) or --pid=host, --ipc=host, --network=host (Docker).",
  needs: { running: runningContainers },
  references: ["CIS Docker 1.6.0 5.10", "CIS Docker 1.6.0 5.16", "CIS Docker 1.6.0 5.17", "CIS Docker 1.6.0 5.21"],
  evaluate({ running: { containers } }) {
    if (containers.length === 0) return notApplicable("no container runs on the host");
    const items = containers.flatMap((container) =>
      (container.sharedNamespaces ?? [])
        .filter((name) => severities[name] !== undefined)
        .map((name) => ({
          at: `/proc namespaces of ${container.engine} container ${container.id}`,
          found: `${container.program} shares the host's ${name} namespace`,
          expected: "one of its own",
          key: `${container.program} ${name}`,
          severity: severities[name]!,
        })),
    );
    const unseen = containers.filter(({ sharedNamespaces }) => sharedNamespaces === undefined);
    if (items.length === 0 && unseen.length > 0)
      return unknown(
        `the namespaces of ${unseen.length} containers could not be seen`,
        "collect the facts with root's rights",
      );
    return failEach(items, { at: "/proc/*/ns", found: `${containers.length} containers with namespaces of their own` });
  },
  examples: {
    pass: [
      {
        running: {
          containers: [
            { id: "a1", engine: "docker", program: "/app", processes: 1, sharedNamespaces: ["user", "time"] },
          ],
        },
      },
    ],
    fail: [
      {
        running: {
          containers: [{ id: "a1", engine: "docker", program: "/app", processes: 1, sharedNamespaces: ["pid"] }],
        },
      },
    ],
    notApplicable: [{ running: { containers: [] } }],
    unknown: [{ running: { containers: [{ id: "a1", engine: "docker", program: "/app", processes: 1 }] } }],
  },
});
