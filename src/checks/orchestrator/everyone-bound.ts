import { defineCheck, failEach, notApplicable } from "../../core/check.ts";
import { exampleRole } from "../../facts/orchestrator/example.ts";
import { isEveryone, reachOf, seenInBinding, seenInRole, shownSubject } from "../../facts/orchestrator/rights.ts";
import { role } from "../../facts/orchestrator/role.ts";

/** What a new cluster grants to everyone: who one is, and which versions and interfaces there are. */
const discovery = new Set([
  "system:basic-user",
  "system:discovery",
  "system:public-info-viewer",
  "system:service-account-issuer-discovery",
  "kubeadm:bootstrap-signer-clusterinfo",
]);

export default defineCheck({
  title: "Rights for everyone",
  severity: "high",
  clauses: ["4.3.2-a", "4.3.1-a"],
  why: "What is bound to anonymous requests, to all authenticated users or to all service accounts is held by every pod and, at worst, by the whole network.",
  fix: "Bind the role to those who need it; delete the binding to the group.",
  needs: { role },
  evaluate({ role }) {
    if (role.bindings.length === 0) return notApplicable("it is bound to nobody");
    if (discovery.has(role.name))
      return notApplicable("a new cluster grants it to everyone: it tells about the interfaces only");
    const found = role.bindings.flatMap((binding) =>
      binding.subjects.filter(isEveryone).map((subject) => ({
        ...seenInBinding(binding),
        key: `${subject.name} ${reachOf(binding)}`,
        found: `${role.kind} ${role.name} is bound to ${shownSubject(subject)} ${reachOf(binding)}`,
        expected: "named users, groups and accounts",
        severity: /anonymous|unauthenticated/.test(subject.name) ? ("critical" as const) : ("high" as const),
      })),
    );
    const held = role.bindings.flatMap((binding) => binding.subjects.map(shownSubject));
    return failEach(found, {
      ...seenInRole(role),
      found: held.slice(0, 20),
      expected: "named users, groups and accounts",
    });
  },
  examples: {
    pass: [{ role: exampleRole({ apiGroups: [""], resources: ["pods"], verbs: ["get"] }) }],
    fail: [
      {
        role: exampleRole(
          { apiGroups: [""], resources: ["pods"], verbs: ["get"] },
          { bindings: [{ name: "open", subjects: [{ kind: "Group", name: "system:unauthenticated" }] }] },
        ),
      },
    ],
    notApplicable: [{ role: exampleRole({ verbs: ["*"] }, { bindings: [] }) }],
  },
});
