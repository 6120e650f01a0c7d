import { defineCheck, failEach, notApplicable, unknown } from "../../core/check.ts";
import { exampleRole } from "../../facts/orchestrator/example.ts";
import { outOfJudgement, seenInRole } from "../../facts/orchestrator/rights.ts";
import { role } from "../../facts/orchestrator/role.ts";

export default defineCheck({
  title: "Rights with wildcards",
  severity: "medium",
  clauses: ["4.3.1-a"],
  why: "A wildcard grants what nobody thought of, and whatever later versions and extensions add.",
  fix: "Name the verbs, resources and groups that are used.",
  references: ["CIS Kubernetes 1.10.0 5.1.3"],
  needs: { role },
  evaluate({ role }) {
    const out = outOfJudgement(role);
    if (out) return out.remedy === undefined ? notApplicable(out.reason) : unknown(out.reason, out.remedy);
    const found = role.rules.flatMap((rule, index) => {
      const wild = [
        rule.verbs.includes("*") ? "verbs" : "",
        rule.resources.includes("*") ? "resources" : "",
        rule.apiGroups.includes("*") ? "apiGroups" : "",
        rule.nonResourceUrls.includes("*") ? "nonResourceURLs" : "",
      ].filter((part) => part !== "");
      return wild.length === 0
        ? []
        : [
            {
              ...seenInRole(role, rule),
              key: `rule ${index} ${wild.join(" ")}`,
              found: `* in ${wild.join(", ")}`,
              expected: "named rights",
            },
          ];
    });
    return failEach(found, {
      ...seenInRole(role),
      found: `${role.rules.length} rules without wildcards`,
      expected: "named rights",
    });
  },
  examples: {
    pass: [{ role: exampleRole({ apiGroups: [""], resources: ["pods"], verbs: ["get"] }) }],
    fail: [{ role: exampleRole({ apiGroups: [""], resources: ["*"], verbs: ["get"] }) }],
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
