import { defineCheck, fail, notApplicable, pass } from "../../core/check.ts";
import { container } from "../../facts/container/container.ts";
import { seenIn } from "../../facts/container/evidence.ts";
import { exampleContainer } from "../../facts/container/example.ts";

export default defineCheck({
  title: "No limit on processes",
  severity: "medium",
  clauses: ["8176-5.3-a"],
  why: "One container that forks without end uses up the process table of its host.",
  fix: "Set `--pids-limit` (`pids_limit`).",
  references: ["CIS Docker 1.6.0 5.29"],
  needs: { container },
  evaluate({ container }) {
    if (container.runtime === "kubernetes")
      return notApplicable("Kubernetes limits processes by node (kubelet podPidsLimit), not by container");
    const limit = container.limits.processes;
    const evidence = {
      ...seenIn(container, "limits.processes"),
      found: limit === undefined || limit <= 0 ? "no limit" : `${limit} processes`,
      expected: "a limit",
    };
    return limit === undefined || limit <= 0 ? fail(evidence) : pass(evidence);
  },
  examples: {
    pass: [{ container: exampleContainer({ runtime: "docker", limits: { processes: 200 } }) }],
    fail: [{ container: exampleContainer({ runtime: "docker" }) }],
    notApplicable: [{ container: exampleContainer({ runtime: "kubernetes" }) }],
  },
});
