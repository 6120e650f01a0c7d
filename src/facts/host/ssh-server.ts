import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** How the host lets people in by SSH: settings by keyword in lower case, as configured. What is absent has sshd's default. */
export const sshServer = defineFact({
  id: "host/ssh-server",
  summary: "the settings of the SSH server",
  obtain: "plimsoll assess host, with root's rights",
  schema: z.object({
    installed: z.boolean(),
    running: z.boolean().optional(),
    settings: z.record(z.string(), z.string()).default({}),
    /** Settings that hold under conditions: the criteria of a Match line as written. */
    matches: z.array(z.object({ criteria: z.string(), settings: z.record(z.string(), z.string()) })).default([]),
    files: z.array(z.string()).default([]),
    unread: z.array(z.object({ path: z.string(), reason: z.string() })).default([]),
  }),
});
