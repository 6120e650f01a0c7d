import { defineCheck, failEach } from "../../core/check.ts";
import { container } from "../../facts/container/container.ts";
import { seenIn } from "../../facts/container/evidence.ts";
import { exampleContainer } from "../../facts/container/example.ts";
import { contains, hostMounts } from "../../facts/container/host-paths.ts";

/** Sockets through which the runtimes of a node are commanded; /var/run is written /run. */
const sockets = [
  "/run/docker.sock",
  "/run/containerd/containerd.sock",
  "/run/k3s/containerd/containerd.sock",
  "/run/crio/crio.sock",
  "/run/podman/podman.sock",
  "/run/cri-dockerd.sock",
  "/run/nri/nri.sock",
  "/run/buildkit/buildkitd.sock",
];

export default defineCheck({
  title: "Container runtime's socket in a container",
  severity: "critical",
  clauses: ["4.4.3-b", "4.5.5-d"],
  why: "Who can write to the runtime's socket starts privileged containers, and so owns the node. Read-only makes no difference: a socket is not a file.",
  fix: "Remove the mount, and any mount of a folder above the socket. Builders such as buildah need no socket; readers of logs and metrics have APIs of their own.",
  references: ["CIS Docker 1.6.0 5.32"],
  needs: { container },
  evaluate({ container }) {
    const found = hostMounts(container).flatMap((mount) => {
      const reached = sockets.filter((socket) => contains(mount.path, socket));
      const named =
        reached.length > 0 ? reached : /(?:docker|containerd|crio|podman)\.sock$/.test(mount.path) ? [mount.path] : [];
      return named.length === 0
        ? []
        : [
            {
              ...seenIn(container, `mounts.${mount.index}`),
              key: mount.path,
              found: `${mount.path}, which ${named.includes(mount.path) ? "is" : "holds"} ${named.slice(0, 3).join(", ")}`,
              expected: "no runtime socket",
            },
          ];
    });
    return failEach(found, {
      ...seenIn(container, ""),
      found: `${container.mounts.length} mounts, none of a runtime's socket`,
      expected: "no runtime socket",
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
          mounts: [{ kind: "host-path", source: "/var/run/docker.sock", destination: "/docker.sock", readOnly: true }],
        }),
      },
      {
        container: exampleContainer({
          mounts: [{ kind: "host-path", source: "/var/run", destination: "/host/run", readOnly: true }],
        }),
      },
    ],
  },
});
