import { defineCheck, fail, pass, unknown } from "../../core/check.ts";
import { boot } from "../../facts/hardware/boot.ts";

export default defineCheck({
  title: "Kernel runs files whatever their signature (IMA appraisal off)",
  severity: "low",
  clauses: ["4.6-f"],
  why: "Measuring tells afterwards what ran; appraisal keeps a changed program from running at all.",
  fix: "Sign the system's files, load the key, and boot with ima_policy=appraise_tcb ima_appraise=enforce, or load a policy with appraise rules.",
  needs: { boot },
  evaluate({ boot: { imaReason, imaAppraises, imaArguments: words } }) {
    const weak = words.find((word) => /^ima_appraise=(log|fix|off)$/.test(word));
    const asked = words.find(
      (word) => /^ima_policy=.*(appraise_tcb|secure_boot)/.test(word) || word === "ima_appraise_tcb",
    );
    const expected = "a policy that appraises and enforces";
    if (weak !== undefined) return fail({ at: "/proc/cmdline", found: weak, expected });
    if (asked !== undefined) return pass({ at: "/proc/cmdline", found: asked });
    if (imaAppraises !== undefined) {
      const evidence = {
        at: "/sys/kernel/security/ima/policy",
        found: imaAppraises ? "appraise rules are loaded" : "no appraise rule is loaded",
        expected,
      };
      return imaAppraises ? pass(evidence) : fail(evidence);
    }
    if (imaReason?.startsWith("the kernel has no"))
      return fail({ at: "/sys/kernel/security", found: imaReason, expected });
    return unknown(
      imaReason ?? "the kernel does not show its policy",
      "mount -t securityfs securityfs /sys/kernel/security, then assess again with root's rights",
    );
  },
  examples: {
    pass: [
      { boot: { firmware: "uefi", imaAppraises: true } },
      { boot: { firmware: "uefi", imaArguments: ["ima_policy=appraise_tcb"] } },
    ],
    fail: [
      { boot: { firmware: "uefi", imaAppraises: false } },
      { boot: { firmware: "uefi", imaAppraises: true, imaArguments: ["ima_appraise=log"] } },
    ],
    unknown: [{ boot: { firmware: "uefi", imaReason: "securityfs is not mounted on /sys/kernel/security" } }],
  },
});
