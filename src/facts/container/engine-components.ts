import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** The versions of an engine and of what it starts containers with, as the engine itself tells them. */
export const engineComponents = defineFact({
  id: "container/engine-components",
  summary: "the versions of the container engine and its components",
  obtain: "plimsoll assess container SOCKET",
  schema: z.object({
    components: z.array(
      z.object({
        /** `docker`, `podman`, `containerd`, `runc`, `crun`, `buildkit` … */
        component: z.string(),
        version: z.string(),
      }),
    ),
    /** Who built it, as the engine says: `Docker Engine - Community`; absent where it says nothing. */
    platform: z.string().optional(),
    /** Whether it is upstream's own build, whose version tells what it holds; a distribution's carries fixes under an old number. */
    isUpstreamBuild: z.boolean(),
  }),
});
/** The versions of an engine and its components. */
export type EngineComponents = z.output<typeof engineComponents.schema>;
