import {
  type ContainerDescription,
  type MountDescription,
  OriginNotes,
  type PortDescription,
  type VariableDescription,
} from "./container-description.ts";
import { Field } from "./field.ts";
import { imageReferenceOf } from "./image-reference.ts";
import { literalVariable } from "./kubernetes/containers.ts";
import { parseSecurityOptions } from "./security-options.ts";
import type { YamlDocument } from "./yaml-documents.ts";

/** True for a document of the Compose specification: services at the top, each a mapping with an image or a build, and no Kubernetes kind. */
export function isComposeFile(value: unknown): boolean {
  const root = new Field(value);
  const services = root.at("services").value;
  if (typeof services !== "object" || services === null || Array.isArray(services) || root.at("kind").isSet)
    return false;
  return Object.values(services).some(
    (service) =>
      typeof service === "object" && service !== null && ["image", "build", "extends"].some((key) => key in service),
  );
}

/** A service of a compose file, or why it cannot be told. */
export type ComposeService = ContainerDescription | { readonly name: string; readonly unread: string };

/** The services of a compose file, each as the one container that it runs. Variables without default stay as written. Throws `CORRUPT_INPUT` where a field has the wrong type. */
export function composeServices(
  document: Pick<YamlDocument, "value" | "position">,
  file: string | undefined,
): ComposeService[] {
  return new Field(document.value)
    .at("services")
    .entries()
    .map(([name, service]) => {
      if (service.at("extends").isSet) return { name, unread: "it extends another service, which is not followed" };
      return describe(name, service, new OriginNotes(file, (field) => document.position(field.path)?.line));
    });
}

function describe(name: string, service: Field, notes: OriginNotes): ContainerDescription {
  notes.note("", service);
  const image = expand(notes.note("image", service.at("image")).text());
  const security = parseSecurityOptions(notes.note("seccomp", service.at("security_opt")).texts());
  for (const field of ["appArmor", "seLinux", "allowPrivilegeEscalation"])
    notes.note(field, service.at("security_opt"));
  const [user, group] = (notes.note("user", service.at("user")).text() ?? "").split(":");
  const isHost = (field: string, key: string) =>
    notes.note(`hostNamespaces.${field}`, service.at(key)).text() === "host";
  return {
    name,
    role: "main",
    runtime: "compose",
    image: image === undefined ? { text: "(built here)", registry: "", repository: name } : imageReferenceOf(image),
    imagePullPolicy: service.at("pull_policy").text(),
    privileged: notes.note("privileged", service.at("privileged")).flag() ?? false,
    user: user || undefined,
    group: group || undefined,
    allowPrivilegeEscalation: !security.noNewPrivileges,
    readOnlyRootFilesystem: notes.note("readOnlyRootFilesystem", service.at("read_only")).flag() ?? false,
    capabilities: {
      add: notes.note("capabilities.add", service.at("cap_add")).texts(),
      drop: notes.note("capabilities.drop", service.at("cap_drop")).texts(),
    },
    seccomp: security.seccomp,
    appArmor: security.appArmor,
    seLinux: security.seLinux,
    windowsHostProcess: false,
    probeHosts: [],
    procMount: security.unmaskedPaths ? "Unmasked" : undefined,
    hostNamespaces: {
      network: isHost("network", "network_mode"),
      pid: isHost("pid", "pid"),
      ipc: isHost("ipc", "ipc"),
      uts: isHost("uts", "uts"),
      user: isHost("user", "userns_mode") || undefined,
    },
    mounts: [
      ...service
        .at("volumes")
        .items()
        .map((field, index) => mountOf(notes.note(`mounts.${index}`, field))),
      ...tmpfs(service),
    ],
    devices: notes
      .note("devices", service.at("devices"))
      .items()
      .map((device) =>
        typeof device.value === "string" ? device.value.split(":")[0]! : (device.at("source").text() ?? ""),
      ),
    sysctls: mappingOrList(notes.note("sysctls", service.at("sysctls"))),
    ports: service
      .at("ports")
      .items()
      .flatMap((field, index) => portOf(notes.note(`ports.${index}`, field))),
    limits: limits(service, notes),
    env: environment(service, notes),
    command: commandOf(notes.note("command", service.at("entrypoint"), service.at("command"))),
    probes: {
      liveness: service.at("healthcheck").isSet && service.at("healthcheck", "disable").value !== true,
      readiness: false,
    },
    cgroupParent: service.at("cgroup_parent").text(),
    origin: notes.origin(),
  };
}

/** Replaces `${NAME:-default}` and `${NAME-default}` by their defaults; what has none stays as written. */
function expand(text: string | undefined): string | undefined {
  return text?.replace(/\$\{[A-Za-z_][A-Za-z0-9_]*:?-([^{}]*)\}/g, "$1");
}

