import { defineCheck, failEach, notApplicable, unknown } from "../../core/check.ts";
import { exampleRole } from "../../facts/orchestrator/example.ts";
import {
  bindingsOfOthers,
  grants,
  outOfJudgement,
  type Right,
  reachOf,
  seenInBinding,
  seenInRole,
  shownSubject,
} from "../../facts/orchestrator/rights.ts";
import { role } from "../../facts/orchestrator/role.ts";

const deploying: readonly Right[] = [
  { group: "", resource: "pods", verbs: ["create"] },
  { group: "apps", resource: "deployments", verbs: ["create", "update", "patch"] },
  { group: "apps", resource: "daemonsets", verbs: ["create", "update", "patch"] },
  { group: "apps", resource: "statefulsets", verbs: ["create", "update", "patch"] },
  { group: "batch", resource: "jobs", verbs: ["create"] },
  { group: "batch", resource: "cronjobs", verbs: ["create", "update", "patch"] },
];

export default defineCheck({
  title: "Right to deploy into every environment",
  severity: "medium",
  clauses: ["4.4.5-b", "4.3.1-b"],
  why: "Who may start containers in every namespace starts them in production too, from a test account as well.",
  fix: "Replace the ClusterRoleBinding by RoleBindings in the namespaces of one environment.",
  needs: { role },
  evaluate({ role }) {
    const out = outOfJudgement(role);
    if (out) return out.remedy === undefined ? notApplicable(out.reason) : unknown(out.reason, out.remedy);
    const deploys = role.rules.some((rule) => deploying.some((right) => grants(rule, right) !== undefined));
    if (!deploys) return notApplicable("it does not let anyone deploy");
    const bindings = bindingsOfOthers(role);
    const found = bindings
      .filter((binding) => binding.namespace === undefined)
      .flatMap((binding) =>
        binding.subjects.map((subject) => ({
          ...seenInBinding(binding),
          key: shownSubject(subject),
          found: `${shownSubject(subject)} may deploy ${reachOf(binding)}`,
          expected: "bindings in single namespaces",
        })),
      );
    return failEach(found, {
      ...seenInRole(role),
      found: bindings.map((binding) => `${binding.name} ${reachOf(binding)}`),
      expected: "bindings in single namespaces",
    });
  },
  examples: {
    pass: [
      {
        role: exampleRole(
          { apiGroups: ["apps"], resources: ["deployments"], verbs: ["create"] },
          { bindings: [{ name: "dev", namespace: "shop-test", subjects: [{ kind: "Group", name: "developers" }] }] },
        ),
      },
    ],
    fail: [{ role: exampleRole({ apiGroups: ["apps"], resources: ["deployments"], verbs: ["create"] }) }],
    notApplicable: [{ role: exampleRole({ apiGroups: [""], resources: ["pods"], verbs: ["get"] }) }],
    unknown: [{ role: exampleRole({}, { rules: [], unseen: true }) }],
  },
});
