import { defineCheck, fail, notApplicable, pass } from "../../core/check.ts";
import { container } from "../../facts/container/container.ts";
import { seenIn } from "../../facts/container/evidence.ts";
import { exampleContainer } from "../../facts/container/example.ts";

export default defineCheck({
  title: "No memory limit",
  severity: "medium",
  clauses: ["8176-5.6-a", "8176-5.3-a"],
  why: "A container without a memory limit can use up the memory of its host, and with it every other container.",
  fix: "Set `resources.limits.memory` (`--memory`).",
  references: ["CIS Docker 1.6.0 5.11"],
  needs: { container },
  evaluate({ container }) {
    if (container.role === "ephemeral") return notApplicable("Kubernetes lets an ephemeral container set no limits");
    const limit = container.limits.memory;
    const evidence = {
      ...seenIn(container, "limits.memory"),
      found: limit === undefined || limit <= 0 ? "no limit" : `${limit} bytes`,
      expected: "a limit",
    };
    return limit === undefined || limit <= 0 ? fail(evidence) : pass(evidence);
  },
  examples: {
    pass: [{ container: exampleContainer({ limits: { memory: 268_435_456 } }) }],
    fail: [{ container: exampleContainer({ runtime: "docker" }) }],
    notApplicable: [{ container: exampleContainer({ role: "ephemeral" }) }],
  },
});
