import { defineCheck, failEach, notApplicable, unknown } from "../../core/check.ts";
import { runningContainers } from "../../facts/host/running-containers.ts";

export default defineCheck({
  title: "Mounts made in a running container reach the host",
  severity: "high",
  clauses: ["4.5.5-b", "8176-4.2-g"],
  why: "With shared propagation what a container mounts appears on the host and in other containers.",
  fix: "Use private or slave propagation (mountPropagation: None or HostToContainer) for all but storage drivers.",
  needs: { running: runningContainers },
  references: ["CIS Docker 1.6.0 5.20"],
  evaluate({ running: { containers } }) {
    if (containers.length === 0) return notApplicable("no container runs on the host");
    const items = containers.flatMap(({ id, engine, program, hostMounts }) =>
      (hostMounts ?? [])
        .filter(({ shared }) => shared)
        .map(({ hostPath, point }) => ({
          at: `mountinfo of ${engine} container ${id}`,
          found: `${program}: ${hostPath} at ${point} is shared`,
          expected: "private or slave",
          key: `${program} ${hostPath}`,
        })),
    );
    const unseen = containers.filter(({ hostMounts }) => hostMounts === undefined);
    if (items.length === 0 && unseen.length > 0)
      return unknown(
        `the mounts of ${unseen.length} containers could not be seen`,
        "collect the facts with root's rights",
      );
    return failEach(items, {
      at: "/proc/*/mountinfo",
      found: `${containers.length} containers without shared mounts of the host`,
    });
  },
  examples: {
    pass: [
      { running: { containers: [{ id: "a1", engine: "docker", program: "/app", processes: 1, hostMounts: [] }] } },
    ],
    fail: [
      {
        running: {
          containers: [
            {
              id: "a1",
              engine: "docker",
              program: "/app",
              processes: 1,
              hostMounts: [{ hostPath: "/mnt", point: "/mnt", readOnly: false, shared: true, type: "ext4" }],
            },
          ],
        },
      },
    ],
    unknown: [{ running: { containers: [{ id: "a1", engine: "docker", program: "/app", processes: 1 }] } }],
    notApplicable: [{ running: { containers: [] } }],
  },
});
