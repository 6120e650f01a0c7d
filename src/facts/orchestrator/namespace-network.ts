import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** Which network policies a namespace has and which of its workloads they select. */
export const namespaceNetwork = defineFact({
  id: "orchestrator/namespace-network",
  summary: "the network policies of a namespace",
  obtain: "plimsoll assess cluster FOLDER_OF_MANIFESTS (with NetworkPolicy objects)",
  schema: z.object({
    namespace: z.string(),
    workloads: z.array(
      z.object({
        name: z.string(),
        kind: z.string(),
        /** Names of the policies that select it and restrict traffic in or out; a policy that allows everything restricts nothing. */
        ingressRestrictedBy: z.array(z.string()),
        egressRestrictedBy: z.array(z.string()),
        ingressAllowsAll: z.boolean(),
        egressAllowsAll: z.boolean(),
        hostNetwork: z.boolean(),
        file: z.string().optional(),
        line: z.number().optional(),
      }),
    ),
    policies: z.number(),
  }),
});
