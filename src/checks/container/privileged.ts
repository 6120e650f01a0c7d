import { defineCheck, fail, pass } from "../../core/check.ts";
import { container } from "../../facts/container/container.ts";
import { seenIn } from "../../facts/container/evidence.ts";
import { exampleContainer } from "../../facts/container/example.ts";

export default defineCheck({
  title: "Privileged container",
  severity: "critical",
  clauses: ["4.4.3-b", "8176-5.6-d"],
  why: "A privileged container holds every capability, every device and no seccomp or AppArmor filter: a break-in is a break-out.",
  fix: "Remove `privileged: true` and add only the capabilities that the process needs.",
  references: [
    "Pod Security Standards baseline: Privileged Containers",
    "CIS Docker 1.6.0 5.5",
    "CIS Kubernetes 1.10.0 5.2.2",
  ],
  needs: { container },
  evaluate({ container }) {
    const evidence = { ...seenIn(container, "privileged"), found: container.privileged, expected: false };
    return container.privileged ? fail(evidence) : pass(evidence);
  },
  examples: {
    pass: [{ container: exampleContainer() }],
    fail: [{ container: exampleContainer({ privileged: true }) }],
  },
});
