import type { Role } from "./role.ts";

type Rule = Role["rules"][number];
type Binding = Role["bindings"][number];
type RoleSubject = Binding["subjects"][number];

/** A right over a resource: any of the verbs, on `resource` (with its subresource) of `group`. */
export interface Right {
  readonly group: string;
  readonly resource: string;
  readonly verbs: readonly string[];
}

/** The first of the right's verbs that a rule grants, as Kubernetes' authorizer decides: a star stands for every verb, group or resource, and before a subresource for every resource that has it. */
export function grants(rule: Rule, right: Right): string | undefined {
  if (!rule.apiGroups.some((group) => group === "*" || group === right.group)) return undefined;
  if (!rule.resources.some((resource) => coversResource(resource, right.resource))) return undefined;
  return right.verbs.find((verb) => rule.verbs.includes(verb) || rule.verbs.includes("*"));
}

function coversResource(granted: string, wanted: string): boolean {
  if (granted === "*" || granted === wanted) return true;
  const [, subresource] = wanted.split("/");
  return subresource !== undefined && granted === `*/${subresource}`;
}

/** Whether the rule grants everything on everything. */
export function grantsEverything(rule: Rule): boolean {
  return (
    rule.verbs.includes("*") &&
    rule.apiGroups.includes("*") &&
    rule.resources.includes("*") &&
    rule.resourceNames.length === 0
  );
}

/** Bindings to someone whom the cluster does not need for its own work. */
export function bindingsOfOthers(role: Role): Binding[] {
  return role.bindings.flatMap((binding) => {
    const subjects = binding.subjects.filter((subject) => !isSystem(subject));
    return subjects.length === 0 ? [] : [{ ...binding, subjects }];
  });
}

/** Users, groups and service accounts that are part of Kubernetes itself. Groups of everyone are not: what is given to them is given to all. */
function isSystem(subject: RoleSubject): boolean {
  if (isEveryone(subject)) return false;
  if (subject.kind === "ServiceAccount") return subject.namespace === "kube-system";
  return subject.name.startsWith("system:") && !subject.name.startsWith("system:serviceaccount");
}

/** Whether the subject stands for everyone: anonymous requests, all that are authenticated, all service accounts. */
export function isEveryone(subject: RoleSubject): boolean {
  if (subject.kind === "ServiceAccount") return false;
  return ["system:anonymous", "system:unauthenticated", "system:authenticated", "system:serviceaccounts"].includes(
    subject.name,
  );
}

/** A subject as people write it: `ServiceAccount ci/deployer`, `Group ops`. */
export function shownSubject(subject: RoleSubject): string {
  return `${subject.kind} ${subject.namespace === undefined ? "" : `${subject.namespace}/`}${subject.name}`;
}

/** Where a binding holds. */
export function reachOf(binding: Binding): string {
  return binding.namespace === undefined ? "in the whole cluster" : `in namespace ${binding.namespace}`;
}

/** Where a role or one of its rules was read. */
export function seenInRole(role: Role, rule?: Rule): { at: string; location?: { file: string; line?: number } } {
  const at =
    rule === undefined ? `${role.kind} ${role.name}` : `${role.kind} ${role.name}: rules[${role.rules.indexOf(rule)}]`;
  const { file } = role.origin;
  if (file === undefined) return { at };
  const line = rule?.line ?? role.origin.line;
  return { at, location: line === undefined ? { file } : { file, line } };
}

/** Where a binding was read. */
export function seenInBinding(binding: Binding): { at: string; location?: { file: string; line?: number } } {
  const at = `${binding.namespace === undefined ? "ClusterRoleBinding" : "RoleBinding"} ${binding.name}`;
  if (binding.file === undefined) return { at };
  return {
    at,
    location: binding.line === undefined ? { file: binding.file } : { file: binding.file, line: binding.line },
  };
}

/** Why nothing can be said of a role's rights, where that is so: it is bound to nobody but the cluster's own parts, or its rules were not read. */
export function outOfJudgement(role: Role): { readonly reason: string; readonly remedy?: string } | undefined {
  if (bindingsOfOthers(role).length === 0) return { reason: "it is bound to nobody but the cluster's own parts" };
  if (role.unseen)
    return {
      reason: `${role.kind} ${role.name} is bound but its rules were not read`,
      remedy: `add the manifest of ${role.kind} ${role.name}, or kubectl get clusterroles,roles -A -o yaml`,
    };
  return undefined;
}
