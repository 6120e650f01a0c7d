import { defineCheck, fail, failEach } from "../../core/check.ts";
import { capabilityOrigin } from "../../facts/container/capabilities.ts";
import { container } from "../../facts/container/container.ts";
import { seenIn } from "../../facts/container/evidence.ts";
import { exampleContainer } from "../../facts/container/example.ts";

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
  evaluate({ container }) {
    const expected = `no ${capabilities.join(", ")}`;
    if (container.privileged)
      return fail({
        ...seenIn(container, "privileged"),
        key: "privileged",
        found: "every capability, for it is privileged",
        expected,
      });
    const found = capabilities.flatMap((capability) => {
      const origin = capabilityOrigin(container, capability);
      if (origin === undefined) return [];
      const field = origin === "added" ? "capabilities.add" : "capabilities.drop";
      return [{ ...seenIn(container, field), key: capability, found: `${capability} (${origin})`, expected: "absent" }];
    });
    return failEach(found, {
      ...seenIn(container, "capabilities"),
      found: container.capabilities,
      expected,
    });
  },
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
