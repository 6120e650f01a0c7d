import { defineCheck, fail, failEach } from "../../core/check.ts";
import { capabilityOrigin } from "../../facts/container/capabilities.ts";
import { container } from "../../facts/container/container.ts";
import { seenIn } from "../../facts/container/evidence.ts";
import { exampleContainer } from "../../facts/container/example.ts";

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
      { container: exampleContainer({ capabilities: { add: ["SYS_ADMIN"] } }) },
      { container: exampleContainer({ privileged: true }) },
    ],
  },
});
