import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** Which workloads of a cluster may connect to which, as its network policies have it. Workloads that policies cannot tell apart are one group. */
export const connections = defineFact({
  id: "orchestrator/connections",
  summary: "which workloads may connect to which",
  obtain: "plimsoll assess cluster FOLDER_OF_MANIFESTS",
  schema: z.object({
    groups: z.array(
      z.object({
        namespace: z.string(),
        podLabels: z.record(z.string(), z.string()),
        /** As `kind/name`. */
        workloads: z.array(z.string()),
        /** Groups, by their place in the list, that may connect to it on every port; `all` for all of them. */
        openFrom: z.union([z.literal("all"), z.array(z.number())]),
        /** Groups that may connect to it on named ports only. */
        limitedFrom: z.array(z.number()),
      }),
    ),
    /** Policies of kinds that are not evaluated, as `kind/name`. */
    unevaluated: z.array(z.string()).default([]),
  }),
});
/** Which workloads may connect to which. */
export type Connections = z.output<typeof connections.schema>;
