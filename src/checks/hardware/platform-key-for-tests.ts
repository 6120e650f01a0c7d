import { defineCheck, fail, notApplicable, pass, unknown } from "../../core/check.ts";
import { boot } from "../../facts/hardware/boot.ts";

export default defineCheck({
  title: "Platform key of the firmware is a test key",
  severity: "critical",
  clauses: ["4.6-i", "4.6-a"],
  why: "The private half of test keys has been published; whoever holds it can replace the keys of Secure Boot.",
  fix: "Update the firmware, or enrol a platform key of your own.",
  needs: { boot },
  evaluate({ boot: { firmware, testKeyMarks, variablesReason } }) {
    if (firmware === "other") return notApplicable("the machine was not started by UEFI firmware");
    if (testKeyMarks === undefined)
      return unknown(
        variablesReason ?? "the platform key could not be read",
        "mount -t efivarfs efivarfs /sys/firmware/efi/efivars, then assess again",
      );
    const at = "/sys/firmware/efi/efivars/PK";
    return testKeyMarks.length > 0
      ? fail({ at, found: testKeyMarks.join(", "), expected: "a key of the maker's or the owner's" })
      : pass({ at, found: "no test mark" });
  },
  examples: {
    pass: [{ boot: { firmware: "uefi", testKeyMarks: [] } }],
    fail: [{ boot: { firmware: "uefi", testKeyMarks: ["DO NOT TRUST"] } }],
    notApplicable: [{ boot: { firmware: "other" } }],
    unknown: [{ boot: { firmware: "uefi" } }],
  },
});
