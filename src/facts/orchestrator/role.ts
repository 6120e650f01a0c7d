import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** One Kubernetes role with its rules and who is bound to it. */
export const role = defineFact({
  id: "orchestrator/role",
  summary: "the cluster's roles and bindings",
  obtain: "plimsoll assess cluster FOLDER_OF_MANIFESTS (with Role, ClusterRole and binding objects)",
  schema: z.object({
    kind: z.enum(["Role", "ClusterRole"]),
    name: z.string(),
    namespace: z.string().optional(),
    rules: z.array(
      z.object({
        apiGroups: z.array(z.string()).default([]),
        resources: z.array(z.string()).default([]),
        resourceNames: z.array(z.string()).default([]),
        nonResourceUrls: z.array(z.string()).default([]),
        verbs: z.array(z.string()).default([]),
        line: z.number().optional(),
      }),
    ),
    /** Who holds it, and where: a binding without a namespace holds in the whole cluster. */
    bindings: z.array(
      z.object({
        name: z.string(),
        namespace: z.string().optional(),
        subjects: z.array(z.object({ kind: z.string(), name: z.string(), namespace: z.string().optional() })),
        file: z.string().optional(),
        line: z.number().optional(),
      }),
    ),
    /** True for a role that Kubernetes brings along (`cluster-admin`, `edit`): its rules are known without its object. */
    builtIn: z.boolean().default(false),
    /** Label selectors of roles whose rules it gathers, where it is an aggregate. */
    aggregates: z.boolean().default(false),
    /** True for a role that the bindings name but that was not among the objects. */
    unseen: z.boolean().default(false),
    origin: z.object({ file: z.string().optional(), line: z.number().optional() }),
  }),
});
/** One Kubernetes role with its rules and who is bound to it. */
export type Role = z.output<typeof role.schema>;
