import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** Whether two views of the kernel agree on the modules that are loaded. */
export const kernelModules = defineFact({
  id: "host/kernel-modules",
  summary: "whether the kernel's own views of its modules agree",
  obtain: "plimsoll assess host, on the running system",
  schema: z.object({
    /** Modules of /proc/modules; absent for a kernel without modules. */
    listed: z.number().optional(),
    /** Modules that /sys/module shows as loaded and /proc/modules leaves out, on two readings. */
    hidden: z.array(z.string()).default([]),
    /** Modules with a taint of their own: `O` out of tree, `E` unsigned, `F` forced, `P` proprietary. */
    tainting: z.array(z.object({ module: z.string(), flags: z.string() })).default([]),
  }),
});
