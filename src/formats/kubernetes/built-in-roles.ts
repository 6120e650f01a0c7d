import type { RoleRule } from "./roles.ts";

function rule(apiGroups: string[], resources: string[], verbs: string[]): RoleRule {
  return { apiGroups, resources, resourceNames: [], nonResourceUrls: [], verbs };
}

const change = ["create", "delete", "deletecollection", "patch", "update"];
const read = ["get", "list", "watch"];
const namespacedCore = [
  "configmaps",
  "endpoints",
  "persistentvolumeclaims",
  "pods",
  "replicationcontrollers",
  "services",
];
const namespacedApps = [
  "daemonsets",
  "deployments",
  "deployments/scale",
  "replicasets",
  "replicasets/scale",
  "statefulsets",
  "statefulsets/scale",
];

const view: RoleRule[] = [
  rule(
    [""],
    [
      ...namespacedCore,
      "serviceaccounts",
      "events",
      "limitranges",
      "pods/log",
      "pods/status",
      "resourcequotas",
      "namespaces",
    ],
    read,
  ),
  rule(["apps"], namespacedApps, read),
  rule(["batch"], ["cronjobs", "jobs"], read),
  rule(["networking.k8s.io"], ["ingresses", "networkpolicies"], read),
];
const edit: RoleRule[] = [
  ...view,
  rule([""], ["pods/attach", "pods/exec", "pods/portforward", "pods/proxy", "secrets", "services/proxy"], read),
  rule([""], ["serviceaccounts"], ["impersonate"]),
  rule(
    [""],
    [
      ...namespacedCore,
      "pods/attach",
      "pods/exec",
      "pods/portforward",
      "pods/proxy",
      "secrets",
      "serviceaccounts",
      "services/proxy",
      "pods/eviction",
      "serviceaccounts/token",
    ],
    change,
  ),
  rule(["apps"], namespacedApps, change),
  rule(["batch"], ["cronjobs", "jobs"], change),
  rule(["networking.k8s.io"], ["ingresses", "networkpolicies"], change),
];

/** The user-facing roles that every cluster brings along, as far as they matter for judging rights. Source: Kubernetes, "Using RBAC Authorization", user-facing roles. */
export const builtInRoles: Readonly<Record<string, readonly RoleRule[]>> = {
  "cluster-admin": [
    rule(["*"], ["*"], ["*"]),
    { apiGroups: [], resources: [], resourceNames: [], nonResourceUrls: ["*"], verbs: ["*"] },
  ],
  admin: [...edit, rule(["rbac.authorization.k8s.io"], ["roles", "rolebindings"], [...change, ...read])],
  edit,
  view,
  "system:basic-user": [
    rule(["authorization.k8s.io"], ["selfsubjectaccessreviews", "selfsubjectrulesreviews"], ["create"]),
  ],
  "system:discovery": [
    {
      apiGroups: [],
      resources: [],
      resourceNames: [],
      nonResourceUrls: [
        "/api",
        "/api/*",
        "/apis",
        "/apis/*",
        "/healthz",
        "/livez",
        "/openapi",
        "/openapi/*",
        "/readyz",
        "/version",
        "/version/",
      ],
      verbs: ["get"],
    },
  ],
  "system:public-info-viewer": [
    {
      apiGroups: [],
      resources: [],
      resourceNames: [],
      nonResourceUrls: ["/healthz", "/livez", "/readyz", "/version", "/version/"],
      verbs: ["get"],
    },
  ],
};
