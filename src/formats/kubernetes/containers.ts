import {
  type ContainerDescription,
  OriginNotes,
  type PortDescription,
  type ProfileSetting,
  type SeLinuxSetting,
  type VariableDescription,
} from "../container-description.ts";
import type { Field } from "../field.ts";
import { imageReferenceOf } from "../image-reference.ts";
import { looksSecret, maskedSecret } from "../secret-looking.ts";
import { type KubernetesObject, type PodTemplate, podTemplateOf } from "./objects.ts";
import { parseQuantity } from "./quantity.ts";
import { mountsOf } from "./volumes.ts";

/** Every container that an object describes, init, sidecar and ephemeral ones included, with what it inherits from its pod. Throws `CORRUPT_INPUT` where a field has the wrong type. */
export function containersOf(object: KubernetesObject): ContainerDescription[] {
  const pod = podTemplateOf(object);
  if (pod === undefined) return [];
  return [
    ...pod.spec
      .at("initContainers")
      .items()
      .map((field) => describe(field, field.at("restartPolicy").text() === "Always" ? "sidecar" : "init", pod, object)),
    ...pod.spec
      .at("containers")
      .items()
      .map((field) => describe(field, "main", pod, object)),
    ...pod.spec
      .at("ephemeralContainers")
      .items()
      .map((field) => describe(field, "ephemeral", pod, object)),
  ];
}

function describe(
  field: Field,
  role: ContainerDescription["role"],
  pod: PodTemplate,
  object: KubernetesObject,
): ContainerDescription {
  const notes = new OriginNotes(object.file, object.line);
  notes.note("", field);
  const name = field.at("name").text() ?? "(unnamed)";
  const own = field.at("securityContext");
  const shared = pod.spec.at("securityContext");
  const windowsHostProcess = shared.at("windowsOptions", "hostProcess");
  return {
    name,
    role,
    runtime: "kubernetes",
    image: imageReferenceOf(notes.note("image", field.at("image")).text() ?? ""),
    imagePullPolicy: notes.note("imagePullPolicy", field.at("imagePullPolicy")).text(),
    privileged: notes.note("privileged", own.at("privileged")).flag() ?? false,
    user: notes.note("user", own.at("runAsUser"), shared.at("runAsUser")).text(),
    group: notes.note("group", own.at("runAsGroup"), shared.at("runAsGroup")).text(),
    runAsNonRoot: notes.note("runAsNonRoot", own.at("runAsNonRoot"), shared.at("runAsNonRoot")).flag(),
    allowPrivilegeEscalation: notes.note("allowPrivilegeEscalation", own.at("allowPrivilegeEscalation")).flag(),
    readOnlyRootFilesystem: notes.note("readOnlyRootFilesystem", own.at("readOnlyRootFilesystem")).flag() ?? false,
    capabilities: capabilities(own, notes),
    seccomp: seccomp(name, own, pod, notes),
    appArmor: appArmor(name, own, pod, notes),
    seLinux: seLinux(notes.note("seLinux", own.at("seLinuxOptions"), shared.at("seLinuxOptions"))),
    podSettings: {
      user: notes.note("podSettings.user", shared.at("runAsUser")).text(),
      runAsNonRoot: notes.note("podSettings.runAsNonRoot", shared.at("runAsNonRoot")).flag(),
      seccomp: profile(notes.note("podSettings.seccomp", shared.at("seccompProfile"))),
      appArmor: profile(notes.note("podSettings.appArmor", shared.at("appArmorProfile"))),
      seLinux: seLinux(notes.note("podSettings.seLinux", shared.at("seLinuxOptions"))),
      windowsHostProcess: notes.note("podSettings.windowsHostProcess", windowsHostProcess).flag(),
    },
    operatingSystem: pod.spec.at("os", "name").text(),
    windowsHostProcess:
      notes.note("windowsHostProcess", own.at("windowsOptions", "hostProcess"), windowsHostProcess).flag() ?? false,
    probeHosts: probeHosts(field, notes),
    procMount: notes.note("procMount", own.at("procMount")).text(),
    hostNamespaces: hostNamespaces(pod.spec, notes),
    mounts: mountsOf(field, pod.spec, notes),
    devices: field
      .at("volumeDevices")
      .items()
      .map((device) => device.at("devicePath").text() ?? ""),
    sysctls: Object.fromEntries(
      notes
        .note("sysctls", shared.at("sysctls"))
        .items()
        .map((item) => [item.at("name").text() ?? "", item.at("value").text() ?? ""]),
    ),
    ports: field
      .at("ports")
      .items()
      .map((port, index) => portOf(notes.note(`ports.${index}`, port))),
    limits: limitsOf(field, pod.spec, notes),
    env: environment(field, notes),
    command: [...notes.note("command", field.at("command")).texts(), ...field.at("args").texts()],
    probes: { liveness: field.at("livenessProbe").isSet, readiness: field.at("readinessProbe").isSet },
    origin: notes.origin(),
  };
}

function capabilities(own: Field, notes: OriginNotes): ContainerDescription["capabilities"] {
  notes.note("capabilities", own.at("capabilities"));
  return {
    add: notes.note("capabilities.add", own.at("capabilities", "add")).texts(),
    drop: notes.note("capabilities.drop", own.at("capabilities", "drop")).texts(),
  };
}

function hostNamespaces(spec: Field, notes: OriginNotes): ContainerDescription["hostNamespaces"] {
  const network = notes.note("hostNamespaces.network", spec.at("hostNetwork")).flag() ?? false;
  notes.note("hostNamespaces.uts", spec.at("hostNetwork"));
  const hostUsers = notes.note("hostNamespaces.user", spec.at("hostUsers")).flag();
  return {
    network,
    pid: notes.note("hostNamespaces.pid", spec.at("hostPID")).flag() ?? false,
    ipc: notes.note("hostNamespaces.ipc", spec.at("hostIPC")).flag() ?? false,
    uts: network,
    user: hostUsers ?? true,
  };
}

