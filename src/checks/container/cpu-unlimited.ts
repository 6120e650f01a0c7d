import { defineCheck, fail, notApplicable, pass } from "../../core/check.ts";
import { container } from "../../facts/container/container.ts";
import { seenIn } from "../../facts/container/evidence.ts";
import { exampleContainer } from "../../facts/container/example.ts";

export default defineCheck({
  title: "No CPU limit",
  severity: "low",
  clauses: ["8176-5.6-b", "8176-5.3-a"],
  why: "A container without a CPU limit can starve the other containers of its host.",
  fix: "Set `resources.limits.cpu` (`--cpus`).",
  references: ["CIS Docker 1.6.0 5.12"],
  needs: { container },
  evaluate({ container }) {
    if (container.role === "ephemeral") return notApplicable("Kubernetes lets an ephemeral container set no limits");
    const limit = container.limits.cpu;
    const evidence = {
      ...seenIn(container, "limits.cpu"),
      found: limit === undefined || limit <= 0 ? "no limit" : `${limit} cores`,
      expected: "a limit",
    };
    return limit === undefined || limit <= 0 ? fail(evidence) : pass(evidence);
  },
  examples: {
    pass: [{ container: exampleContainer({ limits: { cpu: 0.5 } }) }],
    fail: [{ container: exampleContainer({ runtime: "docker" }) }],
    notApplicable: [{ container: exampleContainer({ role: "ephemeral" }) }],
  },
});
