import { defineCheck, fail, pass, unknown } from "../../core/check.ts";
import { readFrom } from "../../facts/orchestrator/evidence.ts";
import { exampleNetwork, exampleWorkload } from "../../facts/orchestrator/example.ts";
import { namespaceNetwork } from "../../facts/orchestrator/namespace-network.ts";
import { workload } from "../../facts/orchestrator/workload.ts";

export default defineCheck({
  title: "Traffic to a workload not restricted",
  severity: "medium",
  clauses: ["4.3.3-b"],
  why: "Where every pod may connect to every other, one that is broken into reaches all, whatever their sensitivity. A policy that allows everything restricts nothing.",
  fix: "Add a NetworkPolicy that denies ingress by default, and one for each connection that is needed.",
  references: ["CIS Kubernetes 1.10.0 5.3.2"],
  needs: { workload, namespaceNetwork },
  evaluate({ workload, namespaceNetwork }) {
    const network = namespaceNetwork.workloads.find(
      (item) => item.kind === workload.kind && item.name === workload.name,
    );
    if (network === undefined) return unknown("the network policies were not read for this workload");
    const expected = "a policy that restricts ingress";
    if (workload.hostNetwork)
      return fail({
        ...readFrom(workload.origin, "hostNetwork"),
        found: "on the host network, where no policy applies",
        expected,
      });
    if (network.ingressRestrictedBy.length > 0)
      return pass({ ...readFrom(workload.origin, "labels"), found: network.ingressRestrictedBy, expected });
    if (namespaceNetwork.unevaluated.length > 0)
      return unknown(
        `policies of other kinds may restrict it: ${namespaceNetwork.unevaluated.join(", ")}`,
        "add a NetworkPolicy, which every network plugin reads",
      );
    const found =
      network.ingressOpenedBy.length > 0
        ? `policies ${network.ingressOpenedBy.join(", ")} allow everything`
        : `none of ${namespaceNetwork.policies} policies of the namespace selects it for ingress`;
    return fail({ ...readFrom(workload.origin, "labels"), found, expected });
  },
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
