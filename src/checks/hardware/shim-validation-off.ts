import { defineCheck, fail, notApplicable, pass, unknown } from "../../core/check.ts";
import { boot } from "../../facts/hardware/boot.ts";

export default defineCheck({
  title: "Boot loader told not to verify what it starts",
  severity: "critical",
  clauses: ["4.6-i"],
  why: "Secure Boot says it is on while shim loads any kernel.",
  fix: "mokutil --enable-validation, then start the host anew and confirm at the console.",
  needs: { boot },
  evaluate({ boot: { firmware, shimValidationDisabled, variablesReason } }) {
    if (firmware === "other") return notApplicable("the machine was not started by UEFI firmware");
    if (shimValidationDisabled === undefined)
      return unknown(
        variablesReason ?? "the firmware's variables could not be seen",
        "mount -t efivarfs efivarfs /sys/firmware/efi/efivars, then assess again",
      );
    const evidence = {
      at: "/sys/firmware/efi/efivars/MokSBStateRT",
      found: shimValidationDisabled ? "validation disabled" : "validation on",
      expected: "validation on",
    };
    return shimValidationDisabled ? fail(evidence) : pass(evidence);
  },
  examples: {
    pass: [{ boot: { firmware: "uefi", shimValidationDisabled: false } }],
    fail: [{ boot: { firmware: "uefi", shimValidationDisabled: true } }],
    notApplicable: [{ boot: { firmware: "other" } }],
    unknown: [{ boot: { firmware: "uefi" } }],
  },
});
