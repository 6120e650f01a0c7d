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
    /** False where the manifest names no namespace: it lands where whoever applies it points, mostly `default`. */
    namespaceDeclared: z.boolean().default(true),
    /** Whether the pod is given its service account's token: what the pod says, else what the service account says; absent where neither says, which means yes. */
    automountToken: z.boolean().optional(),
    /** The token's setting was read from the pod or from its service account. */
    automountTokenFrom: z.enum(["pod", "service-account"]).optional(),
    /** Volumes of the pod, mounted by a container or not; `type` is the name of the volume source, `hostPath`, `configMap`; `source` what it names. */
    volumes: z.array(z.object({ name: z.string(), type: z.string(), source: z.string().optional() })).default([]),
    /** Controller that owns it, as `kind/name`. */
    owner: z.string().optional(),
    hostNetwork: z.boolean().default(false),
    nodeSelector: z.record(z.string(), z.string()).default({}),
    /** Required node affinity: alternatives, each a list of terms that must all hold (`key`, `operator`, `values`). */
    nodeAffinity: z
      .array(z.array(z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()) })))
      .default([]),
    /** Name of a node that it is tied to, past the scheduler. */
    nodeName: z.string().optional(),
    tolerations: z
      .array(
        z.object({
          key: z.string().optional(),
          operator: z.string().default("Equal"),
          value: z.string().optional(),
          effect: z.string().optional(),
        }),
      )
      .default([]),
    runtimeClass: z.string().optional(),
    containers: z.number(),
    origin: z.object({
      file: z.string().optional(),
      lines: z.record(z.string(), z.number()).default({}),
      paths: z.record(z.string(), z.string()).default({}),
    }),
  }),
});
/** A pod, or what makes pods. */
export type Workload = z.output<typeof workload.schema>;
