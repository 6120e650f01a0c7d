import {
  type ContainerDescription,
  type MountDescription,
  OriginNotes,
  type PortDescription,
  type ProfileSetting,
  type SeLinuxSetting,
} from "./container-description.ts";
import { Field } from "./field.ts";
import { imageReferenceOf } from "./image-reference.ts";
import { literalVariable } from "./kubernetes/containers.ts";
import { parseSecurityOptions } from "./security-options.ts";

/** What an engine says of itself (`GET /info`, `GET /version`), as far as it decides what containers get by default. */
export interface EngineTraits {
  readonly runtime: "docker" | "podman";
  /** Absent where the engine says nothing, as for a saved inspection. */
  readonly security?:
    | {
        readonly seccomp: ProfileSetting | undefined;
        readonly appArmor: boolean;
        readonly seLinux: boolean;
        readonly userNamespaces: boolean;
        readonly noNewPrivileges: boolean;
      }
    | undefined;
}

/** Reads what `GET /info` and `GET /version` of an engine answer. Throws `CORRUPT_INPUT` where a field has the wrong type. */
export function engineTraits(info: unknown, version: unknown): EngineTraits {
  const components = new Field(version)
    .at("Components")
    .items()
    .map((component) => component.at("Name").text() ?? "");
  const runtime = components.some((name) => /podman/i.test(name)) ? "podman" : "docker";
  const options = new Field(info).at("SecurityOptions");
  if (!options.isSet) return { runtime };
  const texts = options.texts();
  const has = (name: string) => texts.some((text) => text === `name=${name}` || text.startsWith(`name=${name},`));
  const profile = texts.find((text) => text.startsWith("name=seccomp"))?.match(/profile=([^,]+)/)?.[1];
  return {
    runtime,
    security: {
      seccomp: !has("seccomp")
        ? undefined
        : profile === "unconfined"
          ? { kind: "unconfined" }
          : profile === undefined || /^(?:default|builtin)$/.test(profile)
            ? { kind: "runtime-default" }
            : { kind: "localhost", profile },
      appArmor: has("apparmor"),
      seLinux: has("selinux"),
      userNamespaces: has("userns") || has("rootless"),
      noNewPrivileges: has("no-new-privileges"),
    },
  };
}

