import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** The programs that root starts by itself or lets others start: cron, systemd and sudo; with the places on their paths that are not root's alone. */
export const rootPrograms = defineFact({
  id: "host/root-programs",
  summary: "who else may change the programs that root runs",
  obtain: "plimsoll assess host, with root's rights",
  schema: z.object({
    /** Programs that were looked at. */
    looked: z.number(),
    programs: z
      .array(
        z.object({
          path: z.string(),
          /** What starts it: a file of cron, a unit, a line of sudoers. */
          startedBy: z.array(z.string()),
          /** Files and folders on the way to it that belong to others than root, or that others may write to. */
          places: z.array(
            z.object({
              path: z.string(),
              mode: z.string(),
              owner: z.number(),
              group: z.number(),
              kind: z.enum(["file", "folder"]),
              /** Whether the folder keeps others from removing what is not theirs, and what is in it is root's. */
              sticky: z.boolean().default(false),
            }),
          ),
        }),
      )
      .default([]),
    /** What could not be looked at. */
    unread: z.array(z.object({ path: z.string(), reason: z.string() })).default([]),
  }),
});
/** The programs that root runs and others may change. */
export type RootPrograms = z.output<typeof rootPrograms.schema>;
