import { OriginNotes } from "../container-description.ts";
import type { Field } from "../field.ts";
import { type KubernetesObject, podTemplateOf } from "./objects.ts";
import { volumesOf } from "./volumes.ts";

/** A pod, or what makes pods, without its containers. */
export interface WorkloadDescription {
  readonly kind: string;
  readonly apiVersion: string;
  readonly name: string;
  readonly namespace: string;
  readonly namespaceDeclared: boolean;
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, string>;
  readonly podLabels: Record<string, string>;
  readonly serviceAccount: string;
  readonly automountToken?: boolean | undefined;
  readonly automountTokenFrom?: "pod" | "service-account" | undefined;
  readonly hostNetwork: boolean;
  readonly volumes: { readonly name: string; readonly type: string; readonly source?: string | undefined }[];
  readonly owner?: string | undefined;
  readonly nodeSelector: Record<string, string>;
  readonly nodeAffinity: { readonly key: string; readonly operator: string; readonly values: string[] }[][];
  readonly nodeName?: string | undefined;
  readonly tolerations: {
    readonly key?: string | undefined;
    readonly operator: string;
    readonly value?: string | undefined;
    readonly effect?: string | undefined;
  }[];
  readonly runtimeClass?: string | undefined;
  readonly containers: number;
  readonly origin: ReturnType<OriginNotes["origin"]>;
}

/** Where an object of no stated namespace lands, unless whoever applies it says otherwise. */
export const defaultNamespace = "default";

/** The workload that an object is; undefined where it makes no pods. Throws `CORRUPT_INPUT` where a field has the wrong type. */
export function workloadOf(object: KubernetesObject): WorkloadDescription | undefined {
  const pod = podTemplateOf(object);
  if (pod === undefined) return undefined;
  const { spec } = pod;
  const notes = new OriginNotes(object.file, object.line);
  notes.note("", object.fields.at("kind"), object.fields);
  const account = notes.note("serviceAccount", spec.at("serviceAccountName"), spec.at("serviceAccount")).text();
  const automount = notes.note("automountToken", spec.at("automountServiceAccountToken")).flag();
  notes.note("labels", pod.metadata.at("labels"));
  notes.note("namespace", object.fields.at("metadata", "namespace"));
  const owners = object.fields.at("metadata", "ownerReferences").items();
  const owner = owners.find((reference) => reference.at("controller").value === true) ?? owners[0];
  return {
    kind: object.kind,
    apiVersion: object.apiVersion,
    name: object.name,
    namespace: object.namespace ?? defaultNamespace,
    namespaceDeclared: object.namespace !== undefined,
    labels: { ...object.labels },
    annotations: annotationsOf(object),
    podLabels: { ...pod.labels },
    serviceAccount: account || "default",
    automountToken: automount,
    automountTokenFrom: automount === undefined ? undefined : "pod",
    hostNetwork: notes.note("hostNetwork", spec.at("hostNetwork")).flag() ?? false,
    volumes: volumesOf(spec).map(({ name, type, source, field }, index) => {
      notes.note(`volumes.${index}`, field);
      return { name, type, source };
    }),
    owner: owner && `${owner.at("kind").text() ?? ""}/${owner.at("name").text() ?? ""}`,
    nodeSelector: notes.note("nodeSelector", spec.at("nodeSelector")).record(),
    nodeAffinity: requiredAffinity(
      notes.note("nodeAffinity", spec.at("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution")),
    ),
    nodeName: notes.note("nodeName", spec.at("nodeName")).text() || undefined,
    tolerations: notes
      .note("tolerations", spec.at("tolerations"))
      .items()
      .map((item, index) => {
        notes.note(`tolerations.${index}`, item);
        return {
          key: item.at("key").text() || undefined,
          operator: item.at("operator").text() ?? "Equal",
          value: item.at("value").text(),
          effect: item.at("effect").text(),
        };
      }),
    runtimeClass: notes.note("runtimeClass", spec.at("runtimeClassName")).text(),
    containers:
      spec.at("containers").items().length +
      spec.at("initContainers").items().length +
      spec.at("ephemeralContainers").items().length,
    origin: notes.origin(),
  };
}

function requiredAffinity(field: Field): WorkloadDescription["nodeAffinity"] {
  return field
    .at("nodeSelectorTerms")
    .items()
    .map((term) =>
      term
        .at("matchExpressions")
        .items()
        .map((item) => ({
          key: item.at("key").text() ?? "",
          operator: item.at("operator").text() ?? "",
          values: item.at("values").texts(),
        })),
    );
}

/** Annotations, without what tools keep there for themselves: copies of the whole object. */
function annotationsOf(object: KubernetesObject): Record<string, string> {
  return Object.fromEntries(
    Object.entries(object.annotations).filter(
      ([key, value]) => key !== "kubectl.kubernetes.io/last-applied-configuration" && value.length <= 4096,
    ),
  );
}