/** The container that an engine's inspection (`GET /containers/ID/json`, `docker inspect`) describes, with what the engine adds by default. Throws `CORRUPT_INPUT` where a field has the wrong type. */
export function inspectedContainer(inspection: unknown, engine: EngineTraits): ContainerDescription {
  const root = new Field(inspection);
  const host = root.at("HostConfig");
  const config = root.at("Config");
  const notes = new OriginNotes(undefined, () => undefined);
  const options = parseSecurityOptions(notes.note("seccomp", host.at("SecurityOpt")).texts());
  notes.note("allowPrivilegeEscalation", host.at("SecurityOpt"));
  const [user, group] = (notes.note("user", config.at("User")).text() ?? "").split(":");
  const isHost = (namespace: string, key: string) =>
    notes.note(`hostNamespaces.${namespace}`, host.at(key)).text() === "host";
  const privileged = notes.note("privileged", host.at("Privileged")).flag() ?? false;
  return {
    name: (root.at("Name").text() ?? root.at("Id").text() ?? "(unnamed)").replace(/^\//, ""),
    role: "main",
    runtime: engine.runtime,
    image: imageReferenceOf(notes.note("image", config.at("Image")).text() ?? ""),
    privileged,
    user: user || undefined,
    group: group || undefined,
    allowPrivilegeEscalation: !(options.noNewPrivileges || engine.security?.noNewPrivileges === true),
    readOnlyRootFilesystem: notes.note("readOnlyRootFilesystem", host.at("ReadonlyRootfs")).flag() ?? false,
    capabilities: {
      add: notes.note("capabilities.add", host.at("CapAdd")).texts(),
      drop: notes.note("capabilities.drop", host.at("CapDrop")).texts(),
    },
    seccomp:
      options.seccomp ??
      (engine.security === undefined ? undefined : (engine.security.seccomp ?? { kind: "unconfined" })),
    appArmor: appArmor(notes.note("appArmor", root.at("AppArmorProfile")), engine),
    seLinux: options.seLinux ?? seLinux(notes.note("seLinux", root.at("ProcessLabel"))),
    windowsHostProcess: false,
    probeHosts: [],
    procMount:
      options.unmaskedPaths ||
      (Array.isArray(host.at("MaskedPaths").value) && host.at("MaskedPaths").items().length === 0 && !privileged)
        ? "Unmasked"
        : undefined,
    hostNamespaces: {
      network: isHost("network", "NetworkMode"),
      pid: isHost("pid", "PidMode"),
      ipc: isHost("ipc", "IpcMode"),
      uts: isHost("uts", "UTSMode"),
      user: sharesUsers(notes.note("hostNamespaces.user", host.at("UsernsMode")), engine),
    },
    mounts: mounts(root, host, notes),
    devices: devices(host, notes),
    sysctls: notes.note("sysctls", host.at("Sysctls")).record(),
    ports: ports(root, host, notes),
    limits: limits(host, notes),
    env: config
      .at("Env")
      .texts()
      .map((text, index) => {
        notes.note(`env.${index}`, config.at("Env", index));
        const equals = text.indexOf("=");
        return literalVariable(equals < 0 ? text : text.slice(0, equals), equals < 0 ? "" : text.slice(equals + 1));
      }),
    command: [...textOrTexts(notes.note("command", root.at("Path"))), ...root.at("Args").texts()],
    probes: {
      liveness: config.at("Healthcheck", "Test").isSet && config.at("Healthcheck", "Test").texts()[0] !== "NONE",
      readiness: false,
    },
    cgroupParent: host.at("CgroupParent").text() || undefined,
    running: root.at("State", "Running").flag(),
    origin: notes.origin(),
  };
}

function appArmor(field: Field, engine: EngineTraits): ProfileSetting | undefined {
  const profile = field.text() ?? "";
  if (profile === "unconfined") return { kind: "unconfined" };
  if (profile !== "")
    return /^(?:docker-default|containers-default)/.test(profile)
      ? { kind: "runtime-default", profile }
      : { kind: "localhost", profile };
  const hasNeither = engine.security !== undefined && !engine.security.appArmor && !engine.security.seLinux;
  return hasNeither ? { kind: "unconfined", profile: "none: the engine has neither AppArmor nor SELinux" } : undefined;
}

/** The parts of a process label `user:role:type:level`. Only the type confines; user and role are the policy's own. */
function seLinux(label: Field): SeLinuxSetting | undefined {
  const [, , type, ...level] = (label.text() ?? "").split(":");
  return type === undefined || type === "" ? undefined : { type, level: level.join(":") || undefined, disabled: false };
}

function sharesUsers(mode: Field, engine: EngineTraits): boolean | undefined {
  const text = mode.text() ?? "";
  if (text === "host") return true;
  if (text !== "") return false;
  return engine.security === undefined ? undefined : !engine.security.userNamespaces;
}

function mounts(root: Field, host: Field, notes: OriginNotes): MountDescription[] {
  const found: MountDescription[] = root
    .at("Mounts")
    .items()
    .map((field, index) => {
      notes.note(`mounts.${index}`, field);
      const type = field.at("Type").text() ?? "bind";
      return {
        name: field.at("Name").text(),
        kind:
          type === "bind"
            ? "host-path"
            : type === "volume"
              ? "volume"
              : type === "tmpfs"
                ? "tmpfs"
                : type === "image"
                  ? "image"
                  : "other",
        source: type === "volume" ? field.at("Name").text() : field.at("Source").text(),
        destination: field.at("Destination").text() ?? "",
        readOnly: field.at("RW").value === false,
        propagation: field.at("Propagation").text() || undefined,
      };
    });
  const inMemory = host
    .at("Tmpfs")
    .entries()
    .map(([destination]): MountDescription => ({ kind: "tmpfs", destination, readOnly: false }));
  return [...found, ...inMemory];
}

function devices(host: Field, notes: OriginNotes): string[] {
  const given = notes
    .note("devices", host.at("Devices"))
    .items()
    .map((device) => device.at("PathOnHost").text() ?? "");
  const requested = host
    .at("DeviceRequests")
    .items()
    .map((request) => `${request.at("Driver").text() || "any"} (device request)`);
  const rules = host
    .at("DeviceCgroupRules")
    .texts()
    .map((rule) => `${rule} (device rule)`);
  return [...given, ...requested, ...rules];
}

function ports(root: Field, host: Field, notes: OriginNotes): PortDescription[] {
  const live = root.at("NetworkSettings", "Ports");
  const source = live.isSet && live.entries().length > 0 ? live : host.at("PortBindings");
  const found: PortDescription[] = [];
  for (const [name, bindings] of source.entries()) {
    const [container = "0", protocol = "tcp"] = name.split("/");
    const base = { container: Number(container), protocol: protocol.toUpperCase() };
    if (!bindings.isSet) found.push(base);
    for (const binding of bindings.items()) {
      notes.note(`ports.${found.length}`, binding);
      found.push({
        ...base,
        host: Number(binding.at("HostPort").text() || 0) || undefined,
        hostAddress: binding.at("HostIp").text() || undefined,
      });
    }
  }
  return found;
}

function limits(host: Field, notes: OriginNotes): ContainerDescription["limits"] {
  const positive = (value: number | undefined) => (value !== undefined && value > 0 ? value : undefined);
  notes.note("limits.cpu", host.at("NanoCpus"));
  const nano = positive(host.at("NanoCpus").number());
  const quota = positive(host.at("CpuQuota").number());
  const period = positive(host.at("CpuPeriod").number()) ?? 100_000;
  return {
    memory: positive(notes.note("limits.memory", host.at("Memory")).number()),
    cpu: nano === undefined ? quota && quota / period : nano / 1e9,
    processes: positive(notes.note("limits.processes", host.at("PidsLimit")).number()),
  };
}

function textOrTexts(field: Field): string[] {
  const text = field.text();
  return text === undefined || text === "" ? [] : [text];
}
