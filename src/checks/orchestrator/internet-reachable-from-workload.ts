import { defineCheck, fail, pass, unknown } from "../../core/check.ts";
import { readFrom } from "../../facts/orchestrator/evidence.ts";
import { exampleNetwork, exampleWorkload } from "../../facts/orchestrator/example.ts";
import { namespaceNetwork } from "../../facts/orchestrator/namespace-network.ts";
import { workload } from "../../facts/orchestrator/workload.ts";

export default defineCheck({
  title: "Workload may connect to the internet",
  severity: "low",
  clauses: ["4.4.2-b"],
  why: "A way to any address is a way to carry data out of its zone and to be commanded from outside.",
  fix: "Name the addresses or pods in the egress rules instead of leaving `to` out or writing 0.0.0.0/0.",
  needs: { workload, namespaceNetwork },
  evaluate({ workload, namespaceNetwork }) {
    const network = namespaceNetwork.workloads.find(
      (item) => item.kind === workload.kind && item.name === workload.name,
    );
    if (network === undefined) return unknown("the network policies were not read for this workload");
    const expected = "egress to named addresses or pods only";
    const evidence = {
      ...readFrom(workload.origin, "labels"),
      found: network.egressPolicies.length === 0 ? "no egress policy" : network.egressPolicies,
      expected,
    };
    if (workload.hostNetwork) return fail({ ...evidence, found: "on the host network, where no policy applies" });
    if (network.egressToInternet && namespaceNetwork.unevaluated.length > 0)
      return unknown(`policies of other kinds may restrict it: ${namespaceNetwork.unevaluated.join(", ")}`);
    return network.egressToInternet ? fail(evidence) : pass(evidence);
  },
  examples: {
    pass: [
      {
        workload: exampleWorkload(),
        namespaceNetwork: exampleNetwork(
          { egressPolicies: ["cart"], egressRestrictedBy: ["cart"], egressToInternet: false },
          { policies: 1 },
        ),
      },
    ],
    fail: [
      {
        workload: exampleWorkload(),
        namespaceNetwork: exampleNetwork(
          { egressPolicies: ["cart"], egressRestrictedBy: ["cart"], egressToInternet: true },
          { policies: 1 },
        ),
      },
    ],
    unknown: [
      {
        workload: exampleWorkload(),
        namespaceNetwork: exampleNetwork({}, { unevaluated: ["CiliumNetworkPolicy/cart"] }),
      },
    ],
  },
});
