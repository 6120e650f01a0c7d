import { defineCheck } from "../../core/check.ts";
import { sysctl } from "../../facts/host/sysctl.ts";
import { judgeParameters, oneOf } from "./parameters.ts";

export default defineCheck({
  title: "Unprivileged users may load BPF programs",
  severity: "high",
  clauses: ["4.5.1-b"],
  why: "The BPF verifier has had many flaws that turn an unprivileged program into control of the shared kernel.",
  fix: "Set kernel.unprivileged_bpf_disabled to 1 or 2 and net.core.bpf_jit_harden to 2 in a file of /etc/sysctl.d.",
  needs: { sysctl },
  evaluate: ({ sysctl }) =>
    judgeParameters(sysctl, [
      oneOf("kernel.unprivileged_bpf_disabled", "1", "2"),
      { ...oneOf("net.core.bpf_jit_harden", "2", "1"), severity: "low" },
    ]),
  examples: {
    pass: [{ sysctl: { values: { "kernel.unprivileged_bpf_disabled": "2", "net.core.bpf_jit_harden": "2" } } }],
    fail: [
      { sysctl: { values: { "kernel.unprivileged_bpf_disabled": "0" } } },
      { sysctl: { values: { "kernel.unprivileged_bpf_disabled": "1", "net.core.bpf_jit_harden": "0" } } },
    ],
    notApplicable: [{ sysctl: { values: { "kernel.ostype": "Linux" } } }],
  },
});
