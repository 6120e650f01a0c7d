import { defineCheck, failEach, notApplicable, unknown } from "../../core/check.ts";
import { runningContainers } from "../../facts/host/running-containers.ts";

export default defineCheck({
  title: "Root of a running container is root of the host",
  severity: "medium",
  clauses: ["4.5.5-a", "8176-5.2.5", "8176-5.4-d"],
  why: "A process that leaves such a container is root on the host at once.",
  fix: "Run the container in a user namespace: hostUsers: false (Kubernetes), userns-remap (Docker), --userns=auto (podman); or not as root.",
  needs: { running: runningContainers },
  evaluate({ running: { containers } }) {
    const judged = containers.filter(({ pause }) => !pause);
    if (judged.length === 0) return notApplicable("no container runs on the host");
    const asRoot = judged.filter(({ mappedRoot, user }) => mappedRoot === false && user === 0);
    const unseen = judged.filter(({ mappedRoot }) => mappedRoot === undefined);
    if (asRoot.length === 0 && unseen.length > 0)
      return unknown(
        `the mapping of ${unseen.length} containers could not be seen`,
        "collect the facts with root's rights",
      );
    return failEach(
      asRoot.map(({ id, engine, program }) => ({
        at: `uid_map of ${engine} container ${id}`,
        found: `${program} runs as uid 0 of the host`,
        expected: "a mapped or an ordinary user",
        key: program,
      })),
      { at: "/proc/*/uid_map", found: `${judged.length} containers, none as root of the host` },
    );
  },
  examples: {
    pass: [
      {
        running: {
          containers: [{ id: "a1", engine: "docker", program: "/app", processes: 1, mappedRoot: true, user: 100_000 }],
        },
      },
    ],
    fail: [
      {
        running: {
          containers: [{ id: "a1", engine: "docker", program: "/app", processes: 1, mappedRoot: false, user: 0 }],
        },
      },
    ],
    notApplicable: [{ running: { containers: [] } }],
    unknown: [{ running: { containers: [{ id: "a1", engine: "docker", program: "/app", processes: 1 }] } }],
  },
});
