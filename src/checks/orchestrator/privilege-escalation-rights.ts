import { defineCheck, fail, failEach, notApplicable, unknown } from "../../core/check.ts";
import type { Severity } from "../../core/severity.ts";
import { exampleRole } from "../../facts/orchestrator/example.ts";
import {
  bindingsOfOthers,
  grants,
  grantsEverything,
  outOfJudgement,
  type Right,
  reachOf,
  seenInRole,
  shownSubject,
} from "../../facts/orchestrator/rights.ts";
import { role } from "../../facts/orchestrator/role.ts";

const write = ["create", "update", "patch"];
const workloads = ["deployments", "daemonsets", "replicasets", "statefulsets"];

/** Rights from which more rights follow, each with what is gained. Source: Kubernetes, "RBAC good practices", privilege escalation risks. */
const primitives: readonly (Right & {
  readonly gain: string;
  readonly severity: Severity;
  readonly clusterOnly?: boolean;
})[] = [
  {
    group: "rbac.authorization.k8s.io",
    resource: "clusterroles",
    verbs: ["escalate", "bind"],
    gain: "any right in the cluster",
    severity: "critical",
  },
  {
    group: "rbac.authorization.k8s.io",
    resource: "roles",
    verbs: ["escalate", "bind"],
    gain: "any right in the namespace",
    severity: "high",
  },
  {
    group: "rbac.authorization.k8s.io",
    resource: "clusterrolebindings",
    verbs: write,
    gain: "passing on rights in the whole cluster",
    severity: "high",
    clusterOnly: true,
  },
  {
    group: "rbac.authorization.k8s.io",
    resource: "rolebindings",
    verbs: write,
    gain: "passing on rights",
    severity: "medium",
  },
  {
    group: "",
    resource: "users",
    verbs: ["impersonate"],
    gain: "acting as any user",
    severity: "critical",
    clusterOnly: true,
  },
  {
    group: "",
    resource: "groups",
    verbs: ["impersonate"],
    gain: "acting as a member of any group",
    severity: "critical",
    clusterOnly: true,
  },
  {
    group: "",
    resource: "serviceaccounts",
    verbs: ["impersonate"],
    gain: "acting as service accounts",
    severity: "high",
  },
  {
    group: "",
    resource: "serviceaccounts/token",
    verbs: ["create"],
    gain: "tokens of service accounts",
    severity: "high",
  },
  {
    group: "",
    resource: "nodes/proxy",
    verbs: ["get", "create"],
    gain: "commands in every pod of a node, past admission and audit",
    severity: "critical",
    clusterOnly: true,
  },
  {
    group: "",
    resource: "pods",
    verbs: ["create"],
    gain: "every service account and secret of the namespace, and the node where admission lets privileged pods in",
    severity: "high",
  },
  {
    group: "",
    resource: "pods",
    verbs: ["update", "patch"],
    gain: "replacing the image of a running pod",
    severity: "medium",
  },
  {
    group: "",
    resource: "pods/ephemeralcontainers",
    verbs: ["update", "patch"],
    gain: "commands in running pods",
    severity: "high",
  },
  ...workloads.map((resource) => ({
    group: "apps",
    resource,
    verbs: write,
    gain: "pods of its choice, by a controller",
    severity: "medium" as const,
  })),
  {
    group: "",
    resource: "replicationcontrollers",
    verbs: write,
    gain: "pods of its choice, by a controller",
    severity: "medium",
  },
  { group: "batch", resource: "jobs", verbs: write, gain: "pods of its choice, by a controller", severity: "medium" },
  {
    group: "batch",
    resource: "cronjobs",
    verbs: write,
    gain: "pods of its choice, by a controller",
    severity: "medium",
  },
  {
    group: "admissionregistration.k8s.io",
    resource: "mutatingwebhookconfigurations",
    verbs: [...write, "delete"],
    gain: "reading and changing every object that is admitted",
    severity: "high",
    clusterOnly: true,
  },
  {
    group: "admissionregistration.k8s.io",
    resource: "validatingwebhookconfigurations",
    verbs: [...write, "delete"],
    gain: "reading every object that is admitted, switching guards off",
    severity: "high",
    clusterOnly: true,
  },
  {
    group: "admissionregistration.k8s.io",
    resource: "validatingadmissionpolicies",
    verbs: [...write, "delete"],
    gain: "switching guards off",
    severity: "high",
    clusterOnly: true,
  },
  {
    group: "certificates.k8s.io",
    resource: "certificatesigningrequests/approval",
    verbs: ["update", "patch"],
    gain: "client certificates, with the right to approve for a signer",
    severity: "high",
    clusterOnly: true,
  },
  {
    group: "certificates.k8s.io",
    resource: "signers",
    verbs: ["approve", "sign"],
    gain: "client certificates",
    severity: "high",
    clusterOnly: true,
  },
  {
    group: "",
    resource: "persistentvolumes",
    verbs: ["create"],
    gain: "any folder of a node, by a claim",
    severity: "high",
    clusterOnly: true,
  },
  {
    group: "",
    resource: "namespaces",
    verbs: ["update", "patch"],
    gain: "lifting pod security and network rules that go by labels",
    severity: "medium",
  },
  {
    group: "",
    resource: "nodes",
    verbs: ["update", "patch"],
    gain: "drawing pods to a node",
    severity: "medium",
    clusterOnly: true,
  },
  {
    group: "",
    resource: "pods/binding",
    verbs: ["create"],
    gain: "placing pods past the scheduler and its taints",
    severity: "medium",
  },
  {
    group: "apiregistration.k8s.io",
    resource: "apiservices",
    verbs: write,
    gain: "answering for an API",
    severity: "high",
    clusterOnly: true,
  },
];

