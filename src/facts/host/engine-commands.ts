import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** Commands by which people reached containers on the host itself, and the logons before them. Times are seconds since 1970-01-01 UTC; arguments are not kept, as they may hold secrets. */
export const engineCommands = defineFact({
  id: "host/engine-commands",
  summary: "who reached containers by commands on the host",
  obtain:
    "plimsoll assess host, with root's rights, on a host that records started programs (auditctl -a always,exit -F arch=b64 -S execve -F auid>=1000 -F auid!=unset -k exec)",
  schema: z.object({
    commands: z.array(
      z.object({
        /** Absent where the source keeps no time. */
        time: z.number().optional(),
        user: z.string(),
        /** The user as whom it ran, where that is another. */
        as: z.string().optional(),
        tool: z.string(),
        verb: z.string(),
        /** `audit`, `sudo`, `history`. */
        by: z.enum(["audit", "sudo", "history"]),
        source: z.string(),
      }),
    ),
    /** Logons beside those of wtmp, by the audit's and the authentications' log. */
    logons: z.array(z.object({ time: z.number(), user: z.string(), from: z.string(), source: z.string() })).default([]),
    /** What was read: `records` is the number of entries that can tell of commands, `since` the time of the oldest. */
    sources: z
      .array(
        z.object({
          path: z.string(),
          by: z.enum(["audit", "sudo", "history"]),
          records: z.number(),
          since: z.number().optional(),
        }),
      )
      .default([]),
    /** What could not be read, and which right or program would help. */
    unread: z.array(z.object({ path: z.string(), reason: z.string() })).default([]),
    /** Commands that were found but not listed. */
    unlisted: z.number().default(0),
  }),
});
