import { defineCheck, fail, notApplicable, pass, unknown } from "../../core/check.ts";
import { tpm } from "../../facts/hardware/tpm.ts";

export default defineCheck({
  title: "No log of what the firmware measured",
  severity: "medium",
  clauses: ["4.6-d", "4.6-b"],
  why: "Registers of a TPM can be compared with expected values only by replaying the log of what went into them.",
  fix: "Start the host with UEFI firmware that passes the TCG event log on; an empty log on a cloud machine is the provider's to mend.",
  needs: { tpm },
  evaluate({ tpm: { present, eventLog } }) {
    if (!present) return notApplicable("the host has no TPM");
    const at = "/sys/kernel/security/tpm0/binary_bios_measurements";
    if (eventLog === undefined)
      return unknown(
        "the event log cannot be seen",
        "mount -t securityfs securityfs /sys/kernel/security, then assess again with root's rights",
      );
    return eventLog
      ? pass({ at, found: "there" })
      : fail({ at, found: "absent or empty", expected: "the events behind the registers" });
  },
  examples: {
    pass: [{ tpm: { present: true, eventLog: true, lookedAt: [] } }],
    fail: [{ tpm: { present: true, eventLog: false, lookedAt: [] } }],
    notApplicable: [{ tpm: { present: false, lookedAt: [] } }],
    unknown: [{ tpm: { present: true, lookedAt: [] } }],
  },
});
