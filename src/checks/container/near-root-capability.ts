import { defineCheck } from "../../core/check.ts";
import { container } from "../../facts/container/container.ts";
import { exampleContainer } from "../../facts/container/example.ts";
import { capabilityVerdict } from "./capability-verdict.ts";

/** Capabilities that amount to root. */
const capabilities = ["SYS_ADMIN"];

export default defineCheck({
  title: "Capability close to root",
  severity: "critical",
  clauses: ["8176-5.4-b"],
  why: "SYS_ADMIN lets a process mount file systems, enter namespaces and load BPF programs: it is root in all but name.",
  fix: "Remove SYS_ADMIN from `capabilities.add`; drop ALL.",
  references: ["NISTIR 8176 section 5.4"],
  needs: { container },
  evaluate: ({ container }) => capabilityVerdict(container, capabilities),
  examples: {
    pass: [{ container: exampleContainer() }],
    fail: [
      { container: exampleContainer({ capabilities: { add: ["SYS_ADMIN"] } }) },
      { container: exampleContainer({ privileged: true }) },
    ],
  },
});
