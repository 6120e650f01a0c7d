import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** The programs sudo and pkexec, by which people become root, wherever they lie. */
export const privilegePrograms = defineFact({
  id: "host/privilege-programs",
  summary: "the programs sudo and pkexec and their versions",
  obtain: "plimsoll assess host",
  schema: z.object({
    programs: z.array(
      z.object({
        program: z.enum(["sudo", "pkexec"]),
        path: z.string(),
        /** True where the distribution puts nothing, so that somebody built it here: `/usr/local`, `/opt`. */
        ownBuild: z.boolean(),
        /** True where it runs as its owner (set-user-id). */
        setUserId: z.boolean(),
        /** The version that its bytes tell. */
        version: z.string().optional(),
      }),
    ),
    unread: z.array(z.object({ path: z.string(), reason: z.string() })).default([]),
  }),
});
