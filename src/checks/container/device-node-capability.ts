import { defineCheck } from "../../core/check.ts";
import { container } from "../../facts/container/container.ts";
import { exampleContainer } from "../../facts/container/example.ts";
import { capabilityVerdict } from "./capability-verdict.ts";

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
  evaluate: ({ container }) => capabilityVerdict(container, capabilities),
  examples: {
    pass: [
      { container: exampleContainer({ capabilities: { drop: ["ALL"] } }) },
      { container: exampleContainer({ capabilities: { drop: ["MKNOD"] } }) },
    ],
    fail: [{ container: exampleContainer() }, { container: exampleContainer({ privileged: true }) }],
  },
});
