import { defineCheck } from "../../core/check.ts";
import { sysctl } from "../../facts/host/sysctl.ts";
import { atLeastNumber, judgeParameters, oneOf, type ParameterExpectation } from "./parameters.ts";

/** Magic SysRq is a bit mask: 4 keyboard, 16 sync, 32 read-only remount, 128 reboot are harmless; 1 stands for all (admin-guide/sysrq). */
const harmlessSysRq = 4 | 16 | 32 | 128;

const expectations: readonly ParameterExpectation[] = [
  atLeastNumber("kernel.perf_event_paranoid", 2, 3),
  {
    ...atLeastNumber("kernel.yama.ptrace_scope", 1),
    absent: "built without Yama, it lets every process trace all others of its user",
    severity: "low",
  },
  oneOf("vm.unprivileged_userfaultfd", "0"),
  { ...atLeastNumber("kernel.io_uring_disabled", 1), severity: "low" },
  oneOf("dev.tty.legacy_tiocsti", "0"),
  { ...oneOf("dev.tty.ldisc_autoload", "0"), severity: "low" },
  oneOf("kernel.kexec_load_disabled", "1"),
  {
    name: "kernel.sysrq",
    expected: "0 (or only the harmless bits 4, 16, 32, 128)",
    accepts: (value) => /^\d+$/.test(value) && (Number(value) & ~harmlessSysRq) === 0,
    severity: "low",
  },
];

export default defineCheck({
  title: "Kernel interfaces open that containers rarely need",
  severity: "medium",
  clauses: ["4.5.1-b", "8176-4.1-pre"],
  why: "Tracing, fault handling, replacing the kernel and the like have a record of flaws; closed to the unprivileged they cannot be used to leave a container.",
  fix: "Set the named parameters in a file of /etc/sysctl.d.",
  needs: { sysctl },
  references: ["CIS Red Hat Enterprise Linux 9 2.0.0 1.5.2", "CIS Debian Linux 12 1.1.0 1.5.2"],
  evaluate: ({ sysctl }) => judgeParameters(sysctl, expectations),
  examples: {
    pass: [
      {
        sysctl: {
          values: {
            "kernel.perf_event_paranoid": "3",
            "kernel.yama.ptrace_scope": "1",
            "vm.unprivileged_userfaultfd": "0",
            "kernel.kexec_load_disabled": "1",
            "kernel.sysrq": "176",
          },
        },
      },
    ],
    fail: [
      { sysctl: { values: { "kernel.perf_event_paranoid": "1" } } },
      { sysctl: { values: { "kernel.sysrq": "1" } } },
      { sysctl: { values: { "kernel.sysrq": "0" } } },
      { sysctl: { values: { "kernel.kexec_load_disabled": "0" } } },
    ],
  },
});
