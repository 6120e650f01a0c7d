import { defineCheck, failEach, unknown } from "../../core/check.ts";
import type { Severity } from "../../core/severity.ts";
import { kernel } from "../../facts/host/kernel.ts";

/** Bits of /proc/sys/kernel/tainted (admin-guide/tainted-kernels) that bear on trust, by bit number. */
const bits: Readonly<Record<number, readonly [Severity, string]>> = {
  0: ["low", "a proprietary module was loaded"],
  1: ["high", "a module was loaded by force"],
  3: ["high", "a module was unloaded by force"],
  4: ["medium", "the processor reported a machine check"],
  5: ["medium", "a bad page was met"],
  6: ["medium", "a user program asked for the taint"],
  7: ["medium", "the kernel oopsed"],
  8: ["medium", "an ACPI table was overridden"],
  12: ["low", "a module from outside the kernel tree was loaded"],
  13: ["high", "an unsigned module was loaded"],
  14: ["low", "a soft lockup occurred"],
  18: ["medium", "the kernel was modified in memory by a test"],
};

export default defineCheck({
  title: "Kernel state is tainted",
  severity: "medium",
  clauses: ["4.5.3-g", "4.6-a"],
  why: "Unsigned or forced modules and faults mean that the running kernel is no longer the one that its maker tested.",
  fix: "Remove the module named in the kernel log (dmesg | grep -i taint) and start the host anew.",
  needs: { kernel },
  evaluate({ kernel: { tainted } }) {
    if (tainted === undefined) return unknown("/proc/sys/kernel/tainted could not be read", "mount /proc of the host");
    const items = Object.entries(bits)
      .filter(([bit]) => Math.floor(tainted / 2 ** Number(bit)) % 2 === 1)
      .map(([bit, [severity, meaning]]) => ({
        at: "/proc/sys/kernel/tainted",
        found: meaning,
        expected: "not tainted",
        key: `taint ${bit}`,
        severity,
      }));
    return failEach(items, { at: "/proc/sys/kernel/tainted", found: tainted });
  },
  examples: {
    pass: [{ kernel: { release: "6.12", tainted: 0 } }],
    fail: [{ kernel: { release: "6.12", tainted: 12_289 } }],
    unknown: [{ kernel: { release: "6.12" } }],
  },
});
