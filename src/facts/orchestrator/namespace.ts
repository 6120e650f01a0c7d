import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** One namespace: its labels and what is in it. */
export const namespace = defineFact({
  id: "orchestrator/namespace",
  summary: "the namespace's settings",
  obtain: "plimsoll assess cluster FOLDER_OF_MANIFESTS (with Namespace objects)",
  schema: z.object({
    name: z.string(),
    /** True where the Namespace object itself was read; otherwise only what is in it is known. */
    declared: z.boolean(),
    labels: z.record(z.string(), z.string()).default({}),
    annotations: z.record(z.string(), z.string()).default({}),
    workloads: z.number(),
    /** Labels of the pods of each of its workloads, by `kind/name`. */
    podLabels: z.record(z.string(), z.record(z.string(), z.string())).default({}),
    origin: z.object({ file: z.string().optional(), lines: z.record(z.string(), z.number()).default({}) }),
  }),
});
/** One namespace. */
export type Namespace = z.output<typeof namespace.schema>;
