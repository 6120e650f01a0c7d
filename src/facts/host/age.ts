import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** How old the installation, its packages and the running kernel's start are, and which live patches the kernel runs. Times are seconds since 1970-01-01 UTC. */
export const hostAge = defineFact({
  id: "host/age",
  summary: "how long the host was installed, started and left unchanged",
  obtain: "plimsoll assess host on the running system",
  schema: z.object({
    /** When the host was installed or its image first started, and what shows it. */
    installed: z.object({ time: z.number(), shownBy: z.string() }).optional(),
    /** When a package was last installed, upgraded or removed, and what shows it. */
    packagesChanged: z.object({ time: z.number(), shownBy: z.string() }).optional(),
    /** When the kernel started. */
    started: z.number().optional(),
    /** Whether the kernel can be patched while it runs; absent where /sys does not say. */
    livePatching: z.boolean().optional(),
    /** Live patches that are loaded: whether each is in force, and whether some tasks still run the code before it. */
    livePatches: z.array(z.object({ name: z.string(), enabled: z.boolean(), inTransition: z.boolean() })).default([]),
  }),
});
