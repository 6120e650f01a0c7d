import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** The kernel in force: version, command line, security modules, lockdown. */
export const kernel = defineFact({
  id: "host/kernel",
  summary: "the kernel in force",
  obtain: "plimsoll assess host",
  schema: z.object({
    release: z.string(),
    version: z.string().optional(),
    commandLine: z.string().optional(),
    /** Active Linux security modules; absent where securityfs is not mounted. */
    securityModules: z.array(z.string()).optional(),
    /** `none`, `integrity` or `confidentiality`; absent where it cannot be seen. */
    lockdown: z.string().optional(),
    /** Whether modules can be loaded; absent where it cannot be seen. */
    modules: z
      .object({
        supported: z.boolean(),
        loadingDisabled: z.boolean().optional(),
        signaturesEnforced: z.boolean().optional(),
      })
      .optional(),
    /** Whether the kernel merges equal pages of memory (KSM); absent where it cannot be seen. */
    memoryMerging: z.boolean().optional(),
    /** Bits of /proc/sys/kernel/tainted. */
    tainted: z.number().optional(),
  }),
});