export default defineCheck({
  title: "Rights that lead to more rights",
  severity: "high",
  clauses: ["4.3.1-a"],
  why: "Some rights look small but are as good as the administrator's: who may create pods, mint tokens or bind roles takes the rest.",
  fix: "Remove the right, limit it by resourceNames, or bind the role in single namespaces; leave deployment to a pipeline of its own.",
  references: [
    "CIS Kubernetes 1.10.0 5.1.4",
    "CIS Kubernetes 1.10.0 5.1.8",
    "CIS Kubernetes 1.10.0 5.1.9",
    "CIS Kubernetes 1.10.0 5.1.10",
    "CIS Kubernetes 1.10.0 5.1.11",
    "CIS Kubernetes 1.10.0 5.1.12",
    "CIS Kubernetes 1.10.0 5.1.13",
  ],
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
    const everything = role.rules.find(grantsEverything);
    const isClusterWide = bindings.some((binding) => binding.namespace === undefined);
    if (everything) {
      return fail({
        ...seenInRole(role, everything),
        key: "everything",
        found: `every right, held by ${holders.slice(0, 5).join(", ")}`,
        expected: "only rights that stop at themselves",
        severity: isClusterWide ? "critical" : "high",
      });
    }
    const found = primitives.flatMap((primitive) => {
      if (primitive.clusterOnly && !isClusterWide) return [];
      for (const rule of role.rules) {
        const verb = grants(rule, primitive);
        if (verb === undefined) continue;
        const limited = rule.resourceNames.length > 0 ? ` of ${rule.resourceNames.join(", ")}` : "";
        return [
          {
            ...seenInRole(role, rule),
            key: `${primitive.verbs.join("/")} ${primitive.resource}`,
            found: `${verb} ${primitive.resource}${limited}, held by ${holders.slice(0, 5).join(", ")}: ${primitive.gain}`,
            expected: "only rights that stop at themselves",
            severity: isClusterWide ? primitive.severity : lower(primitive.severity),
          },
        ];
      }
      return [];
    });
    return failEach(found, {
      ...seenInRole(role),
      found: `${role.rules.length} rules, none of which leads further`,
      expected: "only rights that stop at themselves",
    });
  },
  examples: {
    pass: [{ role: exampleRole({ apiGroups: [""], resources: ["pods", "services"], verbs: ["get", "list"] }) }],
    fail: [
      { role: exampleRole({ apiGroups: [""], resources: ["nodes/proxy"], verbs: ["get"] }) },
      { role: exampleRole({ apiGroups: ["rbac.authorization.k8s.io"], resources: ["clusterroles"], verbs: ["bind"] }) },
      {
        role: exampleRole(
          { apiGroups: [""], resources: ["pods"], verbs: ["create"] },
          { bindings: [{ name: "b", namespace: "shop", subjects: [{ kind: "User", name: "dev" }] }] },
        ),
      },
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

/** One step less: the right ends at its namespace. */
function lower(severity: Severity): Severity {
  return severity === "critical" ? "high" : severity === "high" ? "medium" : "low";
}
