import type { z } from "zod";
import type { namespaceNetwork } from "./namespace-network.ts";
import type { role } from "./role.ts";
import type { workload } from "./workload.ts";

/** A workload for the examples of checks: a Deployment in the namespace `shop`, but for the changes. */
export function exampleWorkload(
  changes: Partial<z.input<typeof workload.schema>> = {},
): z.input<typeof workload.schema> {
  return {
    kind: "Deployment",
    apiVersion: "apps/v1",
    name: "cart",
    namespace: "shop",
    containers: 1,
    origin: {},
    ...changes,
  };
}

type Network = z.input<typeof namespaceNetwork.schema>;

/** What the network policies of `shop` do to the Deployment `cart`: nothing, but for the changes. */
export function exampleNetwork(
  changes: Partial<Network["workloads"][number]> = {},
  ofNamespace: Partial<Network> = {},
): Network {
  const cart = {
    kind: "Deployment",
    name: "cart",
    ingressPolicies: [],
    egressPolicies: [],
    ingressRestrictedBy: [],
    egressRestrictedBy: [],
    ingressOpenedBy: [],
    egressOpenedBy: [],
    ingressFromInternet: true,
    egressToInternet: true,
    hostNetwork: false,
    ...changes,
  };
  return { namespace: "shop", workloads: [cart], policies: 0, ...ofNamespace };
}

type Rule = z.input<typeof role.schema>["rules"][number];

/** A ClusterRole with one rule, bound to the service account `deployer` of the namespace `ci` in the whole cluster, but for the changes. */
export function exampleRole(
  rule: Rule,
  changes: Partial<z.input<typeof role.schema>> = {},
): z.input<typeof role.schema> {
  return {
    kind: "ClusterRole",
    name: "deployer",
    rules: [rule],
    bindings: [{ name: "deployer", subjects: [{ kind: "ServiceAccount", name: "deployer", namespace: "ci" }] }],
    origin: {},
    ...changes,
  };
}
