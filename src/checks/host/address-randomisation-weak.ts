import { defineCheck } from "../../core/check.ts";
import { sysctl } from "../../facts/host/sysctl.ts";
import { atLeastNumber, judgeParameters, oneOf } from "./parameters.ts";

export default defineCheck({
  title: "Address-space randomisation off or weak",
  severity: "high",
  clauses: ["4.5.1-b", "8176-4.1-a", "8176-4.1-b"],
  why: "Without randomised addresses a memory flaw in any program is far easier to exploit.",
  fix: "Set kernel.randomize_va_space to 2 and vm.mmap_min_addr to 65536 in a file of /etc/sysctl.d.",
  references: ["CIS Debian Linux 12 1.1.0 1.5.1", "CIS Red Hat Enterprise Linux 9 2.0.0 1.5.1"],
  needs: { sysctl },
  evaluate: ({ sysctl }) =>
    judgeParameters(sysctl, [
      oneOf("kernel.randomize_va_space", "2"),
      { ...atLeastNumber("vm.mmap_min_addr", 32_768, 65_536), severity: "medium" },
    ]),
  examples: {
    pass: [{ sysctl: { values: { "kernel.randomize_va_space": "2", "vm.mmap_min_addr": "65536" } } }],
    fail: [
      { sysctl: { values: { "kernel.randomize_va_space": "0" } } },
      { sysctl: { values: { "kernel.randomize_va_space": "2", "vm.mmap_min_addr": "0" } } },
    ],
  },
});
