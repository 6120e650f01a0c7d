import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** The mask with which files come to be that root makes, as start-up files set it. */
export const umask = defineFact({
  id: "host/umask",
  summary: "which rights the files that root makes have",
  obtain: "plimsoll assess host, with root's rights",
  schema: z.object({
    /** In the order in which a login shell of root comes by them; the last one counts. */
    settings: z
      .array(
        z.object({
          file: z.string(),
          line: z.number(),
          /** Octal: `022`. */
          mask: z.string().regex(/^[0-7]{3,4}$/),
          /** Whether root comes by it: `perhaps` under a condition that only a run decides. */
          root: z.enum(["always", "perhaps"]),
        }),
      )
      .default([]),
    /** Files that were read, whether they set it or not. */
    read: z.array(z.string()).default([]),
    unread: z.array(z.object({ path: z.string(), reason: z.string() })).default([]),
  }),
});
