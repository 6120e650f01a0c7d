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
        /** True where its process runs without root's rights; absent where it does not run. */
        rootless: z.boolean().optional(),
        configurationFiles: z.array(z.string()),
        /** Configuration as read, flattened to dotted names with JSON text values. */
        configuration: z.record(z.string(), z.string()).default({}),
        /** Arguments of the running process, else those of its unit file; the program first. */
        commandLine: z.array(z.string()).default([]),
        /** Sockets that exist, with octal permission bits (`0660`) and numeric owner and group. */
        sockets: z
          .array(z.object({ path: z.string(), mode: z.string(), owner: z.number(), group: z.number() }))
          .default([]),
        /** For a kubelet: manifests of control-plane components that it starts. */
        controlPlane: z.array(z.string()).default([]),
        /** Files that should have told about it but could not be read. */
        unread: z.array(z.object({ path: z.string(), reason: z.string() })).default([]),
      }),
    ),
  }),
});
/** A container engine on the host. */
export type Engine = z.output<typeof engine.schema>["engines"][number];
