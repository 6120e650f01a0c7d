import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** The way by which each account other than root becomes root: one without a password where there is one, else the shortest. Derived. */
export const rootPaths = defineFact({
  id: "host/root-paths",
  summary: "which accounts can become root, and how",
  obtain: "plimsoll assess host, with root's rights",
  schema: z.object({
    paths: z.array(
      z.object({
        user: z.string(),
        uid: z.number(),
        interactive: z.boolean(),
        /** Steps from the account to root, each with where it was read. */
        steps: z.array(z.string()),
        /** True where no password stands in the way. */
        withoutPassword: z.boolean(),
        /** What opens it: `uid`, `group`, `socket`, `sudo`, or a `program` of root that the account may change. */
        by: z.enum(["uid", "group", "socket", "sudo", "program"]),
      }),
    ),
    /** What could not be looked at. */
    notSeen: z.array(z.string()).default([]),
  }),
});
/** The shortest way of an account to root. */
export type RootPath = z.output<typeof rootPaths.schema>["paths"][number];
