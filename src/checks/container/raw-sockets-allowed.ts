import { defineCheck } from "../../core/check.ts";
import { container } from "../../facts/container/container.ts";
import { exampleContainer } from "../../facts/container/example.ts";
import { capabilityVerdict } from "./capability-verdict.ts";

/** Capabilities that open raw sockets. */
const capabilities = ["NET_RAW"];

export default defineCheck({
  title: "Container may open raw sockets",
  severity: "medium",
  clauses: ["4.4.3-b"],
  why: "With NET_RAW a container forges packets and answers of its neighbours on the same network (ARP, DNS). It is in the default set of Docker and containerd.",
  fix: "Drop ALL, or at least NET_RAW.",
  references: ["CIS Kubernetes 1.10.0 5.2.8"],
  needs: { container },
  evaluate: ({ container }) => capabilityVerdict(container, capabilities),
  examples: {
    pass: [
      { container: exampleContainer({ capabilities: { drop: ["ALL"] } }) },
      { container: exampleContainer({ runtime: "podman" }) },
    ],
    fail: [
      { container: exampleContainer() },
      { container: exampleContainer({ capabilities: { drop: ["ALL"], add: ["NET_RAW"] } }) },
    ],
  },
});
