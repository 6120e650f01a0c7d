import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** One ConfigMap: its keys and which of them hold what looks like a secret. Values are not kept. */
export const configMap = defineFact({
  id: "orchestrator/config-map",
  summary: "the configuration maps",
  obtain: "plimsoll assess cluster FOLDER_OF_MANIFESTS (with ConfigMap objects)",
  schema: z.object({
    name: z.string(),
    namespace: z.string(),
    keys: z.array(z.object({ key: z.string(), looksSecret: z.boolean(), line: z.number().optional() })),
    file: z.string().optional(),
  }),
});
