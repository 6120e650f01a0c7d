import { defineCheck, fail, notApplicable, pass, unknown } from "../../core/check.ts";
import { platform } from "../../facts/hardware/platform.ts";

export default defineCheck({
  title: "Devices reach all memory (no IOMMU)",
  severity: "high",
  clauses: ["4.6-a"],
  why: "A device without translation reads and writes any memory, past kernel and containers.",
  fix: "Enable VT-d or AMD-Vi in the firmware's settings and boot with intel_iommu=on or iommu=force.",
  needs: { platform },
  evaluate({ platform: { virtual, iommuUnits, iommuGroups } }) {
    if (virtual === true)
      return notApplicable("the machine is virtual: whoever runs the hypervisor answers for its devices");
    if (iommuUnits === undefined) return unknown("/sys/class/iommu could not be read", "mount /sys of the host");
    const at = "/sys/class/iommu";
    if (iommuUnits === 0) return fail({ at, found: "no IOMMU in use", expected: "one unit or more" });
    const identity = iommuGroups?.["identity"] ?? 0;
    if (identity > 0)
      return fail({
        at: "/sys/kernel/iommu_groups",
        found: `${identity} groups pass addresses through`,
        expected: "translated (DMA or DMA-FQ)",
        severity: "medium",
      });
    return pass({ at, found: `${iommuUnits} units` });
  },
  examples: {
    pass: [{ platform: { virtual: false, iommuUnits: 2, iommuGroups: { DMA: 30 } } }],
    fail: [
      { platform: { virtual: false, iommuUnits: 0 } },
      { platform: { virtual: false, iommuUnits: 2, iommuGroups: { identity: 12 } } },
    ],
    notApplicable: [{ platform: { virtual: true } }],
    unknown: [{ platform: { virtual: false } }],
  },
});
