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
    /** Integrity measurement architecture: entries of its list; absent where securityfs is not mounted or the kernel has none. */
    imaMeasurements: z.number().optional(),
    imaReason: z.string().optional(),
  }),
});
