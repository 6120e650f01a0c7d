import { defineCheck } from "../../core/check.ts";
import { sysctl } from "../../facts/host/sysctl.ts";
import { judgeParameters, oneOf } from "./parameters.ts";

export default defineCheck({
  title: "Kernel pointers readable by unprivileged users",
  severity: "medium",
  clauses: ["4.5.1-b", "8176-4.1-a"],
  why: "Kernel addresses let an attacker in a container defeat address-space randomisation.",
  fix: "Set kernel.kptr_restrict to 1 or 2 in a file of /etc/sysctl.d.",
  needs: { sysctl },
  evaluate: ({ sysctl }) => judgeParameters(sysctl, [oneOf("kernel.kptr_restrict", "1", "2")]),
  examples: {
    pass: [{ sysctl: { values: { "kernel.kptr_restrict": "1" } } }],
    fail: [{ sysctl: { values: { "kernel.kptr_restrict": "0" } } }],
    unknown: [
      { sysctl: { values: { "kernel.ostype": "Linux" }, unreadable: { "kernel.kptr_restrict": "may not be read" } } },
    ],
  },
});
