import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** After which time without input a session on the host ends by itself. */
export const sessionLimits = defineFact({
  id: "host/session-limits",
  summary: "when a forgotten session ends",
  obtain: "plimsoll assess host",
  schema: z.object({
    /** TMOUT as start-up scripts of all users set it, seconds; `fixed` where users cannot change it. */
    shell: z.array(z.object({ file: z.string(), seconds: z.number(), fixed: z.boolean() })).default([]),
    /** StopIdleSessionSec of logind.conf(5), seconds. */
    logind: z.object({ file: z.string(), seconds: z.number() }).optional(),
    unread: z.array(z.object({ path: z.string(), reason: z.string() })).default([]),
  }),
});
