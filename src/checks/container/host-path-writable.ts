import { defineCheck, failEach } from "../../core/check.ts";
import { container } from "../../facts/container/container.ts";
import { seenIn } from "../../facts/container/evidence.ts";
import { exampleContainer } from "../../facts/container/example.ts";
import { hostMounts, isSocket } from "../../facts/container/host-paths.ts";

export default defineCheck({
  title: "Host folder writable from a container",
  severity: "high",
  clauses: ["4.5.5-a", "8176-5.6-T2"],
  why: "What a container may change on its host, an intruder in the container may change: programs, jobs, keys.",
  fix: "Set `readOnly: true` on the mount (`:ro`), or use a volume allotted for the purpose.",
  needs: { container },
  evaluate({ container }) {
    const mounts = hostMounts(container).filter((mount) => !isSocket(mount.path));
    const found = mounts
      .filter((mount) => !mount.readOnly)
      .map((mount) => ({
        ...seenIn(container, `mounts.${mount.index}`),
        key: mount.path,
        found: `${mount.path} writable at ${mount.destination}`,
        expected: "read-only",
      }));
    return failEach(found, {
      ...seenIn(container, ""),
      found: `${mounts.length} mounts of the host's file system, none writable`,
      expected: "none writable",
    });
  },
  examples: {
    pass: [
      {
        container: exampleContainer({
          mounts: [{ kind: "host-path", source: "/srv/data", destination: "/data", readOnly: true }],
        }),
      },
    ],
    fail: [
      {
        container: exampleContainer({
          mounts: [{ kind: "host-path", source: "/srv/data", destination: "/data", readOnly: false }],
        }),
      },
    ],
  },
});
