import { fail, pass, unknown, type Verdict } from "../../core/check.ts";
import { readFrom } from "../../facts/orchestrator/evidence.ts";
import type { NamespaceNetwork } from "../../facts/orchestrator/namespace-network.ts";
import type { Workload } from "../../facts/orchestrator/workload.ts";

/** Whether network policies restrict the traffic of a workload in one direction. Policies that cannot be evaluated leave it open; the host's network is restricted by none. */
export function trafficVerdict(
  direction: "ingress" | "egress",
  { workload, namespaceNetwork }: { readonly workload: Workload; readonly namespaceNetwork: NamespaceNetwork },
): Verdict {
  const network = namespaceNetwork.workloads.find((item) => item.kind === workload.kind && item.name === workload.name);
  if (network === undefined) return unknown("the network policies were not read for this workload");
  const { [`${direction}RestrictedBy` as const]: restrictedBy, [`${direction}OpenedBy` as const]: openedBy } = network;
  const expected = `a policy that restricts ${direction}`;
  if (workload.hostNetwork)
    return fail({
      ...readFrom(workload.origin, "hostNetwork"),
      found: "on the host network, where no policy applies",
      expected,
    });
  const labels = readFrom(workload.origin, "labels");
  if (restrictedBy.length > 0) return pass({ ...labels, found: restrictedBy, expected });
  if (namespaceNetwork.unevaluated.length > 0)
    return unknown(
      `policies of other kinds may restrict it: ${namespaceNetwork.unevaluated.join(", ")}`,
      "add a NetworkPolicy, which every network plugin reads",
    );
  const found =
    openedBy.length > 0
      ? `policies ${openedBy.join(", ")} allow everything`
      : `none of ${namespaceNetwork.policies} policies of the namespace selects it for ${direction}`;
  return fail({ ...labels, found, expected });
}
