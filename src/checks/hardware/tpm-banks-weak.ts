import { defineCheck, fail, notApplicable, pass, unknown } from "../../core/check.ts";
import { tpm } from "../../facts/hardware/tpm.ts";

export default defineCheck({
  title: "TPM measures with SHA-1 only, or not at all",
  severity: "high",
  clauses: ["4.6-b", "4.6-c"],
  why: "A bank that firmware never extended, or one whose hash can be forged, proves nothing about the boot.",
  fix: "Activate the SHA-256 bank in the firmware's settings (or with tpm2_pcrallocate) and start the host anew.",
  needs: { tpm },
  evaluate({ tpm: { present, banks } }) {
    if (!present) return notApplicable("the host has no TPM");
    const names = Object.keys(banks);
    if (names.length === 0)
      return unknown("the kernel shows no PCR bank", "use Linux 5.12 or newer, or read the banks with tpm2_pcrread");
    const at = "/sys/class/tpm/tpm0";
    const found = names.map((name) => `${name}: ${banks[name]} registers extended`).join(", ");
    const strong = names.filter((name) => name !== "sha1");
    if (strong.length === 0) return fail({ at, found, expected: "a bank of SHA-256 or stronger" });
    const empty = strong.filter((name) => banks[name] === 0);
    return empty.length === strong.length
      ? fail({ at, found, expected: "registers that firmware extended", severity: "critical" })
      : pass({ at, found });
  },
  examples: {
    pass: [{ tpm: { present: true, version: 2, banks: { sha256: 9 }, lookedAt: [] } }],
    fail: [
      { tpm: { present: true, version: 2, banks: { sha1: 9 }, lookedAt: [] } },
      { tpm: { present: true, version: 2, banks: { sha256: 0 }, lookedAt: [] } },
    ],
    notApplicable: [{ tpm: { present: false, lookedAt: [] } }],
    unknown: [{ tpm: { present: true, version: 2, lookedAt: [] } }],
  },
});
