import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** Places by which code comes to run again after a restart or in every program. */
export const persistence = defineFact({
  id: "host/persistence",
  summary: "where code is set to run again by itself",
  obtain: "plimsoll assess host, with root's rights",
  schema: z.object({
    points: z.array(
      z.object({
        /** `preload`, `cron`, `at`, `udev`, `generator`, `profile`, `path`, `static-pod`, `engine-hook`, `binary-format`, `helper`, `core-dump`. */
        kind: z.string(),
        at: z.string(),
        /** What runs, or what is set. */
        what: z.string(),
        /** Why it stands out; absent where it is only listed. */
        suspicious: z.string().optional(),
      }),
    ),
    /** What should have been looked at but could not be. */
    unread: z.array(z.object({ path: z.string(), reason: z.string() })).default([]),
    /** What was looked at. */
    lookedAt: z.array(z.string()).default([]),
  }),
});
