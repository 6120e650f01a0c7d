import { defineCheck, fail, pass, unknown } from "../../core/check.ts";
import { boot } from "../../facts/hardware/boot.ts";

export default defineCheck({
  title: "Kernel measures no files (IMA)",
  severity: "medium",
  clauses: ["4.6-f", "4.5.3-g"],
  why: "Measured boot ends with the kernel; without the integrity measurement architecture nothing tells which programs ran after it.",
  fix: "Add ima_policy=tcb to the kernel command line, or load a policy for the runtimes into /sys/kernel/security/ima/policy.",
  needs: { boot },
  evaluate({ boot: { imaMeasurements, imaReason } }) {
    const at = "/sys/kernel/security/ima/runtime_measurements_count";
    if (imaMeasurements !== undefined) {
      // One entry is the boot aggregate, which the kernel adds without any policy.
      return imaMeasurements > 1
        ? pass({ at, found: `${imaMeasurements} measurements` })
        : fail({
            at,
            found: `${imaMeasurements} measurements: no policy is loaded`,
            expected: "files measured by a policy",
          });
    }
    if (imaReason?.startsWith("the kernel has no"))
      return fail({ at, found: imaReason, expected: "files measured by a policy" });
    return unknown(
      imaReason ?? "the measurement list could not be seen",
      "mount -t securityfs securityfs /sys/kernel/security, then assess again with root's rights",
    );
  },
  examples: {
    pass: [{ boot: { firmware: "uefi", imaMeasurements: 1500 } }],
    fail: [
      { boot: { firmware: "uefi", imaMeasurements: 1 } },
      { boot: { firmware: "uefi", imaReason: "the kernel has no integrity measurement architecture" } },
    ],
    unknown: [{ boot: { firmware: "other", imaReason: "securityfs is not mounted on /sys/kernel/security" } }],
  },
});
