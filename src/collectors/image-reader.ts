import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { type Collected, observe } from "../core/collector.ts";
import { sha256 } from "../core/digest.ts";
import { AppError, messageOf } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import type { Observation, Target } from "../core/snapshot.ts";
import { type Subject, subject } from "../core/subject.ts";
import { parseImageReference } from "../formats/image-reference.ts";
import type { LayerEntry, LayerTree } from "../formats/layer-tree.ts";
import { readTar } from "../formats/tar.ts";
import type { AnalysisWorkers } from "./analysis-workers.ts";
import type { Analyser } from "./file-analysis.ts";
import type { ImageCollector, LayerFile, OpenedImage } from "./image-collector.ts";
import {
  type ImageSource,
  type SourceEntry,
  type SourceImage,
  type SourceLayer,
  UnreadableFile,
} from "./image-source.ts";
import { LayerAnalysis } from "./layer-analysis.ts";
import { type AnalysedEntry, type LayerCache, LayerRecorder, layerKey } from "./layer-cache.ts";
import { MergedLayers } from "./merged-layers.ts";

/** What one image gave. */
export interface ReadImage {
  readonly target: Target;
  readonly observations: readonly Observation[];
  /** Its layers in order, each with the key of its record where one is kept. */
  readonly layers: readonly KeptLayer[];
}

/** A layer and the key under which a cache has what was found in it. */
export interface KeptLayer {
  readonly diffId: string;
  readonly digest?: string | undefined;
  readonly key?: string | undefined;
}

/** Where an image comes from, and what keeps the analysis of its layers. */
export type ImageOrigin = Pick<ImageSource, "name" | "format" | "cache">;

/** Who looks into files, and the threads that help. */
interface Analysis {
  readonly analysers: readonly Analyser[];
  readonly workers: AnalysisWorkers | undefined;
}

/**
 * Reads every layer of an image once, base first, and lets each collector make its fact of it. A layer that the origin's cache knows is not read
 * again. Worker threads, where they are given, take over part of the analysis. A layer that cannot be read ends the reading with an error: half an image would be judged as if it were a whole one.
 */
export async function readImage(
  image: SourceImage,
  archive: ImageOrigin,
  collectors: ReadonlyMap<string, ImageCollector>,
  onProgress: (text: string) => void = () => undefined,
  workers?: AnalysisWorkers,
): Promise<ReadImage> {
  if (image.layers.length > limits.layers)
    throw new AppError("LIMIT_EXCEEDED", `${archive.name}: more than ${limits.layers} layers`);
  const analysers = [...collectors].filter(([, collector]) => collector.wants !== undefined);
  const layers: KeptLayer[] = [];
  for (const layer of image.layers)
    layers.push({ diffId: layer.diffId, digest: layer.digest, key: await keptKey(layer, analysers, archive.cache) });
  const target = targetOf(image, archive.name);
  const key = imageKey(image, archive, collectors, layers);
  const known = key === undefined ? undefined : await archive.cache?.readImage(key);
  if (known !== undefined) return { target, observations: known as Observation[], layers };
  const observations = await collectedAnew(image, archive, collectors, onProgress, workers);
  // What a daemon did not answer is known only now.
  if (key !== undefined && areKeepable(analysers)) await archive.cache?.writeImage(key, observations);
  return { target, observations, layers };
}

async function collectedAnew(
  image: SourceImage,
  archive: ImageOrigin,
  collectors: ReadonlyMap<string, ImageCollector>,
  onProgress: (text: string) => void,
  workers: AnalysisWorkers | undefined,
): Promise<Observation[]> {
  const analysers = [...collectors].filter(([, collector]) => collector.wants !== undefined);
  const merged = new MergedLayers();
  for (const [index, layer] of image.layers.entries()) {
    onProgress(`layer ${index + 1} of ${image.layers.length}`);
    const what = `${archive.name}: layer ${index + 1} (${(layer.digest ?? layer.diffId).slice(0, 19)}…)`;
    const entries = analysedLayer(layer, index, what, { analysers, workers }, archive.cache);
    for await (const some of entries) merged.add(index, some);
  }
  const opened = openedImage(image, archive, merged.tree);
  return [...collectors].flatMap(([id, collector]) => {
    const stated = image.stated?.(id);
    return stated === undefined
      ? collect(id, collector, opened, merged)
      : [observe(collector.provides, { subject: opened.subject, ...stated })];
  });
}

