import { describe, expect, it } from "vitest";
import { exampleRole } from "./example.ts";
import { bindingsOfOthers, grants, grantsEverything } from "./rights.ts";
import { role } from "./role.ts";

const rule = (apiGroups: string[], resources: string[], verbs: string[], resourceNames: string[] = []) => ({
  apiGroups,
  resources,
  verbs,
  resourceNames,
  nonResourceUrls: [],
});
const exec = { group: "", resource: "pods/exec", verbs: ["create"] };

describe("what a rule grants (Kubernetes RBAC authorizer)", () => {
  it.each([
    [rule([""], ["pods/exec"], ["create"]), "create"],
    [rule(["*"], ["*"], ["*"]), "create"],
    [rule([""], ["*/exec"], ["*"]), "create"],
    [rule([""], ["*"], ["create"]), "create"],
    [rule([""], ["pods"], ["create"]), undefined],
    [rule([""], ["pods/*"], ["create"]), undefined],
    [rule(["apps"], ["pods/exec"], ["create"]), undefined],
    [rule([], ["pods/exec"], ["create"]), undefined],
    [rule([""], ["pods/exec"], ["get"]), undefined],
  ])("%j", (given, verb) => expect(grants(given, exec)).toBe(verb));

  it("a subresource's right is not the resource's", () => {
    expect(
      grants(rule([""], ["pods/exec"], ["create"]), { group: "", resource: "pods", verbs: ["create"] }),
    ).toBeUndefined();
  });

  it("everything is every verb on every resource of every group, by no name", () => {
    expect(grantsEverything(rule(["*"], ["*"], ["*"]))).toBe(true);
    for (const less of [
      rule([""], ["*"], ["*"]),
      rule(["*"], ["*"], ["get"]),
      rule(["*"], ["pods"], ["*"]),
      rule(["*"], ["*"], ["*"], ["one"]),
    ])
      expect(grantsEverything(less)).toBe(false);
  });
});

it("leaves out the cluster's own parts, but not the groups of everyone", () => {
  const subjects = [
    { kind: "Group", name: "system:masters" },
    { kind: "User", name: "system:kube-scheduler" },
    { kind: "ServiceAccount", name: "x", namespace: "kube-system" },
    { kind: "Group", name: "system:authenticated" },
    { kind: "Group", name: "system:serviceaccounts:shop" },
    { kind: "User", name: "jane" },
  ];
  const value = role.schema.parse(exampleRole({ verbs: ["get"] }, { bindings: [{ name: "b", subjects }] }));
  expect(bindingsOfOthers(value)[0]!.subjects.map((subject) => subject.name)).toEqual([
    "system:authenticated",
    "system:serviceaccounts:shop",
    "jane",
  ]);
});
