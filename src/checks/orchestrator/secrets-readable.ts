import { defineCheck, failEach, notApplicable, unknown } from "../../core/check.ts";
import { exampleRole } from "../../facts/orchestrator/example.ts";
import {
  bindingsOfOthers,
  grants,
  outOfJudgement,
  reachOf,
  seenInRole,
  shownSubject,
} from "../../facts/orchestrator/rights.ts";
import { role } from "../../facts/orchestrator/role.ts";

export default defineCheck({
  title: "Secrets readable by role",
  severity: "medium",
  clauses: ["4.1.4-e", "4.3.1-a"],
  why: "Who may read the secrets of a namespace has every password and token in it, also those of other applications; list and watch give the contents too.",
  fix: "Name the secrets (`resourceNames`) with the verb get alone, or hand secrets to pods by reference and grant no right to read them.",
  references: ["CIS Kubernetes 1.10.0 5.1.2"],
  needs: { role },
  evaluate({ role }) {
    const out = outOfJudgement(role);
    if (out) return out.remedy === undefined ? notApplicable(out.reason) : unknown(out.reason, out.remedy);
    const bindings = bindingsOfOthers(role);
    const holders = [
      ...new Set(
        bindings.flatMap((binding) =>
          binding.subjects.map((subject) => `${shownSubject(subject)} ${reachOf(binding)}`),
        ),
      ),
    ];
    const isClusterWide = bindings.some((binding) => binding.namespace === undefined);
    const found = role.rules.flatMap((rule, index) => {
      const verb = grants(rule, { group: "", resource: "secrets", verbs: ["list", "watch", "get"] });
      if (verb === undefined || (verb === "get" && rule.resourceNames.length > 0)) return [];
      return [
        {
          ...seenInRole(role, rule),
          key: `rule ${index} secrets`,
          found: `${verb} secrets, held by ${holders.slice(0, 5).join(", ")}`,
          expected: "single secrets by name",
          severity: isClusterWide ? ("high" as const) : ("medium" as const),
        },
      ];
    });
    return failEach(found, {
      ...seenInRole(role),
      found: "no right to read secrets beyond named ones",
      expected: "single secrets by name",
    });
  },
  examples: {
    pass: [
      { role: exampleRole({ apiGroups: [""], resources: ["pods"], verbs: ["get"] }) },
      { role: exampleRole({ apiGroups: [""], resources: ["secrets"], resourceNames: ["cart-db"], verbs: ["get"] }) },
    ],
    fail: [
      { role: exampleRole({ apiGroups: [""], resources: ["secrets"], verbs: ["list"] }) },
      { role: exampleRole({ apiGroups: ["*"], resources: ["*"], verbs: ["get"] }) },
    ],
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
