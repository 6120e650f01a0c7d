import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** What a process is there for. */
export const processClasses = ["kernel", "container", "infrastructure", "session", "unknown"] as const;
/** What a process is there for. */
export type ProcessClass = (typeof processClasses)[number];

/** Every process of the host with what it is there for. */
export const processes = defineFact({
  id: "host/processes",
  summary: "the processes of the host",
  obtain: "plimsoll assess host, with root's rights and in the host's PID namespace",
  schema: z.object({
    /** Processes by class; those of the kernel are only counted. */
    counts: z.record(z.enum(processClasses), z.number()),
    processes: z.array(
      z.object({
        pid: z.number(),
        name: z.string(),
        executable: z.string().optional(),
        /** The first word of its arguments. */
        program: z.string().optional(),
        user: z.number(),
        unit: z.string().optional(),
        class: z.enum(processClasses),
        /** What the class was decided by. */
        because: z.string(),
        container: z.object({ id: z.string(), engine: z.string(), pod: z.string().optional() }).optional(),
        /** Where its program runs from no intact file: `deleted`, `memory`, `temporary`. */
        unbacked: z.enum(["deleted", "memory", "temporary"]).optional(),
        /** Libraries that it uses though their files were replaced. */
        deletedLibraries: z.array(z.string()).default([]),
      }),
    ),
    /** Processes whose program could not be seen. */
    unseen: z.number().default(0),
    /** Process numbers that exist but that /proc does not list. */
    hidden: z.array(z.number()).default([]),
    /** What the search for hidden processes covered; absent where it was not made. */
    hiddenSearch: z.string().optional(),
  }),
});
/** Every process of the host. */
export type Processes = z.output<typeof processes.schema>;
