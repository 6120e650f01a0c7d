import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** What is mounted on the host, and what lies beneath. */
export const mounts = defineFact({
  id: "host/mounts",
  summary: "what is mounted on the host",
  obtain: "plimsoll assess host",
  schema: z.object({
    mounts: z.array(
      z.object({
        point: z.string(),
        type: z.string(),
        source: z.string(),
        /** Options of the mount and of its file system together. */
        options: z.array(z.string()),
        /** Whether nothing can be written through it. */
        readOnly: z.boolean(),
        shared: z.boolean().default(false),
        device: z.string(),
        /** Octal permission bits of the folder (`0700`), of debugfs and tracefs alone; absent where it cannot be seen. */
        mode: z.string().optional(),
      }),
    ),
    /** Mapped devices with name and unique id: `CRYPT-VERITY-…`, `CRYPT-LUKS2-…`, `LVM-…`. */
    mappedDevices: z
      .array(z.object({ device: z.string(), name: z.string(), uuid: z.string(), readOnly: z.boolean() }))
      .default([]),
    swaps: z.array(z.object({ path: z.string(), type: z.string(), encrypted: z.boolean().optional() })).default([]),
    /** Control groups: `v2`, `hybrid` or `v1`. */
    controlGroups: z.enum(["v2", "hybrid", "v1"]).optional(),
    /** Whether SELinux enforces, where it is in the kernel. */
    selinuxEnforcing: z.boolean().optional(),
    /** Shells and servers that a container-specific system leaves out, where they are. */
    shells: z.array(z.string()).default([]),
    sshServer: z.boolean().optional(),
  }),
});
/** What is mounted on the host. */
export type Mounts = z.output<typeof mounts.schema>;
