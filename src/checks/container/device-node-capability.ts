import { defineCheck, fail, failEach } from "../../core/check.ts";
import { capabilityOrigin } from "../../facts/container/capabilities.ts";
import { container } from "../../facts/container/container.ts";
import { seenIn } from "../../facts/container/evidence.ts";
import { exampleContainer } from "../../facts/container/example.ts";

/** Capabilities that create device nodes; NISTIR 8176 calls it CAP_SYS_MKNOD. */
const capabilities = ["MKNOD"];

export default defineCheck({
  title: "Container may create device nodes",
  severity: "medium",
  clauses: ["8176-5.5-a", "8176-5.3-c"],
  why: "With MKNOD a container makes itself nodes for the disks of the host; only the device cgroup is then in the way. It is in the default set of Docker and containerd.",
  fix: "Drop ALL, or at least MKNOD.",
  references: ["NISTIR 8176 section 5.5"],
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
      { container: exampleContainer({ capabilities: { drop: ["MKNOD"] } }) },
    ],
    fail: [{ container: exampleContainer() }, { container: exampleContainer({ privileged: true }) }],
  },
});
