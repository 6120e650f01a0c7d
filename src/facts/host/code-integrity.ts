import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** Whether the kernel runs only code that is verified as it is read: the security module IPE and its policies. */
export const codeIntegrity = defineFact({
  id: "host/code-integrity",
  summary: "whether the kernel runs verified code only (IPE)",
  obtain: "plimsoll assess host on the running system, with root's rights",
  schema: z.object({
    /** Whether the kernel has IPE in force among its security modules. */
    present: z.boolean(),
    /** False where it only records what it would refuse. */
    enforcing: z.boolean().optional(),
    policies: z.array(z.object({ name: z.string(), active: z.boolean() })).default([]),
    unread: z.array(z.object({ path: z.string(), reason: z.string() })).default([]),
  }),
});
