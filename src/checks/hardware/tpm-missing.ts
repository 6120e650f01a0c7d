import { defineCheck, fail, pass } from "../../core/check.ts";
import { tpm } from "../../facts/hardware/tpm.ts";

export default defineCheck({
  title: "No trusted platform module of version 2.0",
  severity: "medium",
  clauses: ["4.6-c", "4.6-b"],
  why: "Without a hardware root of trust nothing that the host says of its own boot can be believed.",
  fix: "Enable the TPM in the firmware's settings; on a virtual machine switch the virtual TPM on.",
  needs: { tpm },
  evaluate({ tpm: { present, version, lookedAt } }) {
    const at = lookedAt.join(", ");
    if (!present) return fail({ at, found: "none", expected: "TPM 2.0" });
    if (version === undefined)
      return {
        status: "unknown",
        reason: "a TPM is there, but the kernel does not say of which version",
        remedy: "mount /sys of the host (Linux 5.6 or newer)",
      };
    return version >= 2
      ? pass({ at, found: `TPM ${version}` })
      : fail({ at, found: `TPM ${version}`, expected: "TPM 2.0" });
  },
  examples: {
    pass: [{ tpm: { present: true, version: 2, lookedAt: ["/sys/class/tpm"] } }],
    fail: [
      { tpm: { present: false, lookedAt: ["/sys/class/tpm"] } },
      { tpm: { present: true, version: 1, lookedAt: ["/sys/class/tpm"] } },
    ],
    unknown: [{ tpm: { present: true, lookedAt: ["/dev/tpm0"] } }],
  },
});