/** The key of what is collected of a whole image: everything that goes into it. Undefined where it is not kept, because something else goes into it too. */
function imageKey(
  image: SourceImage,
  { name, format, cache }: ImageOrigin,
  collectors: ReadonlyMap<string, ImageCollector>,
  kept: readonly KeptLayer[],
): string | undefined {
  const all = [...collectors];
  if (!cache?.keepsImages || image.stated || kept.some(({ key }) => key === undefined)) return undefined;
  if (all.some(([, { isRepeatable }]) => isRepeatable === false)) return undefined;
  const { references, manifestDigest, configDigest, platform, config, annotations, builtFrom } = image;
  const layers = image.layers.map(({ digest, diffId, mediaType, size }) => ({ digest, diffId, mediaType, size }));
  const content = { references, manifestDigest, configDigest, platform, config, annotations, builtFrom, layers };
  const versions = all.map(([id, { version }]) => [id, version]);
  return sha256(JSON.stringify([name, format, content, kept.map(({ key }) => key), versions]));
}

/** The entries of a layer with what the analysers make of them, some at a time, from the cache or anew. What is found anew is kept once the layer's digest was verified. */
async function* analysedLayer(
  layer: SourceLayer,
  index: number,
  what: string,
  analysis: Analysis,
  cache: LayerCache | undefined,
): AsyncGenerator<readonly AnalysedEntry[], void, undefined> {
  const key = await keptKey(layer, analysis.analysers, cache);
  if (cache === undefined || key === undefined) {
    yield* analysedAnew(layer, index, what, analysis);
    return;
  }
  const known = await cache.read(key);
  if (known !== undefined) {
    yield known;
    return;
  }
  const recorder = new LayerRecorder();
  for await (const some of analysedAnew(layer, index, what, analysis)) {
    for (const analysed of some) await recorder.add(analysed);
    yield some;
  }
  const record = await recorder.finish();
  if (record !== undefined && areKeepable(analysis.analysers)) await cache.write(key, record);
}

/** The key of a layer's record; undefined where none is kept of it. */
async function keptKey(
  layer: SourceLayer,
  analysers: readonly Analyser[],
  cache: LayerCache | undefined,
): Promise<string | undefined> {
  if (cache === undefined || layer.entries !== undefined || !cache.keeps(layer.diffId)) return undefined;
  return areKeepable(analysers) ? analysedKey(layer.diffId, new Map(analysers)) : undefined;
}

function areKeepable(analysers: readonly Analyser[]): boolean {
  return analysers.every(([, { isKeepable }]) => isKeepable !== false);
}

/** The key under which this build keeps what these collectors find in a layer. */
export async function analysedKey(diffId: string, collectors: ReadonlyMap<string, ImageCollector>): Promise<string> {
  const analysers = [...collectors].filter(([, collector]) => collector.wants !== undefined);
  return layerKey(
    diffId,
    analysers.map(([id, { version }]) => [id, version]),
    await buildStamp(),
  );
}

async function* analysedAnew(
  layer: SourceLayer,
  index: number,
  what: string,
  { analysers, workers }: Analysis,
): AsyncGenerator<readonly AnalysedEntry[], void, undefined> {
  const analysis = new LayerAnalysis(analysers, workers);
  for await (const entry of layer.entries?.() ?? readTar(layer.open(), what)) {
    const file: LayerFile = { path: entry.path, size: entry.size, mode: entry.mode, layer: index };
    const interested =
      entry.type === "file" ? analysers.filter(([, collector]) => collector.wants?.(file) === true) : [];
    if (interested.length === 0) analysis.pass(entryOf(entry));
    else await analysis.add(entryOf(entry), file, await contentOf(entry), interested);
    const finished = analysis.finished();
    if (finished.length > 0) yield finished;
  }
  yield await analysis.rest();
}

