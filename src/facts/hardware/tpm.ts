import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** The trusted platform module, if the kernel shows one. */
export const tpm = defineFact({
  id: "hardware/tpm",
  summary: "the trusted platform module",
  obtain: "plimsoll assess hardware, on a machine with a TPM (on a cloud VM enable the vTPM)",
  schema: z.object({
    present: z.boolean(),
    /** Major version of the specification: 1 or 2. */
    version: z.number().optional(),
    /** PCR banks that the kernel shows with how many registers are not all zeros or all ones. */
    banks: z.record(z.string(), z.number()).default({}),
    eventLog: z.boolean().optional(),
    /** What was looked at. */
    lookedAt: z.array(z.string()),
  }),
});
