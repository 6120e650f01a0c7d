import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** How the machine booted: firmware, Secure Boot, integrity measurement. Absent means that it could not be seen. */
export const boot = defineFact({
  id: "hardware/boot",
  summary: "how the machine booted",
  obtain: "plimsoll assess hardware",
  schema: z.object({
    /** `uefi`, or `other` where the kernel shows no EFI. */
    firmware: z.enum(["uefi", "other"]),
    secureBoot: z.boolean().optional(),
    setupMode: z.boolean().optional(),
    /** True where shim was told not to verify what it loads (MokSBState). */
    shimValidationDisabled: z.boolean().optional(),
    /** Words in the platform key that name it a test key ("DO NOT TRUST", "DO NOT SHIP"); empty where it has none. */
    testKeyMarks: z.array(z.string()).optional(),
    /** Why the firmware's variables could not be seen, where they could not. */
    variablesReason: z.string().optional(),
    /** Integrity measurement architecture: entries of its list; absent where securityfs is not mounted or the kernel has none. */
    imaMeasurements: z.number().optional(),
    imaViolations: z.number().optional(),
    /** Whether a policy with appraise rules is loaded; absent where the kernel does not show its policy. */
    imaAppraises: z.boolean().optional(),
    /** Arguments of the kernel command line that begin with `ima_`. */
    imaArguments: z.array(z.string()).default([]),
    imaReason: z.string().optional(),
  }),
});
