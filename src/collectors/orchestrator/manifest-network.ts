import { defineCollector } from "../../core/collector.ts";
import { AppError } from "../../core/errors.ts";
import { namespaceNetwork } from "../../facts/orchestrator/namespace-network.ts";
import { isOtherNetworkPolicy, type NetworkPolicy, networkPolicyOf } from "../../formats/kubernetes/network-policy.ts";
import type { KubernetesObject } from "../../formats/kubernetes/objects.ts";
import { type WorkloadDescription, workloadOf } from "../../formats/kubernetes/workloads.ts";
import type { ManifestSet } from "../manifest-set.ts";

/** For each namespace with workloads: which policies select each of them and what they leave open. */
export default defineCollector<ManifestSet, typeof namespaceNetwork.schema>({
  reads: "manifests",
  provides: namespaceNetwork,
  *collect(set) {
    const { policies, broken } = readPolicies(set.objects);
    const others = set.objects.filter(isOtherNetworkPolicy);
    const workloads = readWorkloads(set.objects);
    for (const name of [...new Set(workloads.map((workload) => workload.namespace))].sort()) {
      const own = policies.filter((policy) => policy.namespace === name);
      const unevaluated = [...others, ...broken].filter(
        (object) => object.namespace === undefined || object.namespace === name,
      );
      yield {
        subject: set.namespaceSubject(name),
        source: "NetworkPolicy objects",
        value: {
          namespace: name,
          workloads: workloads
            .filter((workload) => workload.namespace === name)
            .map((workload) => networkOf(workload, own)),
          policies: own.length,
          unevaluated: unevaluated.map((object) => `${object.kind}/${object.name}`).sort(),
        },
      };
    }
  },
});

function readPolicies(objects: readonly KubernetesObject[]): { policies: NetworkPolicy[]; broken: KubernetesObject[] } {
  const policies: NetworkPolicy[] = [];
  const broken: KubernetesObject[] = [];
  for (const object of objects) {
    if (object.kind !== "NetworkPolicy" || isOtherNetworkPolicy(object)) continue;
    const policy = orUndefined(() => networkPolicyOf(object));
    if (policy) policies.push(policy);
    else broken.push(object);
  }
  return { policies, broken };
}

function readWorkloads(objects: readonly KubernetesObject[]): WorkloadDescription[] {
  return objects.flatMap((object) => orUndefined(() => workloadOf(object)) ?? []);
}

/** The value, or nothing where the object is damaged; the workload and container collectors report that. */
function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

function networkOf(workload: WorkloadDescription, policies: readonly NetworkPolicy[]) {
  const selecting = policies.filter((policy) => policy.selects(workload));
  const ingress = directionOf(selecting, "ingress");
  const egress = directionOf(selecting, "egress");
  return {
    kind: workload.kind,
    name: workload.name,
    ingressPolicies: ingress.selecting,
    egressPolicies: egress.selecting,
    ingressRestrictedBy: ingress.restricting,
    egressRestrictedBy: egress.restricting,
    ingressOpenedBy: ingress.opening,
    egressOpenedBy: egress.opening,
    ingressFromInternet: ingress.internet,
    egressToInternet: egress.internet,
    hostNetwork: workload.hostNetwork,
  };
}

function directionOf(policies: readonly NetworkPolicy[], direction: "ingress" | "egress") {
  const selecting = policies.filter((policy) => policy[direction] !== undefined);
  const opening = selecting.filter((policy) => policy[direction]?.allowsAll);
  const names = (some: readonly NetworkPolicy[]) => some.map((policy) => policy.name).sort();
  return {
    selecting: names(selecting),
    opening: names(opening),
    restricting: opening.length > 0 ? [] : names(selecting),
    internet: selecting.length === 0 || selecting.some((policy) => policy[direction]?.internet),
  };
}
