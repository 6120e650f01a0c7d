import type { Field } from "../field.ts";
import type { KubernetesObject } from "./objects.ts";
import { selects } from "./selector.ts";
import { defaultNamespace } from "./workloads.ts";

/** A pod to which network policies may apply. */
export interface NetworkedPod {
  readonly namespace: string;
  readonly podLabels: Readonly<Record<string, string>>;
  readonly hostNetwork: boolean;
}

/** What a policy says of one direction. `allowsAll`: from or to everywhere on every port, so that other policies restrict nothing any more. */
export interface PolicyDirection {
  readonly allowsAll: boolean;
  /** It allows addresses outside the cluster without naming them: no peers, or a block of length 0. */
  readonly internet: boolean;
}

/** A NetworkPolicy of networking.k8s.io as the specification reads it; a direction is absent where the policy says nothing of it. */
export interface NetworkPolicy {
  readonly name: string;
  readonly namespace: string;
  readonly ingress?: PolicyDirection | undefined;
  readonly egress?: PolicyDirection | undefined;
  /** Whether the policy selects the pod. Pods on the host's network are selected by none. */
  selects(pod: NetworkedPod): boolean;
}

/** Reads a NetworkPolicy. Throws `CORRUPT_INPUT` where a field has the wrong type. */
export function networkPolicyOf(object: KubernetesObject): NetworkPolicy {
  const namespace = object.namespace ?? defaultNamespace;
  const spec = object.fields.at("spec");
  const types = spec.at("policyTypes").texts();
  const names = (type: string, otherwise: boolean) => (types.length === 0 ? otherwise : types.includes(type));
  return {
    name: object.name,
    namespace,
    ingress: names("Ingress", true) ? direction(spec.at("ingress"), "from") : undefined,
    egress: names("Egress", spec.at("egress").items().length > 0) ? direction(spec.at("egress"), "to") : undefined,
    selects: (pod) => !pod.hostNetwork && pod.namespace === namespace && selects(spec.at("podSelector"), pod.podLabels),
  };
}

function direction(rules: Field, peers: "from" | "to"): PolicyDirection {
  const each = rules.items().map((rule) => {
    const named = rule.at(peers).items();
    const everywhere = named.length === 0 || coversEveryAddress(named);
    return {
      all: everywhere && rule.at("ports").items().length === 0,
      internet: named.length === 0 || named.some((peer) => isWholeInternet(peer.at("ipBlock"))),
    };
  });
  return { allowsAll: each.some((rule) => rule.all), internet: each.some((rule) => rule.internet) };
}

/** A block of length 0 without exceptions: every IPv4 or every IPv6 address, pods' own included as most network plugins count them. */
function coversEveryAddress(peers: readonly Field[]): boolean {
  return peers.some((peer) => isWholeInternet(peer.at("ipBlock")) && peer.at("ipBlock", "except").items().length === 0);
}

function isWholeInternet(block: Field): boolean {
  return /\/0$/.test(block.at("cidr").text() ?? "");
}

/** Policies that select pods but are of kinds that this module does not evaluate. */
export function isOtherNetworkPolicy(object: KubernetesObject): boolean {
  return object.kind !== "NetworkPolicy"
    ? /^(?:Cilium(?:Clusterwide)?NetworkPolicy|GlobalNetworkPolicy|(?:Baseline)?AdminNetworkPolicy|ClusterNetworkPolicy)$/.test(
        object.kind,
      )
    : !object.apiVersion.startsWith("networking.k8s.io/") && !object.apiVersion.startsWith("extensions/");
}
