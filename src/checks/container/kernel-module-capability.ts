import { defineCheck } from "../../core/check.ts";
import { container } from "../../facts/container/container.ts";
import { exampleContainer } from "../../facts/container/example.ts";
import { capabilityVerdict } from "./capability-verdict.ts";

/** Capabilities that change the code of the kernel. */
const capabilities = ["SYS_MODULE"];

export default defineCheck({
  title: "Capability to load kernel modules",
  severity: "critical",
  clauses: ["8176-5.4-c"],
  why: "Who loads a kernel module runs code in the kernel of the host, beneath every container.",
  fix: "Remove SYS_MODULE from `capabilities.add`; drop ALL.",
  references: ["NISTIR 8176 section 5.4"],
  needs: { container },
  evaluate: ({ container }) => capabilityVerdict(container, capabilities),
  examples: {
    pass: [{ container: exampleContainer() }],
    fail: [
      { container: exampleContainer({ capabilities: { add: ["CAP_SYS_MODULE"] } }) },
      { container: exampleContainer({ privileged: true }) },
    ],
  },
});
