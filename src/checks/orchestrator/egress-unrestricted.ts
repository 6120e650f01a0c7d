import { defineCheck, fail, pass, unknown } from "../../core/check.ts";
import { readFrom } from "../../facts/orchestrator/evidence.ts";
import { exampleNetwork, exampleWorkload } from "../../facts/orchestrator/example.ts";
import { namespaceNetwork } from "../../facts/orchestrator/namespace-network.ts";
import { workload } from "../../facts/orchestrator/workload.ts";

export default defineCheck({
  title: "Traffic from a workload not restricted",
  severity: "medium",
  clauses: ["4.4.2-a"],
  why: "A workload that may connect to anywhere can fetch tools, carry data away and attack its neighbours. A policy that allows everything restricts nothing.",
  fix: "Add a NetworkPolicy with `policyTypes: [Egress]` that names what the workload connects to.",
  references: ["CIS Kubernetes 1.10.0 5.3.2"],
  needs: { workload, namespaceNetwork },
  evaluate({ workload, namespaceNetwork }) {
    const network = namespaceNetwork.workloads.find(
      (item) => item.kind === workload.kind && item.name === workload.name,
    );
    if (network === undefined) return unknown("the network policies were not read for this workload");
    const expected = "a policy that restricts egress";
    if (workload.hostNetwork)
      return fail({
        ...readFrom(workload.origin, "hostNetwork"),
        found: "on the host network, where no policy applies",
        expected,
      });
    if (network.egressRestrictedBy.length > 0)
      return pass({ ...readFrom(workload.origin, "labels"), found: network.egressRestrictedBy, expected });
    if (namespaceNetwork.unevaluated.length > 0)
      return unknown(
        `policies of other kinds may restrict it: ${namespaceNetwork.unevaluated.join(", ")}`,
        "add a NetworkPolicy, which every network plugin reads",
      );
    const found =
      network.egressOpenedBy.length > 0
        ? `policies ${network.egressOpenedBy.join(", ")} allow everything`
        : `none of ${namespaceNetwork.policies} policies of the namespace selects it for egress`;
    return fail({ ...readFrom(workload.origin, "labels"), found, expected });
  },
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
