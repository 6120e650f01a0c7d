import { type Collected, observe } from "../core/collector.ts";
import { AppError, messageOf } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import type { Observation, Target } from "../core/snapshot.ts";
import { type Subject, subject } from "../core/subject.ts";
import type { ImageManifestInfo } from "../formats/image-archive/image-archive.ts";
import { type LayerEntry, LayerTree } from "../formats/layer-tree.ts";
import { readTar, type TarEntry } from "../formats/tar.ts";
import { parseImageReference } from "../formats/image-reference.ts";
import type { ImageCollector, LayerFile, LayerItem, OpenedImage } from "./image-collector.ts";

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

/**
 * Reads every layer of an image once, base first, and lets each collector make its fact of it. `name` is what the user called the
 * target. A layer that cannot be read ends the reading with an error: half an image would be judged as if it were a whole one.
 */
export async function readImage(
  image: ImageManifestInfo,
  archive: { readonly name: string; readonly format: string },
  collectors: ReadonlyMap<string, ImageCollector>,
  onProgress: (text: string) => void = () => undefined,
): Promise<ReadImage> {
  if (image.layers.length > limits.layers) throw new AppError("LIMIT_EXCEEDED", `${archive.name}: more than ${limits.layers} layers`);
  const kept: KeptItem[] = [];
  const analysers = [...collectors].filter(([, collector]) => collector.wants !== undefined);
  const tree = new LayerTree<KeptItem[]>();
  for (const [index, layer] of image.layers.entries()) {
    onProgress(`layer ${index + 1} of ${image.layers.length}`);
    for await (const entry of readTar(layer.open(), `${archive.name}: layer ${index + 1} (${(layer.digest ?? layer.diffId).slice(0, 19)}…)`)) {
      const items = await analyse(entry, index, analysers);
      kept.push(...items);
      tree.add(index, items.length === 0 ? entryOf(entry) : { ...entryOf(entry), data: items });
    }
  }
  markVisible(tree);
  const opened = openedImage(image, archive, tree);
  const observations = [...collectors].flatMap(([id, collector]) => collect(id, collector, opened, kept));
  return { target: targetOf(image, opened), observations };
}

async function analyse(entry: TarEntry, layer: number, analysers: readonly (readonly [string, ImageCollector])[]): Promise<KeptItem[]> {
  if (entry.type !== "file") return [];
  const file: LayerFile = { path: entry.path, size: entry.size, mode: entry.mode, layer };
  const interested = analysers.filter(([, collector]) => collector.wants?.(file) === true);
  if (interested.length === 0) return [];
  const content = entry.size > limits.analysedFile ? undefined : await entry.bytes(limits.analysedFile);
  return interested.flatMap(([id, collector]) => {
    const item = itemOf(collector, file, content);
    return item === undefined ? [] : [{ collector: id, path: entry.path, layer, item, visible: false, visiblePath: entry.path }];
  });
}

function itemOf(collector: ImageCollector, file: LayerFile, content: Uint8Array | undefined): unknown {
  if (content === undefined) return collector.unread?.(file, `it is larger than ${limits.analysedFile} bytes`);
  try {
    return collector.analyse?.(file, content);
  } catch (error) {
    // What hostile bytes may yield is told as unread; anything else is a bug, told the same way and named as one.
    const reason = error instanceof AppError ? error.message : `a bug while reading it: ${messageOf(error)}`;
    return collector.unread?.(file, reason);
  }
}

function entryOf(entry: TarEntry): LayerEntry<KeptItem[]> {
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
  const items: LayerItem<unknown>[] = kept.filter((item) => item.collector === id).map(({ item, layer, visible, visiblePath }) => ({ item, layer, visible, path: visiblePath }));
  const found: Collected<unknown>[] = [];
  try {
    found.push(...collector.collect(image, items));
  } catch (error) {
    const unavailable = error instanceof AppError ? error.message : `a bug while collecting it: ${messageOf(error)}`;
    found.push({ subject: image.subject, source: image.source, unavailable });
  }
  return found.map((one) => observe(collector.provides, one));
}

function openedImage(image: ImageManifestInfo, archive: { name: string; format: string }, tree: LayerTree<KeptItem[]>): OpenedImage {
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

function subjectOf(image: ImageManifestInfo): Subject {
  return subject("image", image.manifestDigest ?? image.configDigest);
}

function nameOf(image: ImageManifestInfo, archive: string): string {
  return image.references[0] ?? archive.split("/").at(-1) ?? archive;
}

/** Two builds of an image are the same target: it is told by repository and platform, or by its file's name where nothing names it. */
function targetOf(image: ImageManifestInfo, opened: OpenedImage): Target {
  const [reference] = image.references;
  const repository = reference === undefined ? opened.name : repositoryOf(reference);
  const { os, architecture, variant } = image.platform;
  const identity = subject("image", repository, [os, architecture, ...(variant === undefined ? [] : [variant])].join("-"));
  return { kind: "image", name: opened.name, subject: opened.subject, identity };
}

function repositoryOf(reference: string): string {
  const parts = parseImageReference(reference);
  // An archive may carry any text as a name; as it stands it still tells two images apart.
  return parts === undefined ? reference : `${parts.registry}/${parts.repository}`;
}
