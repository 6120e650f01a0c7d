import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** Programs that run a container behind a kernel of its own, and whether the host can start virtual machines. */
export const sandboxRuntimes = defineFact({
  id: "host/sandbox-runtimes",
  summary: "the sandboxed container runtimes on the host",
  obtain: "plimsoll assess host",
  schema: z.object({
    programs: z.array(z.object({ kind: z.enum(["gvisor", "kata"]), path: z.string() })),
    /** Whether /dev/kvm is there; absent where /dev is not to be seen. */
    virtualisation: z.boolean().optional(),
  }),
});
