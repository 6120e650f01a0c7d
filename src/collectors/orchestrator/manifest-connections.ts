import { canonicalJson } from "../../core/canonical-json.ts";
import { defineCollector } from "../../core/collector.ts";
import { AppError } from "../../core/errors.ts";
import { connections } from "../../facts/orchestrator/connections.ts";
import { isOtherNetworkPolicy } from "../../formats/kubernetes/network-policy.ts";
import { type KubernetesObject, podTemplateOf } from "../../formats/kubernetes/objects.ts";
import { type Endpoint, type NamedPort, Reachability } from "../../formats/kubernetes/reachability.ts";
import { workloadOf } from "../../formats/kubernetes/workloads.ts";
import type { ManifestSet } from "../manifest-set.ts";

/** Groups beyond which pairs are not counted out: their number grows with the square. */
const mostGroups = 2_000;

interface Group extends Endpoint {
  readonly workloads: string[];
}

/** Who may connect to whom. */
export default defineCollector<ManifestSet, typeof connections.schema>({
  reads: "manifests",
  provides: connections,
  *collect(set) {
    const groups = groupsOf(set.objects);
    if (groups.length === 0) return;
    const source = "NetworkPolicy objects";
    if (groups.length > mostGroups) {
      yield {
        subject: set.subject,
        source,
        unavailable: `${groups.length} kinds of workloads are too many to pair`,
        remedy: "assess namespaces one by one",
      };
      return;
    }
    const policies = set.objects.filter((object) => object.kind === "NetworkPolicy" && !isOtherNetworkPolicy(object));
    const reachability = new Reachability(policies);
    const unevaluated = set.objects.filter(isOtherNetworkPolicy).map((object) => `${object.kind}/${object.name}`);
    yield {
      subject: set.subject,
      source,
      value: { groups: groups.map((group) => described(group, groups, reachability)), unevaluated: unevaluated.sort() },
    };
  },
});

function described(group: Group, groups: readonly Group[], reachability: Reachability) {
  const openFrom: number[] = [];
  const limitedFrom: number[] = [];
  for (const [index, source] of groups.entries()) {
    const ports = reachability.ports(source, group);
    if (ports === "all") openFrom.push(index);
    else if (ports.length > 0) limitedFrom.push(index);
  }
  return {
    namespace: group.namespace,
    podLabels: { ...group.podLabels },
    workloads: group.workloads,
    openFrom: openFrom.length === groups.length ? ("all" as const) : openFrom,
    limitedFrom,
  };
}

/** Workloads in groups whose members have the same namespace, labels and named ports, so that no policy tells them apart. Damaged ones are reported by the workload collector. */
function groupsOf(objects: readonly KubernetesObject[]): Group[] {
  const namespaces = new Map(
    objects.filter((object) => object.kind === "Namespace").map((object) => [object.name, object.labels]),
  );
  const groups = new Map<string, Group>();
  for (const object of objects) {
    const endpoint = endpointOf(object, namespaces);
    if (endpoint === undefined) continue;
    const key = canonicalJson({ ...endpoint });
    const group = groups.get(key) ?? { ...endpoint, workloads: [] };
    group.workloads.push(`${object.kind}/${object.name}`);
    groups.set(key, group);
  }
  return [...groups.values()];
}

function endpointOf(
  object: KubernetesObject,
  namespaces: ReadonlyMap<string, Readonly<Record<string, string>>>,
): Endpoint | undefined {
  try {
    const workload = workloadOf(object);
    if (workload === undefined) return undefined;
    const { namespace, podLabels, hostNetwork } = workload;
    return {
      namespace,
      podLabels,
      hostNetwork,
      namespaceLabels: { ...namespaces.get(namespace), "kubernetes.io/metadata.name": namespace },
      namedPorts: namedPortsOf(object),
    };
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

function namedPortsOf(object: KubernetesObject): NamedPort[] {
  const containers = podTemplateOf(object)?.spec.at("containers").items() ?? [];
  return containers.flatMap((container) =>
    container
      .at("ports")
      .items()
      .flatMap((port) => {
        const name = port.at("name").text();
        const number = port.at("containerPort").number();
        return name === undefined || number === undefined
          ? []
          : [{ name, port: number, protocol: port.at("protocol").text() ?? "TCP" }];
      }),
  );
}
