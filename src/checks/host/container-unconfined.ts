import type { Evidence } from "../../core/check.ts";
import { defineCheck, failEach, notApplicable, unknown } from "../../core/check.ts";
import { runningContainers } from "../../facts/host/running-containers.ts";

/** Capabilities that amount to root of the host or its kernel. */
const nearRoot = [
  "CAP_SYS_ADMIN",
  "CAP_SYS_MODULE",
  "CAP_SYS_PTRACE",
  "CAP_SYS_RAWIO",
  "CAP_DAC_READ_SEARCH",
  "CAP_SYS_BOOT",
  "CAP_SYS_TIME",
  "CAP_BPF",
  "CAP_PERFMON",
  "CAP_NET_ADMIN",
];

export default defineCheck({
  title: "Kernel does not confine a running container",
  severity: "high",
  clauses: ["4.4.3-f", "4.4.3-e", "8176-4.2-d", "8176-5.4-b", "8176-5.4-c"],
  why: "What the kernel enforces now counts: without a system call filter, a label and a small set of capabilities a container is hardly one.",
  fix: "Remove privileged and seccomp=unconfined, drop all capabilities and add those needed, and leave the engine's default AppArmor or SELinux label on.",
  needs: { running: runningContainers },
  evaluate({ running: { containers } }) {
    const judged = containers.filter(({ pause }) => !pause);
    if (judged.length === 0) return notApplicable("no container runs on the host");
    const items = judged.flatMap((container): Evidence[] => {
      const base = {
        at: `/proc status of ${container.engine} container ${container.id}`,
        details: { container: container.id, pod: container.pod },
      };
      const strong = container.capabilities.filter((name) => nearRoot.includes(name));
      const found: Evidence[] = [];
      if (container.seccomp === 0)
        found.push({
          ...base,
          found: `${container.program}: no system call filter`,
          expected: "the engine's default profile",
          key: `${container.program} seccomp`,
          severity: "high",
        });
      if (strong.length > 0 && container.mappedRoot !== true)
        found.push({
          ...base,
          found: `${container.program}: ${container.capabilities.length >= 38 ? "every capability" : strong.join(", ")}`,
          expected: "none near root",
          key: `${container.program} capabilities`,
          severity: container.capabilities.length >= 38 ? "critical" : "high",
        });
      if (container.label !== undefined && /unconfined/.test(container.label))
        found.push({
          ...base,
          found: `${container.program}: ${container.label}`,
          expected: "a label that confines",
          key: `${container.program} label`,
          severity: "medium",
        });
      return found;
    });
    const unseen = judged.filter(({ seccomp }) => seccomp === undefined);
    if (items.length === 0 && unseen.length > 0)
      return unknown(
        `the state of ${unseen.length} containers could not be seen`,
        "collect the facts with root's rights",
      );
    return failEach(items, { at: "/proc/*/status", found: `${judged.length} containers, each confined` });
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
              seccomp: 2,
              capabilities: ["CAP_CHOWN"],
              label: "docker-default (enforce)",
            },
          ],
        },
      },
    ],
    fail: [
      { running: { containers: [{ id: "a1", engine: "docker", program: "/app", processes: 1, seccomp: 0 }] } },
      {
        running: {
          containers: [
            { id: "a1", engine: "docker", program: "/app", processes: 1, seccomp: 2, capabilities: ["CAP_SYS_ADMIN"] },
          ],
        },
      },
    ],
    notApplicable: [{ running: { containers: [] } }],
    unknown: [{ running: { containers: [{ id: "a1", engine: "docker", program: "/app", processes: 1 }] } }],
  },
});
