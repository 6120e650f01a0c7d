import { defineCheck, failEach, notApplicable, unknown } from "../../core/check.ts";
import { exampleRole } from "../../facts/orchestrator/example.ts";
import {
  bindingsOfOthers,
  grantsEverything,
  outOfJudgement,
  reachOf,
  seenInBinding,
  seenInRole,
  shownSubject,
} from "../../facts/orchestrator/rights.ts";
import { role } from "../../facts/orchestrator/role.ts";

export default defineCheck({
  title: "Administrator of everything",
  severity: "high",
  clauses: ["4.3.2-a"],
  why: "Who holds every right over every object holds the cluster and all its secrets; each such account is one more way to lose it.",
  fix: "Bind a role with the rights that are needed, in the namespaces where they are; keep one emergency account under guard.",
  references: ["CIS Kubernetes 1.10.0 5.1.1"],
  needs: { role },
  evaluate({ role }) {
    const out = outOfJudgement(role);
    if (out) return out.remedy === undefined ? notApplicable(out.reason) : unknown(out.reason, out.remedy);
    const isAdministrator = role.rules.some(grantsEverything);
    const found = !isAdministrator
      ? []
      : bindingsOfOthers(role).flatMap((binding) =>
          binding.subjects.map((subject) => ({
            ...seenInBinding(binding),
            key: `${shownSubject(subject)} ${reachOf(binding)}`,
            found: `${shownSubject(subject)} holds every right ${reachOf(binding)}`,
            expected: "the rights that are needed",
            severity: binding.namespace === undefined ? ("high" as const) : ("medium" as const),
          })),
        );
    return failEach(found, {
      ...seenInRole(role),
      found: "not every right over everything",
      expected: "the rights that are needed",
    });
  },
  examples: {
    pass: [{ role: exampleRole({ apiGroups: [""], resources: ["pods"], verbs: ["get"] }) }],
    fail: [{ role: exampleRole({ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }) }],
    notApplicable: [
      { role: exampleRole({ verbs: ["*"] }, { bindings: [] }) },
      {
        role: exampleRole(
          { verbs: ["*"] },
          { bindings: [{ name: "x", subjects: [{ kind: "Group", name: "system:masters" }] }] },
        ),
      },
    ],
    unknown: [{ role: exampleRole({}, { rules: [], unseen: true }) }],
  },
});
