import { defineCheck, fail, pass, unknown } from "../../core/check.ts";
import { kernel } from "../../facts/host/kernel.ts";

export default defineCheck({
  title: "Kernel lockdown off",
  severity: "medium",
  clauses: ["4.5.1-b", "4.6-i", "8176-3.1-b"],
  why: "Without lockdown root can change the running kernel, so Secure Boot ends where root begins.",
  fix: "Add lockdown=integrity to the kernel command line.",
  needs: { kernel },
  evaluate({ kernel: { lockdown } }) {
    if (lockdown === undefined) {
      return unknown(
        "the lockdown mode cannot be seen: securityfs is not mounted, or the kernel lacks it",
        "mount -t securityfs securityfs /sys/kernel/security, then assess again",
      );
    }
    const evidence = { at: "/sys/kernel/security/lockdown", found: lockdown, expected: "integrity or confidentiality" };
    return lockdown === "none" ? fail(evidence) : pass(evidence);
  },
  examples: {
    pass: [{ kernel: { release: "6.12", lockdown: "integrity" } }],
    fail: [{ kernel: { release: "6.12", lockdown: "none" } }],
    unknown: [{ kernel: { release: "6.12" } }],
  },
});
