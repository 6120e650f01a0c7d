import { defineCheck, failEach, unknown } from "../../core/check.ts";
import { cpuVulnerabilities } from "../../facts/hardware/cpu-vulnerabilities.ts";

export default defineCheck({
  title: "Processor flaws without mitigation",
  severity: "high",
  clauses: ["4.5.1-f", "4.6-a"],
  why: "Containers share processor cores as they share the kernel; an open flaw lets one read what belongs to another.",
  fix: "Install current microcode and kernel, remove mitigations=off and its like from the kernel command line, and start the host anew; on a virtual machine the provider's host must be updated too.",
  needs: { cpu: cpuVulnerabilities },
  evaluate({ cpu: { flaws, threadsShareCores } }) {
    const entries = Object.entries(flaws);
    if (entries.length === 0) return unknown("the kernel lists no processor flaws", "use Linux 4.15 or newer");
    const items = entries.flatMap(([name, state]) => {
      const base = {
        at: `/sys/devices/system/cpu/vulnerabilities/${name}`,
        found: state,
        expected: "Mitigation or Not affected",
        key: name,
      };
      if (state.startsWith("Vulnerable")) return [base];
      if (state.includes("SMT vulnerable") && threadsShareCores !== false)
        return [{ ...base, severity: "medium" as const }];
      return [];
    });
    const undecided = entries.filter(([, state]) => state.startsWith("Unknown"));
    if (items.length === 0 && undecided.length > 0) {
      return unknown(
        undecided.map(([name, state]) => `${name}: ${state}`).join("; "),
        "ask whoever runs the hypervisor",
      );
    }
    return failEach(items, {
      at: "/sys/devices/system/cpu/vulnerabilities",
      found: `${entries.length} flaws, each mitigated or not present`,
    });
  },
  examples: {
    pass: [{ cpu: { flaws: { meltdown: "Not affected", spectre_v2: "Mitigation: Enhanced IBRS" } } }],
    fail: [
      { cpu: { flaws: { spec_store_bypass: "Vulnerable" } } },
      { cpu: { flaws: { mds: "Mitigation: Clear CPU buffers; SMT vulnerable" }, threadsShareCores: true } },
    ],
    unknown: [
      { cpu: { flaws: { mmio_stale_data: "Unknown: Dependent on hypervisor status" } } },
      { cpu: { flaws: {} } },
    ],
  },
});
