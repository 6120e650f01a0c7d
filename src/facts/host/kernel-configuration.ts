import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** How the running kernel was built, and which modules it has and may load. */
export const kernelConfiguration = defineFact({
  id: "host/kernel-configuration",
  summary: "how the running kernel was built",
  obtain: "plimsoll assess host, on a kernel that shows its configuration (/proc/config.gz or /boot/config-RELEASE)",
  schema: z.object({
    /** Where the options were read; absent where the kernel does not show them. */
    source: z.string().optional(),
    /** Options without `CONFIG_`; what is not set is absent. */
    options: z.record(z.string(), z.string()).default({}),
    /** Modules that are loaded. */
    loaded: z.array(z.string()).optional(),
    /** Modules that could be loaded, of those that matter to checks. */
    loadable: z.array(z.string()).default([]),
    /** Of them, those whose loading a configuration of modprobe prevents. */
    prevented: z.array(z.string()).default([]),
    /** Kernel releases that are installed: folders of /lib/modules and images in /boot. */
    installedReleases: z.array(z.string()).default([]),
  }),
});
