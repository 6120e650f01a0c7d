import { defineCheck } from "../../core/check.ts";
import { container } from "../../facts/container/container.ts";
import { exampleContainer } from "../../facts/container/example.ts";
import { capabilityVerdict } from "./capability-verdict.ts";

/** Capabilities over what the kernel has only once. Source: capabilities(7). */
const capabilities = [
  "SYS_TIME",
  "SYS_BOOT",
  "SYS_RAWIO",
  "SYSLOG",
  "MAC_ADMIN",
  "MAC_OVERRIDE",
  "SYS_PACCT",
  "WAKE_ALARM",
  "AUDIT_CONTROL",
];

export default defineCheck({
  title: "Capability over kernel state that is not namespaced",
  severity: "high",
  clauses: ["8176-5.4-a"],
  why: "Time, devices, reboot and the kernel log exist once for the whole host: a container that changes them changes them for all.",
  fix: "Remove these capabilities from `capabilities.add`; drop ALL.",
  references: ["NISTIR 8176 section 5.4"],
  needs: { container },
  evaluate: ({ container }) => capabilityVerdict(container, capabilities),
  examples: {
    pass: [{ container: exampleContainer() }],
    fail: [
      { container: exampleContainer({ capabilities: { add: ["SYS_TIME"] } }) },
      { container: exampleContainer({ capabilities: { add: ["ALL"] } }) },
    ],
  },
});
