import type { Field } from "../field.ts";
import { builtInRoles } from "./built-in-roles.ts";
import type { KubernetesObject } from "./objects.ts";
import { selects } from "./selector.ts";
import { defaultNamespace } from "./workloads.ts";

/** One rule of a role. */
export interface RoleRule {
  readonly apiGroups: string[];
  readonly resources: string[];
  readonly resourceNames: string[];
  readonly nonResourceUrls: string[];
  readonly verbs: string[];
  readonly line?: number | undefined;
}
/** Someone to whom a role is bound; a service account always has a namespace. */
export interface RoleSubject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string | undefined;
}
/** A role with what is bound to it; a binding without namespace holds in the whole cluster. */
export interface RoleDescription {
  readonly kind: "Role" | "ClusterRole";
  readonly name: string;
  readonly namespace?: string | undefined;
  readonly rules: RoleRule[];
  readonly bindings: {
    readonly name: string;
    readonly namespace?: string | undefined;
    readonly subjects: RoleSubject[];
    readonly file?: string | undefined;
    readonly line?: number | undefined;
  }[];
  readonly builtIn: boolean;
  readonly aggregates: boolean;
  readonly unseen: boolean;
  readonly origin: { readonly file?: string | undefined; readonly line?: number | undefined };
}

/** The roles among objects, each with the bindings that name it and, where it is an aggregate, the rules that it gathers. Roles that only bindings name are given too: as built in, or as unseen. */
export function rolesOf(objects: readonly KubernetesObject[]): RoleDescription[] {
  const ours = objects.filter((object) => object.apiVersion.startsWith("rbac.authorization.k8s.io/"));
  const clusterRoles = ours.filter((object) => object.kind === "ClusterRole");
  const roles = new Map<string, RoleDescription>();
  for (const object of ours) {
    if (object.kind !== "Role" && object.kind !== "ClusterRole") continue;
    const role = roleOf(object, object.kind, clusterRoles);
    roles.set(keyOf(role.kind, role.name, role.namespace), role);
  }
  for (const object of ours) {
    if (object.kind !== "RoleBinding" && object.kind !== "ClusterRoleBinding") continue;
    const reference = roleReference(object);
    if (reference === undefined) continue;
    const key = keyOf(reference.kind, reference.name, reference.namespace);
    const role = roles.get(key) ?? absentRole(reference);
    roles.set(key, { ...role, bindings: [...role.bindings, bindingOf(object)] });
  }
  return [...roles.values()];
}

function keyOf(kind: string, name: string, namespace: string | undefined): string {
  return JSON.stringify([kind, namespace ?? "", name]);
}

function roleOf(
  object: KubernetesObject,
  kind: RoleDescription["kind"],
  clusterRoles: readonly KubernetesObject[],
): RoleDescription {
  const selectors = object.fields.at("aggregationRule", "clusterRoleSelectors").items();
  const gathered = selectors.flatMap((selector) =>
    clusterRoles.filter((other) => other !== object && selects(selector, other.labels)).flatMap(rulesOf),
  );
  return {
    kind,
    name: object.name,
    ...(kind === "Role" ? { namespace: object.namespace ?? defaultNamespace } : {}),
    rules: [...rulesOf(object), ...gathered],
    bindings: [],
    builtIn: false,
    aggregates: selectors.length > 0,
    unseen: false,
    origin: { file: object.file, line: object.line(object.fields.at("kind")) },
  };
}

function rulesOf(object: KubernetesObject): RoleRule[] {
  return object.fields
    .at("rules")
    .items()
    .map((rule) => ({
      apiGroups: rule.at("apiGroups").texts(),
      resources: rule.at("resources").texts(),
      resourceNames: rule.at("resourceNames").texts(),
      nonResourceUrls: rule.at("nonResourceURLs").texts(),
      verbs: rule.at("verbs").texts(),
      line: object.line(rule),
    }));
}

interface RoleReference {
  readonly kind: RoleDescription["kind"];
  readonly name: string;
  readonly namespace?: string | undefined;
}

/** The role that a binding names; undefined where the API server would refuse the binding (a cluster binding of a namespaced role). */
function roleReference(binding: KubernetesObject): RoleReference | undefined {
  const reference = binding.fields.at("roleRef");
  const name = reference.at("name").text() ?? "";
  if (reference.at("kind").text() === "ClusterRole") return { kind: "ClusterRole", name };
  if (binding.kind === "ClusterRoleBinding") return undefined;
  return { kind: "Role", name, namespace: binding.namespace ?? defaultNamespace };
}

function absentRole({ kind, name, namespace }: RoleReference): RoleDescription {
  const rules = kind === "ClusterRole" ? builtInRoles[name] : undefined;
  return {
    kind,
    name,
    ...(namespace === undefined ? {} : { namespace }),
    rules: rules?.map((rule) => ({ ...rule })) ?? [],
    bindings: [],
    builtIn: rules !== undefined,
    aggregates: false,
    unseen: rules === undefined,
    origin: {},
  };
}

function bindingOf(binding: KubernetesObject): RoleDescription["bindings"][number] {
  const namespace = binding.kind === "RoleBinding" ? (binding.namespace ?? defaultNamespace) : undefined;
  const subjects = binding.fields
    .at("subjects")
    .items()
    .map((field) => subjectOf(field, namespace));
  return {
    name: binding.name,
    namespace,
    subjects,
    file: binding.file,
    line: binding.line(binding.fields.at("roleRef")),
  };
}

function subjectOf(field: Field, bound: string | undefined): RoleSubject {
  const kind = field.at("kind").text() ?? "";
  const namespace = kind === "ServiceAccount" ? (field.at("namespace").text() ?? bound) : undefined;
  return { kind, name: field.at("name").text() ?? "", ...(namespace === undefined ? {} : { namespace }) };
}
