import { open, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { imageSourcePrefixes } from "../collectors/image-sources.ts";
import { isDockerfileName, sourceFolder } from "../collectors/source-folder.ts";
import { AppError } from "../core/errors.ts";
import type { TargetKind } from "../core/snapshot.ts";

/** What the user wants assessed, each with its kind settled. */
export interface Wanted {
  readonly kind: TargetKind | "facts";
  readonly target: string;
  /** Why this kind, when it was guessed. */
  readonly guessed?: string | undefined;
}

const kinds: readonly TargetKind[] = ["image", "registry", "cluster", "container", "host", "hardware"];
const dockerfilePrefix = "dockerfile";
const engineSockets = ["/var/run/docker.sock", "/run/podman/podman.sock"];

/** Settles what is to be assessed from the words on the command line. Without any: this machine, its hardware and the engines whose sockets it has. */
export async function wantedFrom(
  what: string | undefined,
  targets: readonly string[],
  root: string,
): Promise<Wanted[]> {
  if (what === undefined)
    return [{ kind: "host", target: root }, { kind: "hardware", target: root }, ...(await engines())];
  const words = [what, ...targets];
  // "assess host hardware image:app.tar": areas that need no target may stand beside targets that say what they are.
  const isOwnTarget = (word: string) => word === "host" || word === "hardware";
  if (words.length > 1 && words.every((word) => isOwnTarget(word) || saysItsKind(word))) {
    const own = (word: string): Wanted[] => [{ kind: word as "host" | "hardware", target: root }];
    return (await Promise.all(words.map((word) => (isOwnTarget(word) ? own(word) : guess(word))))).flat();
  }
  const kind = kinds.find((candidate) => candidate === what);
  if (kind === undefined) return (await Promise.all(words.map(guess))).flat();
  if (targets.length > 0) return targets.map((target) => ({ kind, target }));
  if (kind === "host" || kind === "hardware") return [{ kind, target: root }];
  if (kind === "container") {
    const found = await engines();
    if (found.length > 0) return found;
    throw new AppError(
      "TARGET_NOT_FOUND",
      `no container engine answers on this machine (looked for ${engineSockets.join(", ")})`,
      {
        hint: "name its socket: plimsoll assess container unix:///path/to/docker.sock",
      },
    );
  }
  throw new AppError("USAGE", `assess ${kind} needs a target`, { hint: `see "plimsoll assess --help" for examples` });
}

function saysItsKind(word: string): boolean {
  const [, prefix] = /^([a-z-]+):./.exec(word) ?? [];
  return prefix !== undefined && [...kinds, ...imageSourcePrefixes, dockerfilePrefix].includes(prefix);
}

async function engines(): Promise<Wanted[]> {
  const found = await Promise.all(
    engineSockets.map(async (path) => ((await stat(path).catch(() => undefined))?.isSocket() ? path : undefined)),
  );
  return found.flatMap((path) => (path === undefined ? [] : [{ kind: "container" as const, target: path }]));
}

async function guess(target: string): Promise<Wanted[]> {
  const [, prefix, rest] = /^([a-z]+):(.+)$/.exec(target) ?? [];
  const named = kinds.find((kind) => kind === prefix);
  if (named !== undefined && rest !== undefined) return [{ kind: named, target: rest }];
  if (prefix !== undefined && [...imageSourcePrefixes, dockerfilePrefix].includes(prefix))
    return [{ kind: "image", target }];
  const found = await stat(target).catch(() => undefined);
  if (found?.isSocket() || target.startsWith("unix://"))
    return [{ kind: "container", target, guessed: "it is a socket" }];
  if (found?.isDirectory()) return guessFolder(target);
  if (found?.isFile()) return [await guessFile(target)];
  if (/^[\w.-]+:\d+$/.test(target)) return [{ kind: "registry", target, guessed: "it is written host:port" }];
  throw new AppError("TARGET_NOT_FOUND", `there is no ${target} here, and it is no area of the guide`, {
    hint: `name the kind before the target: plimsoll assess image|registry|cluster|container|host|hardware ${target}`,
  });
}

async function guessFolder(target: string): Promise<Wanted[]> {
  const has = async (name: string) => (await stat(`${target}/${name}`).catch(() => undefined)) !== undefined;
  if (await has("oci-layout")) return [{ kind: "image", target, guessed: "the folder is an OCI layout" }];
  if ((await has("etc")) && ((await has("usr")) || (await has("bin"))))
    return [{ kind: "host", target, guessed: "the folder looks like the root of a system" }];
  const { dockerfiles, hasManifests } = await sourceFolder(target);
  const manifests: Wanted = { kind: "cluster", target, guessed: "the folder is read as manifests" };
  if (dockerfiles.length === 0) return [manifests];
  const guessed = `it holds ${dockerfiles.length === 1 ? "a Dockerfile" : `${dockerfiles.length} Dockerfiles`}`;
  const images: Wanted = { kind: "image", target: `${dockerfilePrefix}:${target}`, guessed };
  return hasManifests ? [manifests, images] : [images];
}

/** The Dockerfile, or folder of them, that an image's name stands for: `dockerfile:PATH`, or a path that ends as Dockerfiles are named. */
export function dockerfilePath(target: string): string | undefined {
  if (target.startsWith(`${dockerfilePrefix}:`)) return target.slice(dockerfilePrefix.length + 1);
  return !/^[a-z-]+:/.test(target) && isDockerfileName(target) ? target : undefined;
}

async function guessFile(target: string): Promise<Wanted> {
  if (isDockerfileName(target))
    return { kind: "image", target: `${dockerfilePrefix}:${target}`, guessed: "it is named as Dockerfiles are" };
  if (/\.(tar|tar\.gz|tgz|tar\.zst|tar\.xz)$/.test(target))
    return { kind: "image", target, guessed: "it is a tar archive" };
  if (/\.ya?ml$/.test(target)) return { kind: "cluster", target, guessed: "it is YAML" };
  if (/\.json$/.test(target)) return guessJson(target);
  if (/\.(spdx|cdx|spdx\.rdf|rdf)$|\.(cdx|bom)\.xml$/.test(target))
    return { kind: "image", target: `sbom:${target}`, guessed: "it is named as SBOMs are" };
  throw new AppError("TARGET_NOT_FOUND", `cannot tell what ${target} is`, {
    hint: `name the kind before the target: plimsoll assess image|cluster ${target}`,
  });
}

async function guessJson(target: string): Promise<Wanted> {
  const beginning = await beginningOf(target, 4_096);
  // A saved snapshot is canonical JSON, so its keys come in order: advisories or created first.
  if (/^\{"(advisories|created)":/.test(beginning)) return { kind: "facts", target };
  if (/"(bomFormat|spdxVersion)"\s*:/.test(beginning)) {
    return { kind: "image", target: `sbom:${target}`, guessed: "it is an SBOM" };
  }
  return { kind: "cluster", target, guessed: "it is JSON" };
}

async function beginningOf(path: string, bytes: number): Promise<string> {
  const file = await open(path, "r");
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0);
    return buffer.subarray(0, bytesRead).toString("utf8");
  } finally {
    await file.close();
  }
}

/** The name by which this machine is known: its host name. */
export function thisMachine(): string {
  return hostname() || "localhost";
}
