import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** Which grave flaws the programs sudo and pkexec of the host have, by facts that come with Plimsoll. Derived. */
export const privilegeFlaws = defineFact({
  id: "host/privilege-flaws",
  summary: "which grave flaws sudo and pkexec have",
  obtain: "plimsoll assess host",
  schema: z.object({
    judged: z.array(
      z.object({
        flaw: z.string(),
        program: z.enum(["sudo", "pkexec"]),
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
