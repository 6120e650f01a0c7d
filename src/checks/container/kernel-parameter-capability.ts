import { defineCheck, fail, failEach } from "../../core/check.ts";
import { capabilityOrigin } from "../../facts/container/capabilities.ts";
import { container } from "../../facts/container/container.ts";
import { seenIn } from "../../facts/container/evidence.ts";
import { exampleContainer } from "../../facts/container/example.ts";

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
    pass: [{ container: exampleContainer() }],
    fail: [
      { container: exampleContainer({ capabilities: { add: ["SYS_TIME"] } }) },
      { container: exampleContainer({ capabilities: { add: ["ALL"] } }) },
    ],
  },
});
