import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** A pod, or what makes pods, as the orchestrator will place it: the part that its containers share. */
export const workload = defineFact({
  id: "orchestrator/workload",
  summary: "the workload's settings",
  obtain: "plimsoll assess cluster FOLDER_OF_MANIFESTS",
  schema: z.object({
    kind: z.string(),
    apiVersion: z.string(),
    name: z.string(),
    namespace: z.string(),
    labels: z.record(z.string(), z.string()).default({}),
    annotations: z.record(z.string(), z.string()).default({}),
    podLabels: z.record(z.string(), z.string()).default({}),
    serviceAccount: z.string().default("default"),
    automountToken: z.boolean().optional(),
    hostNetwork: z.boolean().default(false),
    nodeSelector: z.record(z.string(), z.string()).default({}),
    hasNodeAffinity: z.boolean().default(false),
    tolerations: z.array(z.string()).default([]),
    runtimeClass: z.string().optional(),
    containers: z.number(),
    origin: z.object({ file: z.string().optional(), line: z.number().optional() }),
  }),
});
