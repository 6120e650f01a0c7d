import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** Which network policies a namespace has, which of its workloads they select and what they leave open. A policy that allows everything restricts nothing. */
export const namespaceNetwork = defineFact({
  id: "orchestrator/namespace-network",
  summary: "the network policies of a namespace",
  obtain: "plimsoll assess cluster FOLDER_OF_MANIFESTS (with NetworkPolicy objects)",
  schema: z.object({
    namespace: z.string(),
    workloads: z.array(
      z.object({
        kind: z.string(),
        name: z.string(),
        /** Policies that select it for traffic in or out, effective or not. */
        ingressPolicies: z.array(z.string()),
        egressPolicies: z.array(z.string()),
        /** Policies that restrict it: empty where none selects it, or where one of those that do allows everything. */
        ingressRestrictedBy: z.array(z.string()),
        egressRestrictedBy: z.array(z.string()),
        /** Policies that allow all traffic from or to everywhere, and so undo the others. */
        ingressOpenedBy: z.array(z.string()),
        egressOpenedBy: z.array(z.string()),
        /** Whether policies let it reach any address outside the cluster (`0.0.0.0/0` and the like), or be reached from there. */
        egressToInternet: z.boolean(),
        ingressFromInternet: z.boolean(),
        hostNetwork: z.boolean(),
      }),
    ),
    policies: z.number(),
    /** Policies of kinds that are not evaluated (CiliumNetworkPolicy and others), as `kind/name`: what they add or take away is not known. */
    unevaluated: z.array(z.string()).default([]),
  }),
});
/** The network policies of a namespace. */
export type NamespaceNetwork = z.output<typeof namespaceNetwork.schema>;
