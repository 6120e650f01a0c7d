import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** A container engine on the host: where it is, and how its daemon is configured. */
export const engine = defineFact({
  id: "host/engine",
  summary: "the container engines on the host",
  obtain: "plimsoll assess host",
  schema: z.object({
    engines: z.array(
      z.object({
        /** `docker`, `containerd`, `cri-o`, `podman`, `kubelet`. */
        engine: z.string(),
        /** What showed that it is there: a program, a socket, a process. */
        shownBy: z.array(z.string()),
        version: z.string().optional(),
        running: z.boolean(),
        configurationFiles: z.array(z.string()),
        /** Configuration as read, flattened to dotted names with JSON text values. */
        configuration: z.record(z.string(), z.string()).default({}),
        commandLine: z.array(z.string()).default([]),
        sockets: z.array(z.object({ path: z.string(), mode: z.string(), owner: z.number(), group: z.number() })).default([]),
      }),
    ),
  }),
});
