import { describe, expect, it } from "vitest";
import { readYamlDocuments } from "../yaml-documents.ts";
import { kubernetesObjects } from "./objects.ts";
import { rolesOf } from "./roles.ts";

function rolesIn(...texts: string[]) {
  const { documents } = readYamlDocuments(texts.join("\n---\n"), "test");
  return rolesOf(documents.flatMap((document) => kubernetesObjects(document, "rbac.yaml")));
}
const api = "apiVersion: rbac.authorization.k8s.io/v1\n";
const role = (kind: string, metadata: string, more = 'rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]') =>
  `${api}kind: ${kind}\nmetadata: {${metadata}}\n${more}`;
const binding = (
  kind: string,
  metadata: string,
  refKind: string,
  ref: string,
  subjects = "[{kind: User, name: jane}]",
) => `${api}kind: ${kind}\nmetadata: {${metadata}}\nroleRef: {kind: ${refKind}, name: ${ref}}\nsubjects: ${subjects}`;

describe("roles", () => {
  it("have the bindings of their own namespace only", () => {
    const roles = rolesIn(
      role("Role", "name: r, namespace: a"),
      role("Role", "name: r, namespace: b"),
      binding("RoleBinding", "name: x, namespace: a", "Role", "r"),
    );
    expect(roles.map(({ namespace, bindings }) => [namespace, bindings.length])).toEqual([
      ["a", 1],
      ["b", 0],
    ]);
  });

  it("of the cluster are bound in a namespace or everywhere", () => {
    const [found] = rolesIn(
      role("ClusterRole", "name: r"),
      binding("RoleBinding", "name: x, namespace: a", "ClusterRole", "r"),
      binding("ClusterRoleBinding", "name: y", "ClusterRole", "r"),
    );
    expect(found!.bindings.map(({ name, namespace }) => [name, namespace])).toEqual([
      ["x", "a"],
      ["y", undefined],
    ]);
  });

  it("gather the rules of those that they aggregate", () => {
    const [all] = rolesIn(
      role(
        "ClusterRole",
        "name: all",
        "rules: []\naggregationRule: {clusterRoleSelectors: [{matchLabels: {into: all}}]}",
      ),
      role(
        "ClusterRole",
        "name: part, labels: {into: all}",
        'rules: [{apiGroups: [""], resources: [secrets], verbs: [list]}]',
      ),
      role("ClusterRole", "name: other, labels: {into: none}"),
    );
    expect(all!.rules).toMatchObject([{ resources: ["secrets"] }]);
    expect(all!.aggregates).toBe(true);
  });

  it("that only bindings name are built in or unseen", () => {
    const [admin, lost] = rolesIn(
      binding("ClusterRoleBinding", "name: x", "ClusterRole", "cluster-admin"),
      binding("RoleBinding", "name: y, namespace: a", "Role", "lost"),
    );
    expect(admin).toMatchObject({
      builtIn: true,
      unseen: false,
      rules: expect.arrayContaining([expect.objectContaining({ verbs: ["*"] })]),
    });
    expect(lost).toMatchObject({ builtIn: false, unseen: true, namespace: "a" });
  });

  it("have subjects with namespaces", () => {
    const [found] = rolesIn(
      binding(
        "RoleBinding",
        "name: y, namespace: a",
        "ClusterRole",
        "view",
        "[{kind: ServiceAccount, name: s}, {kind: ServiceAccount, name: t, namespace: b}, {kind: Group, name: g}]",
      ),
    );
    expect(found!.bindings[0]!.subjects).toEqual([
      { kind: "ServiceAccount", name: "s", namespace: "a" },
      { kind: "ServiceAccount", name: "t", namespace: "b" },
      { kind: "Group", name: "g" },
    ]);
  });

  it("of a namespace are not bound in the whole cluster: the API server refuses that", () => {
    expect(
      rolesIn(role("Role", "name: r, namespace: a"), binding("ClusterRoleBinding", "name: x", "Role", "r"))[0]!
        .bindings,
    ).toEqual([]);
  });
});
