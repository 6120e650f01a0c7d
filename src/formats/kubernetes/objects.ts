import { Field } from "../field.ts";
import type { Position, YamlDocument } from "../yaml-documents.ts";

/** One Kubernetes object as it was written, with the place of each of its fields. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  /** `metadata.name`, or the prefix of a generated name with `*`. */
  readonly name: string;
  readonly namespace: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly fields: Field;
  /** The file that holds it, as it is named in evidence; undefined where it came over the network. */
  readonly file: string | undefined;
  /** The line of a field, where the object came from a text. */
  line(field: Field): number | undefined;
}

/**
 * The Kubernetes objects of a document: one, the items of a `List` (also `PodList` and the like, whose items need not repeat their kind), or the object that an
 * `AdmissionReview` asks about. Empty where the document is something else. Throws `CORRUPT_INPUT` where a field has the wrong type.
 */
export function kubernetesObjects(
  document: Pick<YamlDocument, "value" | "position">,
  file: string | undefined,
): KubernetesObject[] {
  return unwrap(new Field(document.value), (path) => document.position(path), file, {});
}

type Locate = (path: Field["path"]) => Position | undefined;

function unwrap(
  root: Field,
  locate: Locate,
  file: string | undefined,
  inherited: { kind?: string; apiVersion?: string },
): KubernetesObject[] {
  if (typeof root.value !== "object" || root.value === null || Array.isArray(root.value)) return [];
  const kind = root.at("kind").isSet ? textOf(root.at("kind")) : inherited.kind;
  const apiVersion = root.at("apiVersion").isSet ? textOf(root.at("apiVersion")) : inherited.apiVersion;
  if (kind === undefined || apiVersion === undefined) return [];
  if (kind.endsWith("List") && Array.isArray(root.at("items").value)) {
    const ofItems = kind === "List" ? {} : { kind: kind.slice(0, -"List".length), apiVersion };
    return root
      .at("items")
      .items()
      .flatMap((item) => unwrap(item, locate, file, ofItems));
  }
  if (kind === "AdmissionReview") {
    const reviewed = root.at("request", "object");
    const asked = root.at("request", "kind");
    const group = textOf(asked.at("group"));
    const version = textOf(asked.at("version"));
    return unwrap(reviewed, locate, file, {
      ...(asked.at("kind").isSet ? { kind: textOf(asked.at("kind"))! } : {}),
      ...(version === undefined ? {} : { apiVersion: group ? `${group}/${version}` : version }),
    }).map((object) => ({ ...object, namespace: object.namespace ?? textOf(root.at("request", "namespace")) }));
  }
  return [objectAt(root, kind, apiVersion, locate, file)];
}

function objectAt(
  root: Field,
  kind: string,
  apiVersion: string,
  locate: Locate,
  file: string | undefined,
): KubernetesObject {
  const fields = new Field(root.value, root.path, root.path.length);
  const metadata = fields.at("metadata");
  const generated = metadata.at("generateName").text();
  return {
    apiVersion,
    kind,
    name: metadata.at("name").text() ?? (generated === undefined ? "(unnamed)" : `${generated}*`),
    namespace: metadata.at("namespace").text() || undefined,
    labels: metadata.at("labels").record(),
    annotations: metadata.at("annotations").record(),
    fields,
    file,
    line: (field) => locate(field.path)?.line,
  };
}

function textOf(field: Field): string | undefined {
  return typeof field.value === "string" ? field.value : undefined;
}

/** The pod that an object is or makes. */
export interface PodTemplate {
  readonly spec: Field;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** The template's metadata, for positions of annotations. */
  readonly metadata: Field;
}

/**
 * Where an object describes a pod: in itself (Pod), in `template` (PodTemplate), in `spec.jobTemplate.spec.template` (CronJob), or in `spec.template` or `spec.podTemplate`, as
 * all other workloads do, those of other projects included. Undefined where it describes none.
 */
export function podTemplateOf(object: KubernetesObject): PodTemplate | undefined {
  const { fields, kind } = object;
  const root = podRootOf(kind, fields);
  const spec = root.at("spec");
  if (!Array.isArray(spec.at("containers").value)) return undefined;
  const metadata = root.at("metadata");
  return { spec, labels: metadata.at("labels").record(), annotations: metadata.at("annotations").record(), metadata };
}

function podRootOf(kind: string, fields: Field): Field {
  if (kind === "Pod") return fields;
  if (kind === "PodTemplate") return fields.at("template");
  if (kind === "CronJob") return fields.at("spec", "jobTemplate", "spec", "template");
  const template = fields.at("spec", "template");
  return template.isSet ? template : fields.at("spec", "podTemplate");
}

/** True for kinds that do not live in a namespace. */
export function isClusterScoped(kind: string): boolean {
  return clusterScoped.has(kind);
}

const clusterScoped = new Set([
  "Namespace",
  "Node",
  "PersistentVolume",
  "ClusterRole",
  "ClusterRoleBinding",
  "CustomResourceDefinition",
  "StorageClass",
  "PriorityClass",
  "RuntimeClass",
  "IngressClass",
  "APIService",
  "MutatingWebhookConfiguration",
  "ValidatingWebhookConfiguration",
  "ValidatingAdmissionPolicy",
  "ValidatingAdmissionPolicyBinding",
  "CertificateSigningRequest",
  "PodSecurityPolicy",
]);
