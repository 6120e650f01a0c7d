import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** Kernel parameters in force, by dotted name. A parameter that the kernel does not have, or that could not be read, is absent; `unreadable` says which. */
export const sysctl = defineFact({
  id: "host/sysctl",
  summary: "the kernel parameters in force",
  obtain: "plimsoll assess host",
  schema: z.object({
    values: z.record(z.string(), z.string()),
    unreadable: z.record(z.string(), z.string()).default({}),
  }),
});
