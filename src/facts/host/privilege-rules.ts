import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** Rules of polkit by which actions of root are allowed, as the host's administrator wrote them. */
export const privilegeRules = defineFact({
  id: "host/privilege-rules",
  summary: "which actions of root polkit allows",
  obtain: "plimsoll assess host, with root's rights",
  schema: z.object({
    /** Whether polkit is on the host. */
    installed: z.boolean(),
    rules: z.array(
      z.object({
        file: z.string(),
        line: z.number(),
        /** What the rule asks for: actions and groups that its text names. */
        conditions: z.array(z.string()).default([]),
        /** `yes` asks nobody, `auth_self` the caller only. */
        result: z.string(),
      }),
    ),
    unread: z.array(z.object({ path: z.string(), reason: z.string() })).default([]),
  }),
});
