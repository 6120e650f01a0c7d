import { defineCheck, failEach, notApplicable, unknown } from "../../core/check.ts";
import { runningContainers } from "../../facts/host/running-containers.ts";
import { isHarmless, sensitivityOf } from "./sensitive-paths.ts";

export default defineCheck({
  title: "Running container sees sensitive folders of the host",
  severity: "high",
  clauses: ["4.5.5-d", "4.5.5-b", "4.5.5-a", "4.5.5-e", "8176-5.6-T2"],
  why: "Whoever can write the host's configuration from a container owns the host; whoever can read it learns its secrets.",
  fix: "Remove the mount from the container's description, or mount a single file read-only.",
  needs: { running: runningContainers },
  references: ["CIS Docker 1.6.0 5.6", "CIS Docker 1.6.0 5.32"],
  evaluate({ running: { containers } }) {
    if (containers.length === 0) return notApplicable("no container runs on the host");
    const items = containers.flatMap((container) =>
      (container.hostMounts ?? []).flatMap((mount) => {
        const sensitivity = isHarmless(mount.hostPath, mount.readOnly)
          ? undefined
          : sensitivityOf(mount.hostPath, mount.readOnly);
        if (!sensitivity) return [];
        return [
          {
            at: `mountinfo of ${container.engine} container ${container.id}`,
            found: `${mount.hostPath} at ${mount.point}, ${mount.readOnly ? "read-only" : "read-write"}: ${sensitivity.what}`,
            expected: "not mounted",
            key: `${container.program} ${mount.hostPath}`,
            severity: sensitivity.severity,
            details: { container: container.id, pod: container.pod },
          },
        ];
      }),
    );
    const unseen = containers.filter(({ hostMounts }) => hostMounts === undefined);
    if (items.length === 0 && unseen.length > 0)
      return unknown(
        `the mounts of ${unseen.length} containers could not be seen`,
        "collect the facts with root's rights",
      );
    return failEach(items, {
      at: "/proc/*/mountinfo",
      found: `${containers.length} containers, none sees a sensitive folder`,
    });
  },
  examples: {
    pass: [
      {
        running: {
          containers: [
            {
              id: "a1",
              engine: "docker",
              program: "/app",
              processes: 1,
              hostMounts: [{ hostPath: "/etc/localtime", point: "/etc/localtime", readOnly: true, type: "ext4" }],
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
              hostMounts: [
                { hostPath: "/run/docker.sock", point: "/var/run/docker.sock", readOnly: false, type: "tmpfs" },
              ],
            },
          ],
        },
      },
      {
        running: {
          containers: [
            {
              id: "a1",
              engine: "containerd",
              program: "/app",
              processes: 1,
              hostMounts: [{ hostPath: "/etc", point: "/host/etc", readOnly: false, type: "ext4" }],
            },
          ],
        },
      },
    ],
    unknown: [{ running: { containers: [{ id: "a1", engine: "docker", program: "/app", processes: 1 }] } }],
    notApplicable: [{ running: { containers: [] } }],
  },
});
