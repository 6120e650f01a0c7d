import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { type Collected, observe } from "../core/collector.ts";
import { AppError, messageOf } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import type { Observation, Target } from "../core/snapshot.ts";
import { type Subject, subject } from "../core/subject.ts";
import { parseImageReference } from "../formats/image-reference.ts";
import { type LayerEntry, LayerTree } from "../formats/layer-tree.ts";
import { readTar } from "../formats/tar.ts";
import type { ImageCollector, LayerFile, LayerItem, OpenedImage } from "./image-collector.ts";
import {
  type ImageSource,
  type SourceEntry,
  type SourceImage,
  type SourceLayer,
  UnreadableFile,
} from "./image-source.ts";
import { type AnalysedEntry, type LayerCache, LayerRecorder, layerKey } from "./layer-cache.ts";

/** What one image gave. */
export interface ReadImage {
  readonly target: Target;
  readonly observations: readonly Observation[];
}

interface KeptItem {
  readonly collector: string;
  readonly path: string;
  readonly layer: number;
  readonly item: unknown;
  visible: boolean;
  visiblePath: string;
}

/** Where an image comes from, and what keeps the analysis of its layers. */
export type ImageOrigin = Pick<ImageSource, "name" | "format" | "cache">;

type Analyser = readonly [string, ImageCollector];

/**
 * Reads every layer of an image once, base first, and lets each collector make its fact of it. A layer that the origin's cache knows is not read
 * again. A layer that cannot be read ends the reading with an error: half an image would be judged as if it were a whole one.
 */
export async function readImage(
  image: SourceImage,
  archive: ImageOrigin,
  collectors: ReadonlyMap<string, ImageCollector>,
  onProgress: (text: string) => void = () => undefined,
): Promise<ReadImage> {
  if (image.layers.length > limits.layers)
    throw new AppError("LIMIT_EXCEEDED", `${archive.name}: more than ${limits.layers} layers`);
  const kept: KeptItem[] = [];
  const analysers = [...collectors].filter(([, collector]) => collector.wants !== undefined);
  const tree = new LayerTree<KeptItem[]>();
  for (const [index, layer] of image.layers.entries()) {
    onProgress(`layer ${index + 1} of ${image.layers.length}`);
    const what = `${archive.name}: layer ${index + 1} (${(layer.digest ?? layer.diffId).slice(0, 19)}…)`;
    for await (const some of analysedLayer(layer, index, what, analysers, archive.cache)) {
      for (const { entry, items } of some) {
        if (items === undefined) {
          tree.add(index, entry);
          continue;
        }
        const data = Object.entries(items).map(([collector, item]) => keptItem(collector, entry.path, index, item));
        kept.push(...data);
        tree.add(index, { ...entry, data });
      }
    }
  }
  markVisible(tree);
  const opened = openedImage(image, archive, tree);
  const observations = [...collectors].flatMap(([id, collector]) => {
    const stated = image.stated?.(id);
    return stated === undefined
      ? collect(id, collector, opened, kept)
      : [observe(collector.provides, { subject: opened.subject, ...stated })];
  });
  return { target: targetOf(image, opened), observations };
}

/** The entries of a layer with what the analysers make of them, some at a time, from the cache or anew. What is found anew is kept once the layer's digest was verified. */
async function* analysedLayer(
  layer: SourceLayer,
  index: number,
  what: string,
  analysers: readonly Analyser[],
  cache: LayerCache | undefined,
): AsyncGenerator<readonly AnalysedEntry[], void, undefined> {
  if (cache === undefined || layer.entries !== undefined || !cache.keeps(layer.diffId)) {
    for await (const analysed of analysedAnew(layer, index, what, analysers)) yield [analysed];
    return;
  }
  const key = layerKey(
    layer.diffId,
    analysers.map(([id, { version }]) => [id, version]),
    await buildStamp(),
  );
  const known = await cache.read(key);
  if (known !== undefined) {
    yield known;
    return;
  }
  const recorder = new LayerRecorder();
  for await (const analysed of analysedAnew(layer, index, what, analysers)) {
    await recorder.add(analysed);
    yield [analysed];
  }
  const record = await recorder.finish();
  if (record !== undefined) await cache.write(key, record);
}