function seccomp(name: string, own: Field, pod: PodTemplate, notes: OriginNotes): ProfileSetting | undefined {
  const shared = pod.spec.at("securityContext", "seccompProfile");
  const field = notes.note("seccomp", own.at("seccompProfile"), shared);
  if (field.isSet) return profile(field);
  return annotated(
    pod,
    [`container.seccomp.security.alpha.kubernetes.io/${name}`, "seccomp.security.alpha.kubernetes.io/pod"],
    "seccomp",
    notes,
  );
}

function appArmor(name: string, own: Field, pod: PodTemplate, notes: OriginNotes): ProfileSetting | undefined {
  const field = notes.note("appArmor", own.at("appArmorProfile"), pod.spec.at("securityContext", "appArmorProfile"));
  if (field.isSet) return profile(field);
  return annotated(pod, [`container.apparmor.security.beta.kubernetes.io/${name}`], "appArmor", notes);
}

function annotated(
  pod: PodTemplate,
  keys: readonly string[],
  name: string,
  notes: OriginNotes,
): ProfileSetting | undefined {
  const key = keys.find((candidate) => pod.annotations[candidate]);
  if (key === undefined) return undefined;
  notes.note(name, pod.metadata.at("annotations", key));
  const value = pod.annotations[key]!;
  if (value === "runtime/default" || value === "docker/default") return { kind: "runtime-default" };
  if (value === "unconfined") return { kind: "unconfined" };
  return value.startsWith("localhost/")
    ? { kind: "localhost", profile: value.slice("localhost/".length) }
    : { kind: "other", profile: value };
}

const profileKinds: Readonly<Record<string, ProfileSetting["kind"]>> = {
  RuntimeDefault: "runtime-default",
  Localhost: "localhost",
  Unconfined: "unconfined",
};

function profile(field: Field): ProfileSetting | undefined {
  const type = field.at("type").text();
  if (type === undefined) return undefined;
  const kind = profileKinds[type] ?? "other";
  const named = field.at("localhostProfile").text() ?? (kind === "other" ? type : undefined);
  return { kind, ...(named === undefined ? {} : { profile: named }) };
}

function seLinux(field: Field): SeLinuxSetting | undefined {
  if (!field.isSet) return undefined;
  const [type, user, role, level] = ["type", "user", "role", "level"].map((key) => field.at(key).text() || undefined);
  return { type, user, role, level, disabled: false };
}

const hooks = [
  ["livenessProbe"],
  ["readinessProbe"],
  ["startupProbe"],
  ["lifecycle", "postStart"],
  ["lifecycle", "preStop"],
] as const;

function probeHosts(field: Field, notes: OriginNotes): ContainerDescription["probeHosts"] {
  const found: { probe: string; host: string }[] = [];
  for (const path of hooks) {
    for (const action of ["httpGet", "tcpSocket"]) {
      const host = field.at(...path, action, "host");
      if (!host.text()) continue;
      notes.note(`probeHosts.${found.length}`, host);
      found.push({ probe: path.at(-1)!, host: host.text()! });
    }
  }
  return found;
}

function portOf(field: Field): PortDescription {
  const host = field.at("hostPort").number() || undefined;
  const hostAddress = field.at("hostIP").text() || undefined;
  return {
    container: field.at("containerPort").number() ?? 0,
    host,
    hostAddress,
    protocol: field.at("protocol").text() ?? "TCP",
  };
}

function limitsOf(field: Field, spec: Field, notes: OriginNotes): ContainerDescription["limits"] {
  const amount = (resource: string): number | undefined => {
    const text = notes
      .note(`limits.${resource}`, field.at("resources", "limits", resource), spec.at("resources", "limits", resource))
      .text();
    return text === undefined ? undefined : parseQuantity(text);
  };
  return { memory: amount("memory"), cpu: amount("cpu") };
}

function environment(field: Field, notes: OriginNotes): VariableDescription[] {
  const variables = field
    .at("env")
    .items()
    .map((item, index) => {
      notes.note(`env.${index}`, item);
      return variableOf(item);
    });
  for (const [index, source] of field.at("envFrom").items().entries()) {
    const from = source.at("secretRef").isSet ? "secret" : source.at("configMapRef").isSet ? "config-map" : "other";
    const named = source.at(from === "secret" ? "secretRef" : "configMapRef", "name").text() ?? "";
    notes.note(`env.${variables.length}`, field.at("envFrom", index));
    variables.push({ name: `${source.at("prefix").text() ?? ""}*`, from, value: named, looksSecret: false });
  }
  return variables;
}

function variableOf(item: Field): VariableDescription {
  const name = item.at("name").text() ?? "";
  const source = item.at("valueFrom");
  if (source.at("secretKeyRef").isSet)
    return { name, from: "secret", value: source.at("secretKeyRef", "name").text(), looksSecret: false };
  if (source.at("configMapKeyRef").isSet)
    return { name, from: "config-map", value: source.at("configMapKeyRef", "name").text(), looksSecret: false };
  if (source.at("fieldRef").isSet || source.at("resourceFieldRef").isSet)
    return { name, from: "field", looksSecret: false };
  if (source.isSet) return { name, from: "other", looksSecret: false };
  return literalVariable(name, item.at("value").text() ?? "");
}

/** A variable whose value is written in clear: kept where it looks harmless, masked otherwise. */
export function literalVariable(name: string, value: string): VariableDescription {
  const secret = looksSecret(name, value);
  return { name, from: "literal", value: secret ? maskedSecret : value.slice(0, 256), looksSecret: secret };
}
