import { parse as parseYaml } from "yaml";
import { AppError, messageOf } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { type Engine, engine } from "../../facts/host/engine.ts";
import { flatDocument } from "../../formats/flat-document.ts";
import { installedPackages } from "../../formats/host/apt.ts";
import { parseJsonObject } from "../../formats/host/json-document.ts";
import { commandWords, listSetting } from "../../formats/host/unit-file.ts";
import type { PackageRecord } from "../../formats/package-record.ts";
import { parseToml } from "../../formats/toml.ts";
import { defineHostCollector } from "../host-collector.ts";
import { type HostRoot, ReadBuffer } from "../host-root.ts";
import type { PackageReader } from "../package-reader.ts";
import goProgramReader from "../package-readers/go-program.ts";
import unpackagedBinaryReader from "../package-readers/unpackaged-binary.ts";
import { processTable } from "./process-table.ts";
import { readUnit } from "./unit-folders.ts";

interface EngineKind {
  readonly engine: string;
  readonly programs: readonly string[];
  /** Name of its process. */
  readonly process: string;
  /** Arguments by which a process of that name is the engine; a client of the same name is none. */
  readonly processArgument?: string;
  /** Option that names another configuration file. */
  readonly configurationOption?: string;
  readonly configurationFiles: readonly string[];
  /** Folders whose files are read after the configuration file, in order of name. */
  readonly configurationFolders: readonly string[];
  readonly sockets: readonly string[];
  readonly unit: string;
}

const kinds: readonly EngineKind[] = [
  {
    engine: "docker",
    programs: ["/usr/bin/dockerd", "/usr/sbin/dockerd", "/usr/local/bin/dockerd", "/snap/bin/dockerd"],
    process: "dockerd",
    configurationOption: "--config-file",
    configurationFiles: ["/etc/docker/daemon.json"],
    configurationFolders: [],
    sockets: ["/run/docker.sock"],
    unit: "docker.service",
  },
  {
    engine: "containerd",
    programs: ["/usr/bin/containerd", "/usr/local/bin/containerd", "/usr/sbin/containerd"],
    process: "containerd",
    configurationOption: "--config",
    configurationFiles: ["/etc/containerd/config.toml"],
    configurationFolders: ["/etc/containerd/conf.d"],
    sockets: [
      "/run/containerd/containerd.sock",
      "/run/docker/containerd/containerd.sock",
      "/run/k3s/containerd/containerd.sock",
    ],
    unit: "containerd.service",
  },
  {
    engine: "cri-o",
    programs: ["/usr/bin/crio", "/usr/local/bin/crio"],
    process: "crio",
    configurationOption: "--config",
    configurationFiles: ["/etc/crio/crio.conf"],
    configurationFolders: ["/etc/crio/crio.conf.d"],
    sockets: ["/run/crio/crio.sock"],
    unit: "crio.service",
  },
  {
    engine: "podman",
    programs: ["/usr/bin/podman", "/usr/local/bin/podman"],
    process: "podman",
    processArgument: "service",
    configurationFiles: ["/usr/share/containers/containers.conf", "/etc/containers/containers.conf"],
    configurationFolders: ["/etc/containers/containers.conf.d"],
    sockets: ["/run/podman/podman.sock"],
    unit: "podman.service",
  },
  {
    engine: "kubelet",
    programs: ["/usr/bin/kubelet", "/usr/local/bin/kubelet"],
    process: "kubelet",
    configurationOption: "--config",
    configurationFiles: ["/var/lib/kubelet/config.yaml"],
    configurationFolders: [],
    sockets: [],
    unit: "kubelet.service",
  },
];

export default defineHostCollector<typeof engine.schema>({
  reads: "host",
  provides: engine,
  async *collect(root) {
    const engines: Engine[] = [];
    for (const kind of kinds) {
      const found = await readEngine(root, kind);
      if (found.shownBy.length > 0) engines.push(found);
    }
    yield { subject: root.subject, source: "programs, processes, sockets and configuration files", value: { engines } };
  },
});

async function readEngine(root: HostRoot, kind: EngineKind): Promise<Engine> {
  const shownBy: string[] = [];
  for (const path of kind.programs) if (await root.exists(path)) shownBy.push(path);
  const table = await processTable(root);
  const processes = "processes" in table ? table.processes : [];
  const process = processes.find(
    (candidate) =>
      candidate.name === kind.process &&
      candidate.container === undefined &&
      (kind.processArgument === undefined || candidate.arguments.includes(kind.processArgument)),
  );
  if (process) shownBy.push(`process ${process.name}`);
  const sockets = await socketsOf(root, kind);
  shownBy.push(...sockets.map((socket) => socket.path));
  const commandLine = process ? [...process.arguments] : await unitCommand(root, kind.unit);
  const files = await configurationOf(root, kind, commandLine);
  // How a process that may not be seen was started outweighs files.
  if (!("processes" in table) && (await root.exists("/proc/self")))
    files.unread.push({ path: "/proc", reason: table.reason });
  const version = await versionOf(root, kind, shownBy);
  return {
    engine: kind.engine,
    shownBy,
    ...(version !== undefined && { version }),
    running: process !== undefined,
    ...(process ? { rootless: process.user !== 0 } : {}),
    ...files,
    commandLine,
    sockets,
    controlPlane: kind.engine === "kubelet" ? await controlPlaneManifests(root, files.configuration) : [],
  };
}

