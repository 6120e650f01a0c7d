import { defineCheck, failEach, notApplicable, unknown } from "../../core/check.ts";
import { runningContainers } from "../../facts/host/running-containers.ts";

const disks = /^\/dev\/(sd|hd|vd|xvd|nvme|dm-|md|loop|mapper|disk|mem|kmem|port|kmsg|sg|raw)/;

export default defineCheck({
  title: "Running container has devices of the host",
  severity: "medium",
  clauses: ["4.4.3-a", "8176-5.3-c", "8176-5.5-c"],
  why: "A raw disk or memory device gives everything that the file system guards.",
  fix: "Remove the device from the container's description.",
  needs: { running: runningContainers },
  references: ["CIS Docker 1.6.0 5.18"],
  evaluate({ running: { containers } }) {
    if (containers.length === 0) return notApplicable("no container runs on the host");
    const items = containers.flatMap(({ id, engine, program, devices }) => {
      if (devices === undefined || devices.length === 0) return [];
      const grave = devices.some((device) => disks.test(device));
      return [
        {
          at: `/dev of ${engine} container ${id}`,
          found: `${program}: ${devices.slice(0, 8).join(", ")}${devices.length > 8 ? ` and ${devices.length - 8} more` : ""}`,
          expected: "the devices that every container has",
          key: program,
          severity: grave ? ("high" as const) : ("medium" as const),
        },
      ];
    });
    const unseen = containers.filter(({ devices }) => devices === undefined);
    if (items.length === 0 && unseen.length > 0)
      return unknown(
        `the devices of ${unseen.length} containers could not be seen`,
        "collect the facts with root's rights",
      );
    return failEach(items, {
      at: "/proc/*/root/dev",
      found: `${containers.length} containers with usual devices only`,
    });
  },
  examples: {
    pass: [{ running: { containers: [{ id: "a1", engine: "docker", program: "/app", processes: 1, devices: [] }] } }],
    fail: [
      {
        running: { containers: [{ id: "a1", engine: "docker", program: "/app", processes: 1, devices: ["/dev/sda"] }] },
      },
    ],
    unknown: [{ running: { containers: [{ id: "a1", engine: "docker", program: "/app", processes: 1 }] } }],
    notApplicable: [{ running: { containers: [] } }],
  },
});
