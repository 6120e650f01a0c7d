import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** How the host decides who somebody is: the module stacks of its services, includes in place. */
export const pam = defineFact({
  id: "host/pam",
  summary: "how the host authenticates people (PAM)",
  obtain: "plimsoll assess host, with root's rights",
  schema: z.object({
    services: z.record(
      z.string(),
      z.array(
        z.object({
          type: z.enum(["auth", "account", "password", "session"]),
          control: z.string(),
          module: z.string(),
          arguments: z.array(z.string()).default([]),
        }),
      ),
    ),
    /** Settings of /etc/security/{pwquality,faillock}.conf and their drop-ins, by file name without ending. */
    settings: z.record(z.string(), z.record(z.string(), z.string())).default({}),
    unread: z.array(z.object({ path: z.string(), reason: z.string() })).default([]),
  }),
});
