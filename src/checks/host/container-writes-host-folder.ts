import { defineCheck, failEach, notApplicable, unknown } from "../../core/check.ts";
import { runningContainers } from "../../facts/host/running-containers.ts";
import { sensitivityOf } from "./sensitive-paths.ts";

export default defineCheck({
  title: "Running container keeps data in a folder of the host",
  severity: "low",
  clauses: ["4.5.5-c", "4.5.5-b", "4.5.3-e"],
  why: "Data belongs into volumes that the engine or a storage driver allots; in a folder of the host it ties the container to that host and is guarded by nobody.",
  fix: "Use a volume (docker volume create, a PersistentVolumeClaim) in place of the mounted folder, or mount it read-only.",
  needs: { running: runningContainers },
  evaluate({ running: { containers } }) {
    if (containers.length === 0) return notApplicable("no container runs on the host");
    const items = containers.flatMap(({ id, engine, program, hostMounts }) =>
      (hostMounts ?? [])
        // What is sensitive is another check's, and graver.
        .filter(({ hostPath, readOnly }) => !readOnly && sensitivityOf(hostPath, readOnly) === undefined)
        .map(({ hostPath, point }) => ({
          at: `mountinfo of ${engine} container ${id}`,
          found: `${program} writes ${hostPath} at ${point}`,
          expected: "a volume",
          key: `${program} ${hostPath}`,
        })),
    );
    const unseen = containers.filter(({ hostMounts }) => hostMounts === undefined);
    if (items.length === 0 && unseen.length > 0) {
      return unknown(
        `the mounts of ${unseen.length} containers could not be seen`,
        "collect the facts with root's rights",
      );
    }
    return failEach(items, {
      at: "/proc/*/mountinfo",
      found: `${containers.length} containers, none writes a folder of the host`,
    });
  },
  examples: {
    pass: [
      { running: { containers: [{ id: "a1", engine: "docker", program: "/app", processes: 1, hostMounts: [] }] } },
      {
        running: {
          containers: [
            {
              id: "a1",
              engine: "docker",
              program: "/app",
              processes: 1,
              hostMounts: [{ hostPath: "/srv/data", point: "/data", readOnly: true, type: "ext4" }],
            },
          ],
        },
      },
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
              hostMounts: [{ hostPath: "/srv/data", point: "/data", readOnly: false, type: "ext4" }],
            },
          ],
        },
      },
    ],
    notApplicable: [{ running: { containers: [] } }],
    unknown: [{ running: { containers: [{ id: "a1", engine: "docker", program: "/app", processes: 1 }] } }],
  },
});
