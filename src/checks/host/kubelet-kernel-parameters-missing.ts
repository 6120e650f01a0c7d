import { defineCheck, notApplicable } from "../../core/check.ts";
import { isKubernetesNode, roles, rolesInForce } from "../../facts/host/roles.ts";
import { sysctl } from "../../facts/host/sysctl.ts";
import { judgeParameters, oneOf } from "./parameters.ts";

export default defineCheck({
  title: "Kernel parameters differ from what the kubelet expects",
  severity: "medium",
  clauses: ["4.5.1-b", "4.5.3-g"],
  why: "A kubelet that protects kernel defaults refuses to start, and one that does not changes the host's kernel parameters by itself.",
  fix: "Set vm.overcommit_memory=1, vm.panic_on_oom=0, kernel.panic=10, kernel.panic_on_oops=1, kernel.keys.root_maxkeys=1000000 and kernel.keys.root_maxbytes=25000000 in a file of /etc/sysctl.d, and protectKernelDefaults: true in the kubelet's configuration.",
  needs: { sysctl, roles },
  evaluate({ sysctl, roles }, { settings }) {
    if (!isKubernetesNode(rolesInForce(roles, settings))) return notApplicable("no kubelet on the host");
    return judgeParameters(sysctl, [
      oneOf("vm.overcommit_memory", "1"),
      oneOf("vm.panic_on_oom", "0"),
      oneOf("kernel.panic", "10"),
      oneOf("kernel.panic_on_oops", "1"),
      oneOf("kernel.keys.root_maxkeys", "1000000"),
      oneOf("kernel.keys.root_maxbytes", "25000000"),
    ]);
  },
  examples: {
    pass: [
      {
        sysctl: { values: { "vm.overcommit_memory": "1", "kernel.panic": "10" } },
        roles: { roles: [{ role: "kubernetes-worker", shownBy: ["process kubelet"] }] },
      },
    ],
    fail: [
      {
        sysctl: { values: { "vm.overcommit_memory": "0" } },
        roles: { roles: [{ role: "kubernetes-worker", shownBy: ["process kubelet"] }] },
      },
    ],
    notApplicable: [{ sysctl: { values: {} }, roles: { roles: [] } }],
  },
});
