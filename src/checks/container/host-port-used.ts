import { defineCheck, failEach, notApplicable } from "../../core/check.ts";
import { container } from "../../facts/container/container.ts";
import { seenIn } from "../../facts/container/evidence.ts";
import { exampleContainer } from "../../facts/container/example.ts";

export default defineCheck({
  title: "Port of the node taken by a container",
  severity: "medium",
  clauses: ["4.4.3-b"],
  why: "A host port goes past services and network policies, and ties the pod to nodes on which the port is free.",
  fix: "Remove `hostPort` and reach the pod through a Service.",
  references: ["Pod Security Standards baseline: Host Ports", "CIS Kubernetes 1.10.0 5.2.13"],
  needs: { container },
  evaluate({ container }) {
    if (container.runtime !== "kubernetes")
      return notApplicable("container engines have no other way to publish a port");
    const found = container.ports.flatMap((port, index) =>
      port.host === undefined
        ? []
        : [
            {
              ...seenIn(container, `ports.${index}`),
              key: `${port.host}/${port.protocol}`,
              found: `hostPort ${port.host}`,
              expected: "no host port",
            },
          ],
    );
    return failEach(found, {
      ...seenIn(container, ""),
      found: `${container.ports.length} ports, none of the node's`,
      expected: "no host port",
    });
  },
  examples: {
    pass: [{ container: exampleContainer({ ports: [{ container: 8080 }] }) }],
    fail: [{ container: exampleContainer({ ports: [{ container: 8080, host: 8080, hostAddress: "127.0.0.1" }] }) }],
    notApplicable: [{ container: exampleContainer({ runtime: "docker" }) }],
  },
});
