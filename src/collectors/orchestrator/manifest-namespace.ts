import { defineCollector } from "../../core/collector.ts";
import { AppError } from "../../core/errors.ts";
import { namespace } from "../../facts/orchestrator/namespace.ts";
import { type KubernetesObject, podTemplateOf } from "../../formats/kubernetes/objects.ts";
import { defaultNamespace } from "../../formats/kubernetes/workloads.ts";
import type { ManifestSet } from "../manifest-set.ts";

/** Namespaces: those whose objects were read and those that workloads are in. */
export default defineCollector<ManifestSet, typeof namespace.schema>({
  reads: "manifests",
  provides: namespace,
  *collect(set) {
    const declared = new Map(
      set.objects.filter((object) => object.kind === "Namespace").map((object) => [object.name, object]),
    );
    const pods = podLabelsByNamespace(set.objects);
    for (const name of [...new Set([...declared.keys(), ...pods.keys()])].sort()) {
      const object = declared.get(name);
      yield {
        subject: set.namespaceSubject(name),
        source: object?.file ?? "the objects that are in it",
        value: {
          name,
          declared: object !== undefined,
          labels: { ...object?.labels },
          annotations: {},
          workloads: Object.keys(pods.get(name) ?? {}).length,
          podLabels: pods.get(name) ?? {},
          origin: object === undefined ? {} : originOf(object),
        },
      };
    }
  },
});

function podLabelsByNamespace(
  objects: readonly KubernetesObject[],
): Map<string, Record<string, Record<string, string>>> {
  const found = new Map<string, Record<string, Record<string, string>>>();
  for (const object of objects) {
    const labels = podLabels(object);
    if (labels === undefined) continue;
    const name = object.namespace ?? defaultNamespace;
    const workloads = found.get(name) ?? {};
    workloads[`${object.kind}/${object.name}`] = labels;
    found.set(name, workloads);
  }
  return found;
}

/** The labels of the pods that an object makes; undefined where it makes none or is damaged, which the workload collector reports. */
function podLabels(object: KubernetesObject): Record<string, string> | undefined {
  try {
    const pod = podTemplateOf(object);
    return pod && { ...pod.labels };
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

function originOf(object: KubernetesObject): { file?: string; lines: Record<string, number> } {
  const lines: Record<string, number> = {};
  for (const [name, field] of [
    ["", object.fields.at("kind")],
    ["labels", object.fields.at("metadata", "labels")],
  ] as const) {
    const line = field.isSet ? object.line(field) : undefined;
    if (line !== undefined) lines[name] = line;
  }
  return { ...(object.file === undefined ? {} : { file: object.file }), lines };
}
