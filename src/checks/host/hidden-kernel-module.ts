import { defineCheck, failEach, notApplicable } from "../../core/check.ts";
import { kernelModules } from "../../facts/host/kernel-modules.ts";

export default defineCheck({
  title: "Kernel module is hidden",
  severity: "critical",
  clauses: ["4.5.3-g", "4.5.5-a"],
  why: "A module that took itself off the list of modules is how a rootkit stays unseen, and the kernel is what every container shares.",
  fix: "Isolate the host, keep its memory and disk for investigation, and replace it by a new instance.",
  needs: { modules: kernelModules },
  evaluate({ modules: { listed, hidden } }) {
    if (listed === undefined) return notApplicable("the kernel has no modules");
    return failEach(
      hidden.map((name) => ({
        at: `/sys/module/${name}`,
        found: "loaded, but /proc/modules leaves it out",
        expected: "the same modules in both",
        key: name,
      })),
      { at: "/proc/modules, /sys/module", found: `${listed} modules, the same in both` },
    );
  },
  examples: {
    pass: [{ modules: { listed: 40 } }],
    fail: [{ modules: { listed: 40, hidden: ["reptile"] } }],
    notApplicable: [{ modules: {} }],
  },
});