async function* analysedAnew(
  layer: SourceLayer,
  index: number,
  what: string,
  analysers: readonly Analyser[],
): AsyncGenerator<AnalysedEntry, void, undefined> {
  for await (const entry of layer.entries?.() ?? readTar(layer.open(), what))
    yield { entry: entryOf(entry), items: await analyse(entry, index, analysers) };
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

async function analyse(
  entry: SourceEntry,
  layer: number,
  analysers: readonly Analyser[],
): Promise<Record<string, unknown> | undefined> {
  if (entry.type !== "file") return undefined;
  const file: LayerFile = { path: entry.path, size: entry.size, mode: entry.mode, layer };
  const interested = analysers.filter(([, collector]) => collector.wants?.(file) === true);
  if (interested.length === 0) return undefined;
  const content = await contentOf(entry);
  const items = interested.flatMap(([id, collector]) => {
    const item = itemOf(collector, file, content);
    return item === undefined ? [] : [[id, item] as const];
  });
  return items.length === 0 ? undefined : Object.fromEntries(items);
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

function itemOf(collector: ImageCollector, file: LayerFile, content: Uint8Array | string): unknown {
  if (typeof content === "string") return collector.unread?.(file, content);
  try {
    return collector.analyse?.(file, content);
  } catch (error) {
    // What hostile bytes may yield is told as unread; anything else is a bug, told the same way and named as one.
    const reason = error instanceof AppError ? error.message : `a bug while reading it: ${messageOf(error)}`;
    return collector.unread?.(file, reason);
  }
}

function keptItem(collector: string, path: string, layer: number, item: unknown): KeptItem {
  return { collector, path, layer, item, visible: false, visiblePath: path };
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

/** What the merged tree still shows is what a container sees, under the path that it shows it at. */
function markVisible(tree: LayerTree<KeptItem[]>): void {
  for (const entry of tree.entries()) {
    for (const item of entry.data ?? []) {
      if (item.visible) continue;
      item.visible = true;
      item.visiblePath = entry.path;
    }
  }
}

function collect(id: string, collector: ImageCollector, image: OpenedImage, kept: readonly KeptItem[]): Observation[] {
  const items: LayerItem<unknown>[] = kept
    .filter((item) => item.collector === id)
    .map(({ item, layer, visible, visiblePath }) => ({ item, layer, visible, path: visiblePath }));
  const found: Collected<unknown>[] = [];
  try {
    found.push(...collector.collect(image, items));
  } catch (error) {
    const unavailable = error instanceof AppError ? error.message : `a bug while collecting it: ${messageOf(error)}`;
    found.push({ subject: image.subject, source: image.source, unavailable });
  }
  return found.map((one) => observe(collector.provides, one));
}

function openedImage(image: SourceImage, archive: ImageOrigin, tree: LayerTree<KeptItem[]>): OpenedImage {
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
function targetOf(image: SourceImage, opened: OpenedImage): Target {
  const [reference] = image.references;
  const repository = reference === undefined ? opened.name : repositoryOf(reference);
  const { os, architecture, variant } = image.platform;
  const identity = subject(
    "image",
    repository,
    [os, architecture, ...(variant === undefined ? [] : [variant])].join("-"),
  );
  return { kind: "image", name: opened.name, subject: opened.subject, identity };
}

function repositoryOf(reference: string): string {
  const parts = parseImageReference(reference);
  // An archive may carry any text as a name; as it stands it still tells two images apart.
  return parts === undefined ? reference : `${parts.registry}/${parts.repository}`;
}
