import type { Field } from "../field.ts";
import type { NetworkedPod } from "./network-policy.ts";
import type { KubernetesObject } from "./objects.ts";
import { selects } from "./selector.ts";
import { defaultNamespace } from "./workloads.ts";

/** A port that a container names. */
export interface NamedPort {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
}

/** A pod as one end of a connection. */
export interface Endpoint extends NetworkedPod {
  readonly namespaceLabels: Readonly<Record<string, string>>;
  readonly namedPorts: readonly NamedPort[];
}

/** Ports on which a connection is allowed: all of all protocols, or ranges; no ranges means none. */
export type AllowedPorts = "all" | readonly PortRange[];
/** Ports of one protocol, both ends included. */
export interface PortRange {
  readonly protocol: string;
  readonly from: number;
  readonly to: number;
}

interface Policy {
  readonly namespace: string;
  readonly selector: Field;
  readonly ingress: readonly Rule[] | undefined;
  readonly egress: readonly Rule[] | undefined;
}
interface Rule {
  readonly peers: readonly Field[];
  readonly ports: readonly Field[];
}

/**
 * Who may connect to whom under a set of NetworkPolicy objects, at the level of addresses and ports: allowed where the source's egress and the destination's
 * ingress allow it. Blocks of addresses count for the outside only. Source: Kubernetes, NetworkPolicy v1.
 */
export class Reachability {
  readonly #policies: readonly Policy[];

  /** Throws `CORRUPT_INPUT` where a policy's field has the wrong type. */
  constructor(policies: readonly KubernetesObject[]) {
    this.#policies = policies.map(policyOf);
  }

  /** The ports on which `source` may connect to `destination`. */
  ports(source: Endpoint, destination: Endpoint): AllowedPorts {
    const out = this.#allowed(source, "egress", destination, destination);
    const into = this.#allowed(destination, "ingress", source, destination);
    return intersection(out, into);
  }

  #allowed(pod: Endpoint, direction: "ingress" | "egress", peer: Endpoint, destination: Endpoint): AllowedPorts {
    const selecting = this.#policies.filter((policy) => policy[direction] !== undefined && isSelected(policy, pod));
    if (selecting.length === 0) return "all";
    const matching = selecting.flatMap((policy) =>
      policy[direction]!.filter((rule) => matchesPeer(rule, policy, peer)),
    );
    if (matching.some((rule) => rule.ports.length === 0)) return "all";
    return matching.flatMap((rule) => rule.ports.flatMap((port) => rangesOf(port, destination)));
  }
}

function policyOf(object: KubernetesObject): Policy {
  const spec = object.fields.at("spec");
  const types = spec.at("policyTypes").texts();
  const hasEgress = types.length === 0 ? spec.at("egress").items().length > 0 : types.includes("Egress");
  const hasIngress = types.length === 0 || types.includes("Ingress");
  const rules = (field: Field, peers: string): Rule[] =>
    field.items().map((rule) => ({ peers: rule.at(peers).items(), ports: rule.at("ports").items() }));
  return {
    namespace: object.namespace ?? defaultNamespace,
    selector: spec.at("podSelector"),
    ingress: hasIngress ? rules(spec.at("ingress"), "from") : undefined,
    egress: hasEgress ? rules(spec.at("egress"), "to") : undefined,
  };
}

function isSelected(policy: Policy, pod: Endpoint): boolean {
  return !pod.hostNetwork && pod.namespace === policy.namespace && selects(policy.selector, pod.podLabels);
}

function matchesPeer(rule: Rule, policy: Policy, peer: Endpoint): boolean {
  return rule.peers.length === 0 || rule.peers.some((item) => isPeer(item, policy, peer));
}

function isPeer(item: Field, policy: Policy, peer: Endpoint): boolean {
  if (item.at("ipBlock").isSet || peer.hostNetwork) return false;
  const namespaces = item.at("namespaceSelector");
  const pods = item.at("podSelector");
  const inNamespace = namespaces.isSet
    ? selects(namespaces, peer.namespaceLabels)
    : peer.namespace === policy.namespace;
  return inNamespace && (!pods.isSet || selects(pods, peer.podLabels));
}

function rangesOf(port: Field, destination: Endpoint): PortRange[] {
  const protocol = port.at("protocol").text() ?? "TCP";
  const value = port.at("port").value;
  if (value === undefined || value === null) return [{ protocol, from: 1, to: 65_535 }];
  if (typeof value === "string" && !/^\d+$/.test(value)) {
    return destination.namedPorts
      .filter((named) => named.name === value && named.protocol === protocol)
      .map((named) => ({ protocol, from: named.port, to: named.port }));
  }
  const from = Number(value);
  return [{ protocol, from, to: port.at("endPort").number() ?? from }];
}

function intersection(a: AllowedPorts, b: AllowedPorts): AllowedPorts {
  if (a === "all") return b;
  if (b === "all") return a;
  return a.flatMap((one) =>
    b
      .filter((other) => other.protocol === one.protocol && other.from <= one.to && one.from <= other.to)
      .map((other) => ({
        protocol: one.protocol,
        from: Math.max(one.from, other.from),
        to: Math.min(one.to, other.to),
      })),
  );
}
