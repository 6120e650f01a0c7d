import { defineCheck, fail, pass, unknown } from "../../core/check.ts";
import { kernel } from "../../facts/host/kernel.ts";

export default defineCheck({
  title: "Unsigned kernel modules can be loaded",
  severity: "medium",
  clauses: ["4.5.1-b", "8176-3.1-b", "8176-4.2-a"],
  why: "Whoever becomes root, in a privileged container too, can put code into the kernel that all containers share.",
  fix: "Add module.sig_enforce=1 to the kernel command line, or set kernel.modules_disabled=1 once all modules are loaded.",
  needs: { kernel },
  evaluate({ kernel: { modules, lockdown } }) {
    if (modules === undefined)
      return unknown("whether the kernel loads modules cannot be seen", "mount /proc of the host");
    if (!modules.supported) return pass({ at: "/proc/modules", found: "the kernel cannot load modules" });
    if (modules.loadingDisabled === true) return pass({ at: "/proc/sys/kernel/modules_disabled", found: 1 });
    if (modules.signaturesEnforced === true)
      return pass({ at: "/sys/module/module/parameters/sig_enforce", found: "Y" });
    if (lockdown !== undefined && lockdown !== "none")
      return pass({ at: "/sys/kernel/security/lockdown", found: lockdown });
    if (modules.signaturesEnforced === undefined && modules.loadingDisabled === undefined)
      return unknown(
        "neither signature enforcement nor the loading switch can be seen",
        "mount /proc and /sys of the host",
      );
    return fail({
      at: "/sys/module/module/parameters/sig_enforce",
      found: "signatures not enforced, loading open, lockdown off",
      expected: "one of the three",
    });
  },
  examples: {
    pass: [
      { kernel: { release: "6.12", modules: { supported: false } } },
      { kernel: { release: "6.12", modules: { supported: true, signaturesEnforced: true } } },
    ],
    fail: [
      {
        kernel: {
          release: "6.12",
          lockdown: "none",
          modules: { supported: true, loadingDisabled: false, signaturesEnforced: false },
        },
      },
    ],
    unknown: [{ kernel: { release: "6.12" } }],
  },
});
