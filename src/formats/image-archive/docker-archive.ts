import { createHash } from "node:crypto";
import { z } from "zod";
import { corrupt, limitExceeded } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { decompress } from "../compression.ts";
import { type ArchiveFile, type ArchiveFiles, readDocument } from "./archive-files.ts";
import { digestOf } from "./digest.ts";
import { type ImageLayer, type ImageManifestInfo, imageLayer, platformOf } from "./image.ts";
import { type ImageConfig, parseImageConfig } from "./image-config.ts";
import { checked, type DockerManifest, parseDockerManifest, parseDocument } from "./image-document.ts";

/** The images that a manifest.json lists (`docker save`, podman, kaniko). A part that is missing is `CORRUPT_INPUT` and named. */
export async function readDockerManifest(files: ArchiveFiles, document: Uint8Array): Promise<ImageManifestInfo[]> {
  const items = parseDockerManifest(document, `${files.name}: manifest.json`);
  const images: ImageManifestInfo[] = [];
  for (const item of items) images.push(await readItem(files, item));
  return images;
}

async function readItem(files: ArchiveFiles, item: DockerManifest[number]): Promise<ImageManifestInfo> {
  const what = `${files.name}: ${item.Config}`;
  const bytes = await readDocument(files, item.Config);
  if (!bytes) throw corrupt(files.name, `the archive lacks the image configuration ${item.Config}`);
  const config = parseImageConfig(bytes, what);
  return {
    references: [...(item.RepoTags ?? [])].sort(),
    platform: platformOf(config),
    configDigest: digestOf(bytes),
    config,
    layers: await readLayers(files, item, config),
    annotations: {},
  };
}

async function readLayers(
  files: ArchiveFiles,
  item: DockerManifest[number],
  config: ImageConfig,
): Promise<ImageLayer[]> {
  const paths = item.Layers ?? [];
  const { diffIds } = config.rootfs;
  if (paths.length !== diffIds.length) {
    throw corrupt(
      files.name,
      `manifest.json lists ${paths.length} layers of ${item.Config}, the configuration ${diffIds.length}`,
    );
  }
  const layers: ImageLayer[] = [];
  for (const [index, path] of paths.entries()) {
    layers.push(await readLayer(files, path, diffIds[index]!, item.LayerSources?.[diffIds[index]!]));
  }
  return layers;
}

async function readLayer(
  files: ArchiveFiles,
  path: string,
  diffId: string,
  source: NonNullable<DockerManifest[number]["LayerSources"]>[string] | undefined,
): Promise<ImageLayer> {
  const file = await files.open(path);
  const urls = source?.urls ?? undefined;
  if (!file && !urls?.length) throw corrupt(files.name, `the archive lacks the layer ${path}`);
  return imageLayer({
    what: `${files.name}: layer ${path}`,
    file,
    diffId,
    size: file?.size ?? source?.size ?? 0,
    mediaType: source?.mediaType ?? undefined,
    digest: digestOfBlobPath(path),
    urls,
  });
}

/** A blob's path in an OCI layout names its digest. */
function digestOfBlobPath(path: string): string | undefined {
  const match = /^blobs\/sha256\/([0-9a-f]{64})$/.exec(path);
  return match ? `sha256:${match[1]}` : undefined;
}

const repositoriesSchema = z.record(z.string(), z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/)));
const legacyImageSchema = z.object({
  parent: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullish(),
});

/**
 * The images of an archive that has a `repositories` file alone (Docker before 1.10): a chain of layers by `parent`,
 * each with a folder of its own. Such archives state no diffIds; they are computed here.
 */
export async function readRepositories(files: ArchiveFiles, document: Uint8Array): Promise<ImageManifestInfo[]> {
  const what = `${files.name}: repositories`;
  const repositories = checked(repositoriesSchema, parseDocument(document, what), what, "a list of repositories");
  const references = new Map<string, string[]>();
  for (const [repository, tags] of Object.entries(repositories)) {
    for (const [tag, id] of Object.entries(tags)) {
      references.set(id, [...(references.get(id) ?? []), `${repository}:${tag}`]);
    }
  }
  const images: ImageManifestInfo[] = [];
  for (const [id, names] of references) images.push(await readLegacyImage(files, id, names.sort()));
  return images;
}

async function readLegacyImage(files: ArchiveFiles, id: string, references: string[]): Promise<ImageManifestInfo> {
  const bytes = await requireDocument(files, `${id}/json`);
  const layers: ImageLayer[] = [];
  for (const layerId of await legacyChain(files, id)) layers.push(await readLegacyLayer(files, `${layerId}/layer.tar`));
  const config = parseImageConfig(bytes, `${files.name}: ${id}/json`);
  return {
    references,
    platform: platformOf(config),
    configDigest: digestOf(bytes),
    config: { ...config, rootfs: { diffIds: layers.map((layer) => layer.diffId) } },
    layers,
    annotations: {},
  };
}

/** The layers of an image, lowest first. */
async function legacyChain(files: ArchiveFiles, id: string): Promise<string[]> {
  const chain: string[] = [];
  for (let at: string | null | undefined = id; at; ) {
    if (chain.length >= limits.layers) throw limitExceeded(files.name, `${limits.layers} layers in one image`);
    chain.unshift(at);
    const what: string = `${files.name}: ${at}/json`;
    const document = parseDocument(await requireDocument(files, `${at}/json`), what);
    at = checked(legacyImageSchema, document, what, "an image of the old format").parent;
  }
  return chain;
}

async function readLegacyLayer(files: ArchiveFiles, path: string): Promise<ImageLayer> {
  const file = await files.open(path);
  if (!file) throw corrupt(files.name, `the archive lacks the layer ${path}`);
  const what = `${files.name}: layer ${path}`;
  return imageLayer({ what, file, diffId: await computeDiffId(file, what), size: file.size });
}

async function computeDiffId(file: ArchiveFile, what: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of decompress(file.stream(), { what })) hash.update(piece);
  return `sha256:${hash.digest("hex")}`;
}

async function requireDocument(files: ArchiveFiles, path: string): Promise<Uint8Array> {
  const bytes = await readDocument(files, path);
  if (!bytes) throw corrupt(files.name, `the archive lacks ${path}`);
  return bytes;
}
