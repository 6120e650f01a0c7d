import { defineCheck } from "../../core/check.ts";
import { exampleNetwork, exampleWorkload } from "../../facts/orchestrator/example.ts";
import { namespaceNetwork } from "../../facts/orchestrator/namespace-network.ts";
import { workload } from "../../facts/orchestrator/workload.ts";
import { trafficVerdict } from "./traffic-verdict.ts";

export default defineCheck({
  title: "Traffic to a workload not restricted",
  severity: "medium",
  clauses: ["4.3.3-b"],
  why: "Where every pod may connect to every other, one that is broken into reaches all, whatever their sensitivity. A policy that allows everything restricts nothing.",
  fix: "Add a NetworkPolicy that denies ingress by default, and one for each connection that is needed.",
  references: ["CIS Kubernetes 1.10.0 5.3.2"],
  needs: { workload, namespaceNetwork },
  evaluate: (given) => trafficVerdict("ingress", given),
  examples: {
    pass: [
      {
        workload: exampleWorkload(),
        namespaceNetwork: exampleNetwork({ ingressPolicies: ["cart"], ingressRestrictedBy: ["cart"] }, { policies: 1 }),
      },
    ],
    fail: [
      { workload: exampleWorkload(), namespaceNetwork: exampleNetwork() },
      {
        workload: exampleWorkload(),
        namespaceNetwork: exampleNetwork({ ingressPolicies: ["all"], ingressOpenedBy: ["all"] }, { policies: 1 }),
      },
      { workload: exampleWorkload({ hostNetwork: true }), namespaceNetwork: exampleNetwork({ hostNetwork: true }) },
    ],
    unknown: [
      {
        workload: exampleWorkload(),
        namespaceNetwork: exampleNetwork({}, { unevaluated: ["CiliumNetworkPolicy/cart"] }),
      },
    ],
  },
});
