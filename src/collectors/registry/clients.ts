import type { z } from "zod";
import { registryClients } from "../../facts/registry/clients.ts";
import {
  containerdHosts,
  containerdRegistries,
  containersRegistries,
  crioRegistries,
  dockerRegistries,
  type RegistrySettings,
  signaturePolicy,
} from "../../formats/host/registry-configuration.ts";
import { processTable } from "../host/process-table.ts";
import { defineHostCollector } from "../host-collector.ts";
import type { HostRoot } from "../host-root.ts";

type Client = z.input<typeof registryClients.schema>["clients"][number];

export default defineHostCollector<typeof registryClients.schema>({
  reads: "host",
  provides: registryClients,
  async *collect(root) {
    const found = await Promise.all([docker(root), containerd(root), containersLibrary(root), crio(root)]);
    const clients = found.filter((client) => client !== undefined);
    yield { subject: root.subject, source: "configuration of the engines", value: { clients } };
  },
});

async function docker(root: HostRoot): Promise<Client | undefined> {
  const reader = new SettingsReader(root);
  await reader.file("/etc/docker/daemon.json", dockerRegistries);
  const table = await processTable(root);
  const process = "processes" in table ? table.processes.find((candidate) => candidate.name === "dockerd") : undefined;
  const options = (process?.arguments ?? []).flatMap((word, index, words) => {
    if (word.startsWith("--insecure-registry=")) return [word.slice("--insecure-registry=".length)];
    return word === "--insecure-registry" ? [words[index + 1] ?? ""] : [];
  });
  const insecure = options.map((registry) => ({
    registry,
    how: "plain-http" as const,
    file: "command line of dockerd",
  }));
  reader.add({ insecure, mirrors: [] });
  return reader.client(
    "docker",
    process !== undefined || (await anyExists(root, ["/usr/bin/dockerd", "/usr/local/bin/dockerd"])),
  );
}

async function containerd(root: HostRoot): Promise<Client | undefined> {
  const reader = new SettingsReader(root);
  const folders = new Set<string>();
  await reader.file("/etc/containerd/config.toml", (text, path) => {
    const settings = containerdRegistries(text, path);
    for (const folder of settings.folders) folders.add(folder);
    return settings;
  });
  const present =
    reader.files.length > 0 || (await anyExists(root, ["/usr/bin/containerd", "/usr/local/bin/containerd"]));
  if (!present) return undefined;
  // From containerd 2 on these are read where nothing else is said; before it the first is what the documentation uses.
  for (const folder of folders.size > 0 ? folders : ["/etc/containerd/certs.d"]) {
    for (const registry of await namesIn(root, folder)) {
      await reader.file(`${folder}/${registry}/hosts.toml`, (text, path) => containerdHosts(text, path, registry));
    }
  }
  return reader.client("containerd", present);
}

/** podman, buildah and skopeo share the files of the containers library. */
async function containersLibrary(root: HostRoot): Promise<Client | undefined> {
  const reader = new SettingsReader(root);
  await containersFiles(root, reader);
  return reader.client("podman", await anyExists(root, ["/usr/bin/podman", "/usr/local/bin/podman"]));
}

async function crio(root: HostRoot): Promise<Client | undefined> {
  if (!(await anyExists(root, ["/usr/bin/crio", "/usr/local/bin/crio", "/etc/crio/crio.conf"]))) return undefined;
  const reader = new SettingsReader(root);
  await reader.file("/etc/crio/crio.conf", crioRegistries);
  for (const name of await namesIn(root, "/etc/crio/crio.conf.d"))
    await reader.file(`/etc/crio/crio.conf.d/${name}`, crioRegistries);
  await containersFiles(root, reader);
  return reader.client("cri-o", true);
}

async function containersFiles(root: HostRoot, reader: SettingsReader): Promise<void> {
  const before = reader.files.length;
  await reader.file("/etc/containers/registries.conf", containersRegistries);
  if (reader.files.length === before) await reader.file("/usr/share/containers/registries.conf", containersRegistries);
  for (const name of await namesIn(root, "/etc/containers/registries.conf.d")) {
    if (name.endsWith(".conf")) await reader.file(`/etc/containers/registries.conf.d/${name}`, containersRegistries);
  }
  await reader.policy(["/etc/containers/policy.json", "/usr/share/containers/policy.json"]);
}

class SettingsReader {
  readonly files: string[] = [];
  readonly #root: HostRoot;
  readonly #insecure: Client["insecure"] = [];
  readonly #mirrors: NonNullable<Client["mirrors"]> = [];
  #policy: Client["signaturePolicy"];

  constructor(root: HostRoot) {
    this.#root = root;
  }

  /** A file that may not be read ends the collection: what it allows would be missed. */
  async file(path: string, parse: (text: string, path: string) => RegistrySettings): Promise<void> {
    const text = await this.#required(path);
    if (text === undefined) return;
    this.files.push(path);
    this.add(parse(text, path));
  }

  async policy(paths: readonly string[]): Promise<void> {
    for (const path of paths) {
      const text = await this.#required(path);
      if (text === undefined) continue;
      this.files.push(path);
      this.#policy = { ...signaturePolicy(text, path), scopes: { ...signaturePolicy(text, path).scopes } };
      return;
    }
  }

  add(settings: RegistrySettings): void {
    this.#insecure.push(...settings.insecure);
    this.#mirrors.push(...settings.mirrors);
  }

  client(client: string, present: boolean): Client | undefined {
    if (!present && this.files.length === 0) return undefined;
    return {
      client,
      files: this.files,
      insecure: this.#insecure,
      mirrors: this.#mirrors,
      signaturePolicy: this.#policy,
    };
  }

  async #required(path: string): Promise<string | undefined> {
    const result = await this.#root.read(path);
    if ("text" in result) return result.text;
    if (result.missing === "absent") return undefined;
    throw new Error(result.reason);
  }
}

async function namesIn(root: HostRoot, folder: string): Promise<readonly string[]> {
  const listed = await root.list(folder);
  return "names" in listed ? listed.names : [];
}

async function anyExists(root: HostRoot, paths: readonly string[]): Promise<boolean> {
  for (const path of paths) if (await root.exists(path)) return true;
  return false;
}
