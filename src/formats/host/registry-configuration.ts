import { parseToml } from "../toml.ts";
import { isObject, objectAt, parseJsonObject, textOf, textsOf } from "./json-document.ts";

/** A registry that a client reaches without TLS, or without checking whom it speaks to. */
export interface InsecureRegistry {
  readonly registry: string;
  readonly how: "plain-http" | "unverified-tls";
  readonly file: string;
}
/** Where a client fetches what it asks a registry for. */
export interface RegistryMirror {
  readonly registry: string;
  readonly mirror: string;
  readonly file: string;
}
/** What one configuration file says about registries. */
export interface RegistrySettings {
  readonly insecure: readonly InsecureRegistry[];
  readonly mirrors: readonly RegistryMirror[];
}
/** How images must be signed: containers-policy.json(5). */
export interface SignaturePolicy {
  readonly file: string;
  readonly default: string;
  readonly scopes: Readonly<Record<string, string>>;
}

/** Docker's daemon.json: `insecure-registries` are reached over TLS without verification and, failing that, over plain HTTP. */
export function dockerRegistries(text: string, file: string): RegistrySettings {
  const configuration = parseJsonObject(text, file);
  const mirrors = textsOf(configuration["registry-mirrors"]).map((mirror) => ({ registry: "docker.io", mirror, file }));
  const insecure = textsOf(configuration["insecure-registries"]).map(
    (registry): InsecureRegistry => ({ registry, how: "plain-http", file }),
  );
  return { insecure: [...insecure, ...plainMirrors(mirrors)], mirrors };
}

/** containers-registries.conf(5), versions 1 and 2. `insecure` allows TLS without verification and plain HTTP. */
export function containersRegistries(text: string, file: string): RegistrySettings {
  const document = parseToml(text, file);
  const insecure: InsecureRegistry[] = [];
  const mirrors: RegistryMirror[] = [];
  const note = (registry: string): void => {
    insecure.push({ registry, how: "plain-http", file });
  };
  for (const registry of textsOf(objectAt(document, "registries", "insecure")["registries"])) note(registry);
  for (const entry of objectsOf(document["registry"])) {
    const location = textOf(entry["location"]) ?? textOf(entry["prefix"]) ?? "";
    const registry = textOf(entry["prefix"]) ?? location;
    if (entry["insecure"] === true) note(location);
    for (const mirror of objectsOf(entry["mirror"])) {
      const place = textOf(mirror["location"]) ?? "";
      mirrors.push({ registry, mirror: place, file });
      if (mirror["insecure"] === true) note(place);
    }
  }
  return { insecure, mirrors };
}

/** CRI-O's crio.conf(5): `insecure_registries` of `[crio.image]`. */
export function crioRegistries(text: string, file: string): RegistrySettings {
  const image = objectAt(parseToml(text, file), "crio", "image");
  return {
    insecure: textsOf(image["insecure_registries"]).map((registry) => ({ registry, how: "plain-http", file })),
    mirrors: [],
  };
}

/** containerd's config.toml, versions 1 to 3: what the CRI plugin says of registries, and the folders that hold one hosts.toml for each. */
export function containerdRegistries(
  text: string,
  file: string,
): RegistrySettings & { readonly folders: readonly string[] } {
  const document = parseToml(text, file);
  const sections = [
    objectAt(document, "plugins", "cri", "registry"),
    objectAt(document, "plugins", "io.containerd.grpc.v1.cri", "registry"),
    objectAt(document, "plugins", "io.containerd.cri.v1.images", "registry"),
  ];
  const insecure: InsecureRegistry[] = [];
  const mirrors: RegistryMirror[] = [];
  const folders: string[] = [];
  for (const section of sections) {
    folders.push(...(textOf(section["config_path"]) ?? "").split(":").filter((folder) => folder !== ""));
    for (const [registry, entry] of Object.entries(objectAt(section, "mirrors"))) {
      for (const mirror of textsOf(objectAt(entry)["endpoint"])) mirrors.push({ registry, mirror, file });
    }
    for (const [registry, entry] of Object.entries(objectAt(section, "configs"))) {
      if (objectAt(entry, "tls")["insecure_skip_verify"] === true)
        insecure.push({ registry, how: "unverified-tls", file });
    }
  }
  return { insecure: [...insecure, ...plainMirrors(mirrors)], mirrors, folders };
}

/** containerd's hosts.toml of one registry (the name of its folder). */
export function containerdHosts(text: string, file: string, registry: string): RegistrySettings {
  const document = parseToml(text, file);
  const insecure: InsecureRegistry[] = [];
  const mirrors: RegistryMirror[] = [];
  const server = textOf(document["server"]);
  const hosts = Object.entries(objectAt(document, "host"));
  const named = server === undefined ? [] : [[server, document] as const];
  for (const [host, entry] of [...named, ...hosts]) {
    const settings = objectAt(entry);
    if (host.startsWith("http://")) insecure.push({ registry: host, how: "plain-http", file });
    else if (settings["skip_verify"] === true) insecure.push({ registry: host, how: "unverified-tls", file });
  }
  for (const [host] of hosts) mirrors.push({ registry, mirror: host, file });
  return { insecure, mirrors };
}

/** containers-policy.json(5): what an image must be signed with. Scopes are `transport:scope`. Several requirements are joined by `+`. */
export function signaturePolicy(text: string, file: string): SignaturePolicy {
  const document = parseJsonObject(text, file);
  const scopes: [string, string][] = [];
  for (const [transport, entries] of Object.entries(objectAt(document, "transports"))) {
    for (const [scope, requirements] of Object.entries(objectAt(entries)))
      scopes.push([`${transport}:${scope}`, requirementTypes(requirements)]);
  }
  return { file, default: requirementTypes(document["default"]), scopes: Object.fromEntries(scopes) };
}

function requirementTypes(value: unknown): string {
  const types = objectsOf(value).map((requirement) => textOf(requirement["type"]) ?? "unknown");
  return types.length === 0 ? "none" : types.join("+");
}

function objectsOf(value: unknown): Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function plainMirrors(mirrors: readonly RegistryMirror[]): InsecureRegistry[] {
  return mirrors
    .filter(({ mirror }) => mirror.startsWith("http://"))
    .map(({ mirror, file }) => ({ registry: mirror, how: "plain-http", file }));
}
