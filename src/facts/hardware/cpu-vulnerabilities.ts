import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** What the kernel says of each known flaw of the processor: `Not affected`, `Mitigation: …` or `Vulnerable…`. */
export const cpuVulnerabilities = defineFact({
  id: "hardware/cpu-vulnerabilities",
  summary: "the state of known processor flaws",
  obtain: "plimsoll assess hardware",
  schema: z.object({
    flaws: z.record(z.string(), z.string()),
    /** Whether sibling threads share a core now; absent where the kernel does not say. */
    threadsShareCores: z.boolean().optional(),
  }),
});