let stamp: Promise<string> | undefined;

/** What tells one build of Plimsoll from another, should an analyser have changed and its version not. */
function buildStamp(): Promise<string> {
  stamp ??= stat(dirname(fileURLToPath(import.meta.url))).then(
    ({ mtimeMs }) => String(mtimeMs),
    () => "unknown",
  );
  return stamp;
}

/** The bytes of a file, or why they cannot be had. */
async function contentOf(entry: SourceEntry): Promise<Uint8Array | string> {
  if (entry.size > limits.analysedFile) return `it is larger than ${limits.analysedFile} bytes`;
  try {
    return await entry.bytes(limits.analysedFile);
  } catch (error) {
    if (error instanceof UnreadableFile) return error.message;
    throw error;
  }
}

function entryOf(entry: SourceEntry): LayerEntry<never> {
  const { path, type, size, mode, uid, gid, mtime } = entry;
  return {
    path,
    type,
    size,
    mode,
    uid,
    gid,
    mtime,
    ...(entry.linkPath === undefined ? {} : { linkPath: entry.linkPath }),
    ...(entry.xattrs === undefined ? {} : { xattrs: entry.xattrs }),
    ...(entry.deviceMajor === undefined ? {} : { deviceMajor: entry.deviceMajor }),
    ...(entry.deviceMinor === undefined ? {} : { deviceMinor: entry.deviceMinor }),
  };
}

function collect(id: string, collector: ImageCollector, image: OpenedImage, merged: MergedLayers): Observation[] {
  const items = merged.itemsOf(id);
  const found: Collected<unknown>[] = [];
  try {
    found.push(...collector.collect(image, items));
  } catch (error) {
    const unavailable = error instanceof AppError ? error.message : `a bug while collecting it: ${messageOf(error)}`;
    found.push({ subject: image.subject, source: image.source, unavailable });
  }
  return found.map((one) => observe(collector.provides, one));
}

function openedImage(image: SourceImage, archive: ImageOrigin, tree: LayerTree): OpenedImage {
  return {
    subject: subjectOf(image),
    name: nameOf(image, archive.name),
    source: archive.name,
    references: image.references,
    format: archive.format,
    manifestDigest: image.manifestDigest,
    configDigest: image.configDigest,
    platform: image.platform,
    config: image.config,
    annotations: image.annotations,
    builtFrom: image.builtFrom ?? [],
    layers: image.layers.map(({ digest, diffId, mediaType, size }) => ({ digest, diffId, mediaType, size })),
    tree,
  };
}

function subjectOf(image: SourceImage): Subject {
  return subject("image", image.manifestDigest ?? image.configDigest);
}

function nameOf(image: SourceImage, archive: string): string {
  return image.references[0] ?? archive.split("/").at(-1) ?? archive;
}

/** Two builds of an image are the same target: it is told by repository and platform, or by its file's name where nothing names it. */
function targetOf(image: SourceImage, archive: string): Target {
  const [reference] = image.references;
  const name = nameOf(image, archive);
  const repository = reference === undefined ? name : repositoryOf(reference);
  const { os, architecture, variant } = image.platform;
  const identity = subject(
    "image",
    repository,
    [os, architecture, ...(variant === undefined ? [] : [variant])].join("-"),
  );
  return { kind: "image", name, subject: subjectOf(image), identity };
}

function repositoryOf(reference: string): string {
  const parts = parseImageReference(reference);
  // An archive may carry any text as a name; as it stands it still tells two images apart.
  return parts === undefined ? reference : `${parts.registry}/${parts.repository}`;
}
