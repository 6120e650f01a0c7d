import { defineCheck, fail, pass } from "../../core/check.ts";
import { readFrom } from "../../facts/orchestrator/evidence.ts";
import { exampleWorkload } from "../../facts/orchestrator/example.ts";
import { workload } from "../../facts/orchestrator/workload.ts";

export default defineCheck({
  title: "Service account token given to a pod",
  severity: "low",
  clauses: ["4.3.1-a"],
  why: "A token for the API in a pod that does not use the API is a gift to whoever breaks in: it holds all rights of the service account.",
  fix: "Set `automountServiceAccountToken: false` in the pod or in its service account; give pods that use the API an account of their own.",
  references: ["CIS Kubernetes 1.10.0 5.1.6"],
  needs: { workload },
  evaluate({ workload }) {
    const source =
      workload.automountTokenFrom === "service-account" ? `service account ${workload.serviceAccount}` : "pod";
    const found =
      workload.automountToken === undefined
        ? "not set by pod or service account, which means yes"
        : `${workload.automountToken} (${source})`;
    const evidence = { ...readFrom(workload.origin, "automountToken"), found, expected: false };
    return workload.automountToken === false ? pass(evidence) : fail(evidence);
  },
  examples: {
    pass: [{ workload: exampleWorkload({ automountToken: false, automountTokenFrom: "pod" }) }],
    fail: [
      { workload: exampleWorkload() },
      { workload: exampleWorkload({ automountToken: true, automountTokenFrom: "service-account" }) },
    ],
  },
});
