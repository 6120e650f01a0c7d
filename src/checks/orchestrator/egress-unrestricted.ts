import { defineCheck } from "../../core/check.ts";
import { exampleNetwork, exampleWorkload } from "../../facts/orchestrator/example.ts";
import { namespaceNetwork } from "../../facts/orchestrator/namespace-network.ts";
import { workload } from "../../facts/orchestrator/workload.ts";
import { trafficVerdict } from "./traffic-verdict.ts";

export default defineCheck({
  title: "Traffic from a workload not restricted",
  severity: "medium",
  clauses: ["4.4.2-a"],
  why: "A workload that may connect to anywhere can fetch tools, carry data away and attack its neighbours. A policy that allows everything restricts nothing.",
  fix: "Add a NetworkPolicy with `policyTypes: [Egress]` that names what the workload connects to.",
  references: ["CIS Kubernetes 1.10.0 5.3.2"],
  needs: { workload, namespaceNetwork },
  evaluate: (given) => trafficVerdict("egress", given),
  examples: {
    pass: [
      {
        workload: exampleWorkload(),
        namespaceNetwork: exampleNetwork({ egressPolicies: ["cart"], egressRestrictedBy: ["cart"] }, { policies: 1 }),
      },
    ],
    fail: [
      { workload: exampleWorkload(), namespaceNetwork: exampleNetwork() },
      {
        workload: exampleWorkload(),
        namespaceNetwork: exampleNetwork({ egressPolicies: ["all"], egressOpenedBy: ["all"] }, { policies: 1 }),
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
