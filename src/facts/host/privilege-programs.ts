import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

const Name = z.enum(["sudo", "pkexec"]);

/** The programs sudo and pkexec, by which people become root, wherever they lie. */
export const privilegePrograms = defineFact({
  id: "host/privilege-programs",
  summary: "the programs sudo and pkexec and their versions",
  obtain: "plimsoll assess host",
  schema: z.object({
    programs: z.array(
      z.object({
        program: Name,
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

/** Which grave flaws the programs sudo and pkexec of the host have, by facts that come with Plimsoll. Derived. */
export const privilegeFlaws = defineFact({
  id: "host/privilege-flaws",
  summary: "which grave flaws sudo and pkexec have",
  obtain: "plimsoll assess host",
  schema: z.object({
    judged: z.array(
      z.object({
        flaw: z.string(),
        program: Name,
        /** Path or package and version. */
        what: z.string(),
        at: z.string(),
        /** `undecided`: the version is one that has the flaw, unless whoever built it mended it without a new one. */
        verdict: z.enum(["open", "closed", "undecided"]),
        because: z.string(),
        fixed: z.string(),
      }),
    ),
    unread: z.array(z.object({ path: z.string(), reason: z.string() })).default([]),
  }),
});
/** What is known of one flaw in one program. */
export type JudgedFlaw = z.output<typeof privilegeFlaws.schema>["judged"][number];
