import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** Who logged in, from where, and who failed to, as wtmp, btmp and the databases of wtmpdb and lastlog2 record it. Times are seconds since 1970-01-01 UTC. */
export const logins = defineFact({
  id: "host/logins",
  summary: "who logged in and who failed to",
  obtain: "plimsoll assess host, with root's rights",
  schema: z.object({
    /** Files of records with the number of records and octal mode. */
    files: z.array(
      z.object({ path: z.string(), records: z.number(), mode: z.string(), zeroed: z.number().default(0) }),
    ),
    /** Sessions, newest first; at most a thousand. */
    sessions: z.array(z.object({ user: z.string(), line: z.string(), from: z.string(), time: z.number() })).default([]),
    /** Failed attempts by source address. */
    failures: z
      .array(
        z.object({
          from: z.string(),
          count: z.number(),
          users: z.array(z.string()),
          first: z.number(),
          last: z.number(),
        }),
      )
      .default([]),
    /** Records whose time lies before that of the record above them by more than a minute: edited files or a wrong clock. */
    backwards: z.number().default(0),
    /** The last logon of each account, newest first: from lastlog2, or from lastlog, which has numbers for names. */
    last: z.array(z.object({ user: z.string(), time: z.number(), line: z.string(), from: z.string() })).default([]),
    /** Records that cannot be read. */
    unread: z.array(z.object({ path: z.string(), reason: z.string() })).default([]),
  }),
});
