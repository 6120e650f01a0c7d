import { defineCheck, failEach } from "../../core/check.ts";
import { container } from "../../facts/container/container.ts";
import { seenIn } from "../../facts/container/evidence.ts";
import { exampleContainer } from "../../facts/container/example.ts";

export default defineCheck({
  title: "Mounts of the container appear on the host",
  severity: "high",
  clauses: ["4.5.5-a", "4.4.3-b"],
  why: "With shared propagation whatever the container mounts is mounted on the host and in other containers too.",
  fix: "Remove `mountPropagation: Bidirectional` (`:shared`, `:rshared`) from the mount.",
  references: ["CIS Docker 1.6.0 5.20"],
  needs: { container },
  evaluate({ container }) {
    const found = container.mounts.flatMap((mount, index) =>
      /^(?:Bidirectional|r?shared)$/.test(mount.propagation ?? "")
        ? [
            {
              ...seenIn(container, `mounts.${index}`),
              key: mount.destination,
              found: `${mount.destination}: ${mount.propagation}`,
              expected: "None or HostToContainer (private or slave)",
            },
          ]
        : [],
    );
    return failEach(found, {
      ...seenIn(container, ""),
      found: `${container.mounts.length} mounts, none with shared propagation`,
      expected: "none",
    });
  },
  examples: {
    pass: [
      {
        container: exampleContainer({
          mounts: [
            { kind: "volume", source: "data", destination: "/data", readOnly: false, propagation: "HostToContainer" },
          ],
        }),
      },
    ],
    fail: [
      {
        container: exampleContainer({
          mounts: [
            { kind: "host-path", source: "/srv", destination: "/srv", readOnly: false, propagation: "Bidirectional" },
          ],
        }),
      },
    ],
  },
});
