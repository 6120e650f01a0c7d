import { z } from "zod";
import { defineFact } from "../../core/fact.ts";
import { VulnerabilityMatch } from "../vulnerability.ts";

/** The container runtimes, engines and node components of a host with the vulnerabilities that are known of their versions. Derived. */
export const containerRuntime = defineFact({
  id: "container/runtime",
  summary: "the known vulnerabilities of the container runtimes on the host",
  obtain: "plimsoll assess host",
  schema: z.object({
    runtimes: z.array(
      z.object({
        /** `runc`, `containerd`, `docker`, `cri-o`, `podman`, `buildkit`, `kubelet` … */
        component: z.string(),
        /** Upstream version; absent where nothing shows it. */
        version: z.string().optional(),
        /** The package that it came with, or what else showed it. */
        shownBy: z.string(),
        /** Upstream versions say nothing of a distribution's build, which carries fixes under an old number. */
        build: z.enum(["upstream", "distribution"]),
        matches: z.array(VulnerabilityMatch).default([]),
        /** Vulnerabilities of its version that do not apply here, each with why. */
        setAside: z.array(z.object({ id: z.string(), reason: z.string() })).default([]),
        /** Why it could not be judged. */
        unjudged: z.object({ reason: z.string(), remedy: z.string() }).optional(),
      }),
    ),
    /** ISO 8601 date of the facts that were judged by. */
    factsDate: z.string(),
  }),
});
/** The container runtimes of a host. */
export type ContainerRuntime = z.output<typeof containerRuntime.schema>;
