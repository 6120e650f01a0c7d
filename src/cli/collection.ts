import { stat } from "node:fs/promises";
import type { UnpackedHost } from "../collectors/host-archive.ts";
import { collectHost } from "../collectors/host-collection.ts";
import { type HostInputs, HostRoot } from "../collectors/host-root.ts";
import { collectors } from "../collectors/index.generated.ts";
import type { ManifestSet } from "../collectors/manifest-set.ts";
import type { CollectContext, Collector } from "../core/collector.ts";
import { runCollector } from "../core/collector.ts";
import { AppError, messageOf } from "../core/errors.ts";
import type { Observation, SnapshotContent, Target } from "../core/snapshot.ts";
import { subject } from "../core/subject.ts";
import { type ImageScan, openImageScan, type ScanSources } from "./image-scan.ts";
import type { Progress } from "./progress.ts";
import { dockerfilePath, thisMachine, type Wanted } from "./targets.ts";
import { tool } from "./version.ts";

/** What was collected from one target, or why nothing was. */
interface Gathered {
  readonly targets: readonly Target[];
  readonly observations: readonly Observation[];
  /** For the progress line. */
  readonly summary: string;
}

/** How to collect. */
export interface CollectionOptions {
  readonly platform?: string | undefined;
  /** False: layers are read anew and not kept. */
  readonly cache: boolean;
  /** True: nothing that needs the network is opened. */
  readonly offline: boolean;
  /** What is given with hosts besides their files. */
  readonly host?: HostInputs | undefined;
  /** What to look for malware with. */
  readonly malware?: ScanSources | undefined;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/**
 * Collects the facts of all targets. Where several were asked for, one that cannot be read does not keep the others from being assessed: it
 * becomes a failure that the caller reports; a single one throws.
 */
export async function collectAll(
  wanted: readonly Wanted[],
  options: CollectionOptions,
): Promise<{ content: SnapshotContent; failures: readonly AppError[]; store?: ImageScan["store"] | undefined }> {
  const scan = wanted.some(({ kind }) => kind === "image") ? await openImageScan(options) : undefined;
  const created = new Date();
  const context: CollectContext = { signal: options.signal, now: created };
  const targets: Target[] = [];
  const observations: Observation[] = [];
  const failures: AppError[] = [];
  for (const one of wanted) {
    try {
      const gathered = await options.progress.step(
        one.kind,
        one.target,
        (update) => gather(one, context, options, update, scan),
        ({ summary }) => summary,
      );
      targets.push(...gathered.targets.filter((target) => !targets.some((known) => known.subject === target.subject)));
      observations.push(...gathered.observations);
    } catch (error) {
      if (!(error instanceof AppError) || wanted.length === 1) throw error;
      failures.push(error);
    }
  }
  if (targets.length === 0 && failures[0]) throw failures[0];
  return { content: { tool, created: created.toISOString(), targets, observations }, failures, store: scan?.store };
}

function gather(
  wanted: Wanted,
  context: CollectContext,
  options: CollectionOptions,
  update: (text: string) => void,
  scan: ImageScan | undefined,
): Promise<Gathered> {
  switch (wanted.kind) {
    case "image": {
      const dockerfile = dockerfilePath(wanted.target);
      return dockerfile === undefined
        ? gatherImages(wanted.target, options, update, scan)
        : gatherDockerfiles(dockerfile);
    }
    case "host":
      return gatherHost(wanted.target, context, "host", /^(host|registry)\//, options.host);
    case "hardware":
      return gatherHost(wanted.target, context, "hardware", /^hardware\//);
    case "cluster":
      return gatherManifests(wanted.target, context);
    case "container":
      return gatherEngine(wanted.target, context);
    case "registry":
      if (options.offline) {
        throw new AppError("UNREACHABLE", `registry ${wanted.target} cannot be asked with --offline`, {
          hint: "leave out --offline",
        });
      }
      return gatherRegistry(wanted.target, context);
    case "facts":
      throw new AppError("USAGE", `${wanted.target} holds saved facts, which are assessed alone`, {
        hint: `run "plimsoll assess ${wanted.target}"`,
      });
  }
}

async function gatherImages(
  path: string,
  options: CollectionOptions,
  update: (text: string) => void,
  scan: ImageScan | undefined,
): Promise<Gathered> {
  const { openImage } = await import("./image-target.ts");
  const { read: readImage } = scan ?? (await openImageScan(options));
  const archive = await openImage(path, options.platform, {
    cache: options.cache ? undefined : false,
    signal: options.signal,
    offline: options.offline,
  });
  try {
    const read = [];
    for (const image of archive.images) read.push(await readImage(image, archive, update));
    const names = [...new Set(read.map(({ target }) => target.name))].join(", ");
    const layers = archive.images.reduce((sum, image) => sum + image.layers.length, 0);
    return {
      targets: read.map(({ target }) => target),
      observations: read.flatMap(({ observations }) => observations),
      summary: `${names} (${read.length === 1 ? "" : `${read.length} platforms, `}${layers} ${layers === 1 ? "layer" : "layers"})`,
    };
  } finally {
    await archive.close();
  }
}

async function gatherDockerfiles(path: string): Promise<Gathered> {
  const [{ readDockerfiles }, { imageCollectors }] = await Promise.all([
    import("../collectors/dockerfile-target.ts"),
    import("../collectors/image/index.generated.ts"),
  ]);
  const read = await readDockerfiles(
    path,
    [...imageCollectors.values()].map(({ provides }) => provides),
  );
  const stages = read.reduce((sum, one) => sum + one.stages, 0);
  const files = read.length === 1 ? path : `${path}: ${read.length} Dockerfiles`;
  return {
    targets: read.map(({ target }) => target),
    observations: read.flatMap(({ observations }) => observations),
    summary: `${files} (${stages} ${stages === 1 ? "stage" : "stages"})`,
  };
}

async function gatherHost(
  path: string,
  context: CollectContext,
  kind: "host" | "hardware",
  rooms: RegExp,
  given?: HostInputs,
): Promise<Gathered> {
  const archive = await archiveAt(path);
  try {
    const name = path === "/" ? thisMachine() : path;
    const root = new HostRoot(archive?.root ?? path, subject("host", name), path === "/", given);
    const observations = await collectHost(root, context, { rooms });
    const target: Target = { kind, name, subject: root.subject, identity: root.subject };
    const known = observations.filter((observation) => "value" in observation).length;
    const missing = observations.length - known;
    const notMade = archive === undefined || archive.leftOut === 0 ? "" : `, ${archive.leftOut} entries left out`;
    const what = path === "/" ? "this machine" : path;
    return {
      targets: [target],
      observations,
      summary: `${what} (${known} facts${missing === 0 ? "" : `, ${missing} unavailable`}${notMade})`,
    };
  } finally {
    await archive?.close();
  }
}

/** The unpacked archive where the path is one; undefined for a folder. */
async function archiveAt(path: string): Promise<UnpackedHost | undefined> {
  const found = await stat(path).catch((error: unknown) => {
    throw new AppError("TARGET_NOT_FOUND", `cannot open ${path}: ${messageOf(error)}`, { hint: rootHint });
  });
  if (found.isDirectory()) return undefined;
  if (!found.isFile())
    throw new AppError("TARGET_NOT_FOUND", `${path} is neither a folder nor an archive`, { hint: rootHint });
  return (await import("../collectors/host-archive.ts")).unpackHostArchive(path);
}

const rootHint = "name the root folder of a host's file system, or a tar archive of it";

async function gatherManifests(path: string, context: CollectContext): Promise<Gathered> {
  const { openManifests } = await import("../collectors/manifest-set.ts");
  const name = path.replace(/\/+$/, "").split("/").at(-1) || path;
  const manifests = await openManifests(path, name);
  const observations = await runAll("manifests", manifests, subject("cluster", name), context);
  const target: Target = {
    kind: "cluster",
    name,
    subject: subject("cluster", name),
    identity: subject("cluster", name),
  };
  return { targets: [target], observations, summary: `${path} (${manifestSummary(manifests)})` };
}

function manifestSummary({ objects, compose, unread, ignored }: ManifestSet): string {
  const parts = [`${objects.length} objects`];
  if (compose.length > 0) parts.push(`${compose.length} compose files`);
  if (unread.length > 0) parts.push(`${unread.length} unread`);
  if (ignored > 0) parts.push(`${ignored} other documents`);
  return parts.join(", ");
}

async function gatherEngine(target: string, context: CollectContext): Promise<Gathered> {
  const { openContainerEngine } = await import("../collectors/container-engine.ts");
  const socket = target.replace(/^unix:\/\//, "");
  const engine = await openContainerEngine(socket, engineName(socket), context.signal);
  try {
    const observations = await runAll("engine", engine, engine.subject, context);
    const { name, subject: about } = engine;
    return {
      targets: [{ kind: "container", name, subject: about, identity: about }],
      observations,
      summary: `${name} at ${socket} (${observations.length} facts)`,
    };
  } finally {
    await engine.engine.close();
  }
}

/** Engines are told apart by their socket's name: podman answers the same protocol as docker. */
function engineName(socket: string): string {
  return /podman/.test(socket) ? "podman" : "docker";
}

async function gatherRegistry(host: string, context: CollectContext): Promise<Gathered> {
  const about = subject("registry", host);
  const observations = await runAll("registry", { host, subject: about }, about, context);
  return { targets: [{ kind: "registry", name: host, subject: about, identity: about }], observations, summary: host };
}

async function runAll<R>(
  reads: Collector["reads"],
  target: R,
  about: string,
  context: CollectContext,
): Promise<Observation[]> {
  const chosen = [...collectors.values()].filter((collector) => collector.reads === reads);
  const run = (collector: Collector) => runCollector(collector as Collector<R>, target, about, context);
  return (await Promise.all(chosen.map(run))).flat();
}
