import { defineCheck, fail, pass, unknown } from "../../core/check.ts";
import { kernel } from "../../facts/host/kernel.ts";

export default defineCheck({
  title: "Equal pages of memory are merged between containers",
  severity: "low",
  clauses: ["4.5.1-b"],
  why: "Whether a page was merged can be measured, so one container can tell what another holds in memory.",
  fix: "echo 0 > /sys/kernel/mm/ksm/run, and disable ksm.service and ksmtuned.service.",
  needs: { kernel },
  evaluate({ kernel: { memoryMerging } }) {
    if (memoryMerging === undefined)
      return unknown("/sys/kernel/mm/ksm/run could not be read", "mount /sys of the host");
    const evidence = { at: "/sys/kernel/mm/ksm/run", found: memoryMerging ? "1" : "0", expected: "0" };
    return memoryMerging ? fail(evidence) : pass(evidence);
  },
  examples: {
    pass: [{ kernel: { release: "6.12", memoryMerging: false } }],
    fail: [{ kernel: { release: "6.12", memoryMerging: true } }],
    unknown: [{ kernel: { release: "6.12" } }],
  },
});