function mountOf(field: Field): MountDescription {
  if (typeof field.value === "string") return shortMount(expand(field.value)!);
  const type = field.at("type").text() ?? "volume";
  const kind =
    type === "bind"
      ? "host-path"
      : type === "volume"
        ? "volume"
        : type === "tmpfs"
          ? "tmpfs"
          : type === "image"
            ? "image"
            : "other";
  return {
    kind,
    source: expand(field.at("source").text()),
    destination: field.at("target").text() ?? "",
    readOnly: field.at("read_only").flag() ?? false,
    propagation: field.at("bind", "propagation").text(),
  };
}

/** `SOURCE:TARGET[:OPTIONS]`, `TARGET`: a source that is a path is a mount of the host's. */
function shortMount(text: string): MountDescription {
  const parts = text.split(":");
  if (parts.length === 1) return { kind: "volume", destination: text, readOnly: false };
  const [source = "", destination = "", options = ""] = parts;
  const flags = options.split(",").filter((flag) => flag !== "");
  const propagation = flags.find((flag) => /^r?(?:shared|slave|private)$/.test(flag));
  return {
    kind: /^[./~$]/.test(source) ? "host-path" : "volume",
    source,
    destination,
    readOnly: flags.includes("ro"),
    propagation,
    options: flags,
  };
}

function tmpfs(service: Field): MountDescription[] {
  const field = service.at("tmpfs");
  const texts = typeof field.value === "string" ? [field.value] : field.texts();
  return texts.map((text) => ({ kind: "tmpfs", destination: text.split(":")[0]!, readOnly: false }));
}

function mappingOrList(field: Field): Record<string, string> {
  if (!Array.isArray(field.value)) return field.record();
  return Object.fromEntries(
    field.texts().map((text) => [text.split("=", 1)[0]!, text.includes("=") ? text.slice(text.indexOf("=") + 1) : ""]),
  );
}

function portOf(field: Field): PortDescription[] {
  if (typeof field.value === "object" && field.value !== null) {
    const published = field.at("published").text();
    return [
      {
        container: Number(field.at("target").text() ?? 0),
        host: published === undefined ? undefined : Number(published.split("-")[0]),
        hostAddress: field.at("host_ip").text(),
        protocol: (field.at("protocol").text() ?? "tcp").toUpperCase(),
      },
    ];
  }
  const match = /^(?:(?:(\[[0-9a-fA-F:]+\]|[\d.]+):)?(\d*)(?:-\d+)?:)?(\d+)(?:-\d+)?(?:\/(\w+))?$/.exec(
    expand(field.text()) ?? "",
  );
  if (match === null) return [];
  const [, address, host, target, protocol] = match;
  return [
    {
      container: Number(target),
      host: host ? Number(host) : undefined,
      hostAddress: address?.replace(/^\[|\]$/g, ""),
      protocol: (protocol ?? "tcp").toUpperCase(),
    },
  ];
}

function limits(service: Field, notes: OriginNotes): ContainerDescription["limits"] {
  const memory = notes
    .note("limits.memory", service.at("mem_limit"), service.at("deploy", "resources", "limits", "memory"))
    .text();
  const cpu = notes.note("limits.cpu", service.at("cpus"), service.at("deploy", "resources", "limits", "cpus")).text();
  const processes = Number(
    notes
      .note("limits.processes", service.at("pids_limit"), service.at("deploy", "resources", "limits", "pids"))
      .text() ?? 0,
  );
  return {
    memory: memory === undefined ? undefined : parseBytes(memory),
    cpu: cpu === undefined || !(Number(cpu) > 0) ? undefined : Number(cpu),
    processes: processes > 0 ? processes : undefined,
  };
}

/** Docker's sizes: `512m`, `1.5g`, `64kb`, plain bytes; all powers of 1024. */
function parseBytes(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?$/i.exec(text);
  if (match === null) return undefined;
  const unit = "kmgt".indexOf(match[2]!.toLowerCase() || " ") + 1;
  const value = Number(match[1]) * 1024 ** unit;
  return value > 0 ? value : undefined;
}

function environment(service: Field, notes: OriginNotes): VariableDescription[] {
  const field = service.at("environment");
  const pairs: [string, string | undefined, Field][] = Array.isArray(field.value)
    ? field.items().map((item) => splitVariable(item))
    : field.entries().map(([name, value]) => [name, value.text(), value]);
  return pairs.map(([name, value, at], index) => {
    notes.note(`env.${index}`, at);
    return value === undefined || /^\$\{[^}]*\}$/.test(value)
      ? { name, from: "other", looksSecret: false }
      : literalVariable(name, value);
  });
}

function splitVariable(item: Field): [string, string | undefined, Field] {
  const text = item.text() ?? "";
  const equals = text.indexOf("=");
  return equals < 0 ? [text, undefined, item] : [text.slice(0, equals), text.slice(equals + 1), item];
}

function commandOf(field: Field): string[] {
  return typeof field.value === "string" ? [field.value] : field.texts();
}
