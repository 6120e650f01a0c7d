import { defineCheck, failEach } from "../../core/check.ts";
import { capabilityName } from "../../facts/container/capabilities.ts";
import { container } from "../../facts/container/container.ts";
import { seenIn } from "../../facts/container/evidence.ts";
import { exampleContainer } from "../../facts/container/example.ts";

/** What the Pod Security Standards let a container add at the baseline level: the default set of container runtimes without NET_RAW. */
const allowed = [
  "AUDIT_WRITE",
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "FSETID",
  "KILL",
  "MKNOD",
  "NET_BIND_SERVICE",
  "SETFCAP",
  "SETGID",
  "SETPCAP",
  "SETUID",
  "SYS_CHROOT",
];
const severe = [
  "ALL",
  "BPF",
  "DAC_READ_SEARCH",
  "MAC_ADMIN",
  "MAC_OVERRIDE",
  "NET_ADMIN",
  "PERFMON",
  "SYS_ADMIN",
  "SYS_BOOT",
  "SYS_MODULE",
  "SYS_PTRACE",
  "SYS_RAWIO",
];

export default defineCheck({
  title: "Capability beyond the runtime's default",
  severity: "high",
  clauses: ["8176-5.6-d", "4.4.3-b"],
  why: "Each capability is a part of root's power over the host's kernel; many of those outside the default set are enough to leave the container.",
  fix: "Remove it from `capabilities.add` (`--cap-add`); drop ALL and add back only what the process is seen to need.",
  references: ["Pod Security Standards baseline: Capabilities", "CIS Docker 1.6.0 5.4", "CIS Kubernetes 1.10.0 5.2.9"],
  needs: { container },
  evaluate({ container }) {
    const found = container.capabilities.add
      .filter(
        (capability) => !allowed.includes(container.runtime === "kubernetes" ? capability : capabilityName(capability)),
      )
      .map((capability) => ({
        ...seenIn(container, "capabilities.add"),
        key: capability,
        found: capability,
        expected: "nothing outside the default set",
        severity: severe.includes(capabilityName(capability)) ? ("critical" as const) : ("high" as const),
      }));
    return failEach(found, {
      ...seenIn(container, "capabilities.add"),
      found: container.capabilities.add,
      expected: "nothing outside the default set",
    });
  },
  examples: {
    pass: [{ container: exampleContainer({ capabilities: { add: ["NET_BIND_SERVICE"] } }) }],
    fail: [
      { container: exampleContainer({ capabilities: { add: ["SYS_ADMIN"] } }) },
      { container: exampleContainer({ capabilities: { add: ["NET_RAW"] } }) },
    ],
  },
});
