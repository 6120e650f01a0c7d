import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** Until when the branch of the running kernel gets fixes from kernel.org, or which package of the distribution stands for it. Derived. */
export const kernelLife = defineFact({
  id: "host/kernel-life",
  summary: "until when the running kernel is maintained",
  obtain: "give advisory data with end-of-life dates: --advisories PATH",
  schema: z.object({
    release: z.string(),
    /** `6.12`. */
    branch: z.string(),
    /** The distribution's package that brought it, whose fixes do not end with the branch. */
    package: z.string().optional(),
    /** ISO 8601 date after which kernel.org brings no fixes; absent while none is set. */
    endsOn: z.string().optional(),
    ended: z.boolean().optional(),
    /** ISO 8601 date of the data. */
    dataDate: z.string(),
  }),
});
