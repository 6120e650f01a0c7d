import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** What kind of machine it is: its maker and firmware, and whether another machine runs it. */
export const platform = defineFact({
  id: "hardware/platform",
  summary: "what kind of machine it is",
  obtain: "plimsoll assess hardware",
  schema: z.object({
    architecture: z.string().optional(),
    processor: z.string().optional(),
    /** True where the processor says that a hypervisor runs it; absent where that cannot be seen. */
    virtual: z.boolean().optional(),
    /** What runs it, as `kvm`, `xen`, `hyper-v`, `vmware`, `firecracker`. */
    hypervisor: z.string().optional(),
    /** Cloud provider, as `amazon`, `google`, `microsoft`. */
    cloud: z.string().optional(),
    /** Texts of the firmware's tables (DMI) by name: `sys_vendor`, `product_name`, `bios_vendor`, `bios_version`, `bios_date`. */
    dmi: z.record(z.string(), z.string()).default({}),
    /** Revision of the processor's microcode in hexadecimal. */
    microcode: z.string().optional(),
    /** Flags of the processor that bear on isolation: `sev_snp`, `tdx_guest`, `smep` … */
    processorFlags: z.array(z.string()).default([]),
    /** IOMMU units that the kernel uses; absent where /sys does not say. */
    iommuUnits: z.number().optional(),
    /** Groups of devices by the kind of their translation domain: `DMA`, `DMA-FQ`, `identity`. */
    iommuGroups: z.record(z.string(), z.number()).optional(),
    /** Firmware resources with their versions (ESRT). */
    firmwareResources: z
      .array(
        z.object({
          class: z.string(),
          version: z.number(),
          lowestSupported: z.number(),
          lastAttemptStatus: z.number(),
        }),
      )
      .default([]),
    /** Interfaces to the machine's own management controller. */
    managementController: z.array(z.string()).default([]),
    /** Whether a new USB device is let in by default, by root hub. */
    usbAuthorised: z.record(z.string(), z.string()).default({}),
    /** Security level of each Thunderbolt domain. */
    thunderbolt: z.record(z.string(), z.string()).default({}),
    /** Permissions of the TPM's device files: octal mode, numeric owner and group. */
    tpmDevices: z
      .array(z.object({ path: z.string(), mode: z.string(), owner: z.number(), group: z.number() }))
      .default([]),
  }),
});
