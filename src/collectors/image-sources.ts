import { open, stat } from "node:fs/promises";
import { AppError } from "../core/errors.ts";
import type { ImageSource } from "./image-source.ts";
import { LayerCache, layerCacheFolder } from "./layer-cache.ts";

/** How images are opened. */
export interface ImageSourceOptions {
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
  /** True: an image that would have to be fetched is refused. */
  readonly offline?: boolean | undefined;
  /** Folder for what was found in layers, or false for none; where it is not told, the environment's. */
  readonly cache?: string | false | undefined;
}

type Opener = (name: string, options: ImageSourceOptions) => Promise<ImageSource>;

/** Where an image may be, by the word before the colon. Each is loaded when it is named. */
const openers: Readonly<Record<string, Opener>> = {
  registry: async (name, options) => {
    refuseOffline(name, options);
    return (await import("./image-source-registry.ts")).openRegistryImage(name, options);
  },
  attested: async (name, options) => {
    refuseOffline(name, options);
    return (await import("./image-source-attested.ts")).openAttestedImage(name, options);
  },
  docker: async (name, options) => (await import("./image-source-engine.ts")).openEngineImage("docker", name, options),
  podman: async (name, options) => (await import("./image-source-engine.ts")).openEngineImage("podman", name, options),
  containerd: async (name, options) =>
    (await import("./image-source-containerd.ts")).openContainerdImage(name, options),
  dir: async (name) => (await import("./image-source-folder.ts")).openFolderImage(name),
  rootfs: async (name) => (await import("./image-source-folder.ts")).openFolderImage(name),
  archive: async (name) => (await import("./image-source-archive.ts")).openArchiveImage(name),
  "oci-dir": async (name) => (await import("./image-source-archive.ts")).openArchiveImage(name),
  sbom: async (name) => (await import("./image-source-sbom.ts")).openSbomImage(name),
};

function refuseOffline(name: string, { offline }: ImageSourceOptions): void {
  if (offline !== true) return;
  throw new AppError("UNREACHABLE", `${name} lies in a registry, and --offline allows no network`, {
    hint: "save it to an archive first, or leave out --offline",
  });
}

/** The words that may stand before an image's name: `registry:`, `docker:`, `archive:` … */
export const imageSourcePrefixes: readonly string[] = Object.keys(openers);

/**
 * Opens what the user named: `PREFIX:NAME` with one of the prefixes, else a file or folder, told apart by content, else a reference that names its
 * registry. Throws `TARGET_NOT_FOUND` for what is neither, and what the sources throw.
 */
export async function openImageSource(name: string, options: ImageSourceOptions = {}): Promise<ImageSource> {
  const [, prefix, rest] = /^([a-z-]+):(?:\/\/)?(.+)$/s.exec(name) ?? [];
  // "registry:5000/shop" is a host with its port.
  const opener = prefix === undefined || /^\d+\//.test(rest ?? "") ? undefined : openers[prefix];
  const isPath = opener === undefined || (await stat(name).catch(() => undefined)) !== undefined;
  const source = isPath ? await (await openerFor(name))(name, options) : await opener(rest!, options);
  return withCache(source, options);
}

async function openerFor(name: string): Promise<Opener> {
  const found = await stat(name).catch(() => undefined);
  if (found?.isDirectory()) return (await isRoot(name)) ? openers["dir"]! : openers["archive"]!;
  if (found) return (await beginsAsSbom(name)) ? openers["sbom"]! : openers["archive"]!;
  if (namesRegistry(name)) return openers["registry"]!;
  throw new AppError(
    "TARGET_NOT_FOUND",
    `cannot open image ${name}: there is no such file here, and it names no registry`,
    {
      hint: `name an archive or an OCI layout; for an image of an engine docker:${name} or podman:${name}, of Docker Hub registry:${name}`,
    },
  );
}

/** A layout has an index or a manifest; a folder without one that has the folders of a system is one. */
async function isRoot(path: string): Promise<boolean> {
  const has = async (name: string) => (await stat(`${path}/${name}`).catch(() => undefined)) !== undefined;
  if ((await has("index.json")) || (await has("manifest.json")) || (await has("repositories"))) return false;
  return (await has("etc")) || (await has("usr"));
}

async function beginsAsSbom(path: string): Promise<boolean> {
  const file = await open(path, "r").catch(() => undefined);
  if (file === undefined) return false;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0);
    return /^\uFEFF?\s*(?:\{|<|#|SPDXVersion:|SPDXID:|DataLicense:)/.test(buffer.toString("utf8", 0, bytesRead));
  } finally {
    await file.close();
  }
}

/** `HOST.DOMAIN/…`, `HOST:PORT/…` or `localhost/…`; anything else may as well be a file name that was mistyped. */
function namesRegistry(name: string): boolean {
  const slash = name.indexOf("/");
  const host = name.slice(0, Math.max(0, slash));
  return /^(localhost|[A-Za-z0-9][A-Za-z0-9-]*(\.[A-Za-z0-9-]+)+|\[[0-9a-fA-F:]+\])(:\d+)?$|^[A-Za-z0-9-]+:\d+$/.test(
    host,
  );
}

function withCache(source: ImageSource, options: ImageSourceOptions): ImageSource {
  const folder = cacheFolder(options);
  const cache = new LayerCache({ folder, shared: sharedLayers(source) });
  return {
    ...source,
    cache,
    async close() {
      await cache.close();
      await source.close();
    },
  };
}

/** The folder for what is found in layers, where there is one. Run from its sources, Plimsoll is being worked on, and what was kept may be older than the analyser: then only a folder that is named is used. */
export function cacheFolder({ cache, environment = process.env }: ImageSourceOptions): string | undefined {
  if (cache === false) return undefined;
  if (cache !== undefined) return cache;
  const isFromSource = import.meta.url.endsWith(".ts");
  return isFromSource && !environment["PLIMSOLL_CACHE"] ? undefined : layerCacheFolder(environment);
}

function sharedLayers({ images }: ImageSource): ReadonlySet<string> {
  const seen = new Set<string>();
  const shared = new Set<string>();
  for (const { layers } of images) for (const { diffId } of layers) (seen.has(diffId) ? shared : seen).add(diffId);
  return shared;
}