/** Names that the programs' own packages and modules go by, besides the engine's. */
const programNames: Readonly<Record<string, RegExp>> = {
  docker: /^(docker|moby|github\.com\/(docker\/docker|moby\/moby)(\/v\d+)?)$/,
  containerd: /^(containerd|github\.com\/containerd\/containerd(\/v\d+)?)$/,
  "cri-o": /^(cri-o|crio|github\.com\/cri-o\/cri-o)$/,
  podman: /^(podman|github\.com\/containers\/podman(\/v\d+)?)$/,
  kubelet: /^(kubelet|kubernetes|k8s\.io\/kubernetes)$/,
};

/** Debian's packages that hold the program of an engine. */
const debianPackages: Readonly<Record<string, RegExp>> = {
  docker: /^(docker-ce|docker-ee|docker\.io|moby-engine)$/,
  containerd: /^(containerd|containerd\.io)$/,
  "cri-o": /^cri-o$/,
  podman: /^podman$/,
  kubelet: /^kubelet$/,
};

/**
 * The version of the engine's program: that of dpkg's package for a program in the system's own folders, else what the program carries in it. Undefined where
 * there is no program or neither tells. It is never started.
 */
async function versionOf(root: HostRoot, kind: EngineKind, shownBy: readonly string[]): Promise<string | undefined> {
  const program = kind.programs.find((path) => shownBy.includes(path));
  const name = programNames[kind.engine];
  if (program === undefined || name === undefined) return undefined;
  if (/^\/usr\/s?bin\//.test(program)) {
    const status = (await root.text("/var/lib/dpkg/status")) ?? "";
    const packaged = installedPackages(status).find((one) => debianPackages[kind.engine]?.test(one.name))?.version;
    if (packaged !== undefined) return packaged;
  }
  const place = new ReadBuffer();
  const result = await root.readBytes(program, limits.analysedFile, place);
  const told = "bytes" in result ? toldVersion(program.slice(1), result.bytes, name) : undefined;
  place.release();
  return told;
}

function toldVersion(path: string, bytes: Uint8Array, name: RegExp): string | undefined {
  for (const reader of [unpackagedBinaryReader, goProgramReader]) {
    const version = toldBy(reader, path, bytes).find((one) => name.test(one.name))?.version;
    if (version !== undefined && /\d/.test(version)) return version.replace(/^v/, "");
  }
  return undefined;
}

function toldBy(reader: PackageReader, path: string, bytes: Uint8Array): readonly PackageRecord[] {
  try {
    return reader.read(path, bytes).packages ?? [];
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // A damaged program tells nothing; that its version is unknown is said where it is judged.
    return [];
  }
}

async function controlPlaneManifests(
  root: HostRoot,
  configuration: Readonly<Record<string, string>>,
): Promise<string[]> {
  const configured: unknown = JSON.parse(configuration["staticPodPath"] ?? "null");
  const folder = typeof configured === "string" ? configured : "/etc/kubernetes/manifests";
  const listed = await root.list(folder);
  const names = "names" in listed ? listed.names : [];
  return names
    .filter((name) => /^(kube-apiserver|kube-controller-manager|kube-scheduler|etcd)\./.test(name))
    .map((name) => `${folder}/${name}`);
}

async function unitCommand(root: HostRoot, unit: string): Promise<string[]> {
  const settings = await readUnit(root, unit);
  const line = settings && listSetting(settings, "Service", "ExecStart").at(-1);
  return line === undefined ? [] : commandWords(line);
}

async function socketsOf(root: HostRoot, kind: EngineKind): Promise<Engine["sockets"]> {
  const users = await root.list("/run/user");
  const name = { docker: "docker.sock", podman: "podman/podman.sock" }[kind.engine];
  const rootless = name && "names" in users ? users.names.map((user) => `/run/user/${user}/${name}`) : [];
  const sockets: Engine["sockets"] = [];
  for (const path of [...kind.sockets, ...rootless]) {
    const found = await root.stat(path);
    if (found?.isSocket()) sockets.push({ path, mode: octal(found.mode), owner: found.uid, group: found.gid });
  }
  return sockets;
}

async function configurationOf(
  root: HostRoot,
  kind: EngineKind,
  commandLine: readonly string[],
): Promise<Pick<Engine, "configurationFiles" | "configuration" | "unread">> {
  const chosen = kind.configurationOption && optionValue(commandLine, kind.configurationOption);
  const paths = chosen ? [chosen] : [...kind.configurationFiles];
  for (const folder of kind.configurationFolders) {
    const listed = await root.list(folder);
    if ("names" in listed)
      paths.push(...listed.names.filter((name) => /\.(conf|toml)$/.test(name)).map((name) => `${folder}/${name}`));
  }
  const configurationFiles: string[] = [];
  const configuration: Record<string, string> = {};
  const unread: Engine["unread"] = [];
  for (const path of paths) {
    const result = await root.read(path);
    if (!("text" in result)) {
      if (result.missing !== "absent") unread.push({ path, reason: result.reason });
      continue;
    }
    configurationFiles.push(path);
    try {
      Object.assign(configuration, flatDocument(parseConfiguration(result.text, path)));
    } catch (error) {
      unread.push({ path, reason: messageOf(error) });
    }
  }
  return { configurationFiles, configuration, unread };
}

function parseConfiguration(text: string, path: string): unknown {
  if (path.endsWith(".json")) return parseJsonObject(text, path);
  if (/\.ya?ml$/.test(path)) return parseYaml(text);
  return parseToml(text, path);
}

function optionValue(commandLine: readonly string[], option: string): string | undefined {
  const index = commandLine.findIndex((word) => word === option || word.startsWith(`${option}=`));
  if (index < 0) return undefined;
  const word = commandLine[index]!;
  return word === option ? commandLine[index + 1] : word.slice(option.length + 1);
}

function octal(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, "0");
}
