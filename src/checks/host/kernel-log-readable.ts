import { defineCheck } from "../../core/check.ts";
import { sysctl } from "../../facts/host/sysctl.ts";
import { judgeParameters, oneOf } from "./parameters.ts";

export default defineCheck({
  title: "Kernel log readable by unprivileged users",
  severity: "medium",
  clauses: ["4.5.1-b", "8176-5.3-b"],
  why: "The kernel log shows addresses, devices and faults of the whole host, to containers too.",
  fix: "Set kernel.dmesg_restrict to 1 in a file of /etc/sysctl.d.",
  needs: { sysctl },
  evaluate: ({ sysctl }) => judgeParameters(sysctl, [oneOf("kernel.dmesg_restrict", "1")]),
  examples: {
    pass: [{ sysctl: { values: { "kernel.dmesg_restrict": "1" } } }],
    fail: [{ sysctl: { values: { "kernel.dmesg_restrict": "0" } } }],
  },
});
