import { defineCheck, failEach } from "../../core/check.ts";
import { container } from "../../facts/container/container.ts";
import { seenIn } from "../../facts/container/evidence.ts";
import { exampleContainer } from "../../facts/container/example.ts";
import { hostMounts } from "../../facts/container/host-paths.ts";

export default defineCheck({
  title: "Host folder in a container",
  severity: "medium",
  clauses: ["4.5.5-b", "4.5.5-c"],
  why: "A container that writes to or reads from its host's file system is tied to that host and can meddle with what else uses the folder.",
  fix: "Use a volume allotted for the purpose: a persistent volume claim, a named volume, an emptyDir.",
  references: ["CIS Kubernetes 1.10.0 5.2.12"],
  needs: { container },
  evaluate({ container }) {
    const found = hostMounts(container).map((mount) => ({
      ...seenIn(container, `mounts.${mount.index}`),
      key: mount.path,
      found: `${mount.path} at ${mount.destination}`,
      expected: "a volume",
    }));
    return failEach(found, {
      ...seenIn(container, ""),
      found: `${container.mounts.length} mounts, none of the host's file system`,
      expected: "no mount of the host's file system",
    });
  },
  examples: {
    pass: [
      {
        container: exampleContainer({
          mounts: [{ kind: "volume", source: "data", destination: "/data", readOnly: false }],
        }),
      },
    ],
    fail: [
      {
        container: exampleContainer({
          mounts: [{ kind: "host-path", source: "/srv/data", destination: "/data", readOnly: true }],
        }),
      },
    ],
  },
});
