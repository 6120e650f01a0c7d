import { defineCheck, fail, pass, unknown } from "../../core/check.ts";
import { boot } from "../../facts/hardware/boot.ts";

export default defineCheck({
  title: "Secure Boot off or in setup mode",
  severity: "high",
  clauses: ["4.6-i", "4.6-b"],
  why: "Without verified boot whoever once writes to the disk decides which kernel all containers share from then on.",
  fix: "Switch Secure Boot on in the firmware's settings with enrolled keys; on a virtual machine choose UEFI with Secure Boot.",
  needs: { boot },
  evaluate({ boot: { firmware, secureBoot, setupMode, variablesReason } }) {
    if (firmware === "other")
      return fail({
        at: "/sys/firmware/efi",
        found: "the machine was not started by UEFI firmware",
        expected: "UEFI with Secure Boot",
      });
    if (secureBoot === undefined)
      return unknown(
        variablesReason ?? "the firmware does not say whether Secure Boot is on",
        "mount -t efivarfs efivarfs /sys/firmware/efi/efivars, then assess again",
      );
    const evidence = {
      at: "/sys/firmware/efi/efivars",
      found: `SecureBoot ${secureBoot ? "on" : "off"}${setupMode ? ", setup mode" : ""}`,
      expected: "on, in user mode",
    };
    return secureBoot && setupMode !== true ? pass(evidence) : fail(evidence);
  },
  examples: {
    pass: [{ boot: { firmware: "uefi", secureBoot: true, setupMode: false } }],
    fail: [
      { boot: { firmware: "uefi", secureBoot: false } },
      { boot: { firmware: "uefi", secureBoot: true, setupMode: true } },
      { boot: { firmware: "other" } },
    ],
    unknown: [{ boot: { firmware: "uefi" } }],
  },
});
