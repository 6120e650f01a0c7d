import { AppError } from "../../core/errors.ts";
import { imagePackages } from "../../facts/image/packages.ts";
import { identifyDistribution } from "../../formats/os-release.ts";
import type { PackageRecord } from "../../formats/package-record.ts";
import { defineImageCollector, type LayerItem, type OpenedImage } from "../image-collector.ts";
import { assembleInventory, canonicalPath, type ReaderFindings } from "../package-inventory.ts";
import type { FoundEvidence, FoundPackage, PackageEvidence, PackageReader } from "../package-reader.ts";
import { packageReaders } from "../package-readers/index.generated.ts";
import { distributionText, isDistributionFile } from "./os-release.ts";

/** What the readers that wanted a file made of it: evidence or why there is none, by reader; or the text of a distribution's file. */
interface PackageItem {
  readonly evidence?: Readonly<Record<string, PackageEvidence>>;
  readonly unread?: Readonly<Record<string, string>>;
  readonly text?: string;
}

const readers: readonly PackageReader[] = [...packageReaders.values()];

/** The packages of an image by all package readers. */
export default defineImageCollector<PackageItem, typeof imagePackages.schema>({
  provides: imagePackages,
  // Every reader's version counts, so that raising one or adding a reader makes kept items of before unused.
  version: 1_000 + readers.reduce((sum, reader) => sum + reader.version, 0),
  wants: ({ path, size, mode }) =>
    isDistributionFile(path, size) || readers.some((reader) => reader.wants(path, size, mode)),
  analyse({ path, size, mode }, content) {
    const text = isDistributionFile(path, size) ? { text: Buffer.from(content).toString("utf8") } : {};
    return { ...text, ...readAll(path, mode, content) };
  },
  unread({ path, size, mode }, reason) {
    const asked = readers.filter((reader) => reader.wants(path, size, mode));
    return { unread: Object.fromEntries(asked.map(({ id }) => [id, reason])) };
  },
  *collect(image, items) {
    yield { subject: image.subject, source: image.source, value: inventoryOf(image, items) };
  },
});

/** Asks each reader that wants the file by itself, so that one that fails does not silence the others. */
function readAll(path: string, mode: number, content: Uint8Array): PackageItem {
  const evidence: Record<string, PackageEvidence> = {};
  const unread: Record<string, string> = {};
  for (const reader of readers) {
    if (!reader.wants(path, content.length, mode)) continue;
    try {
      const told = reader.read(path, content);
      if (tells(told)) evidence[reader.id] = told;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      unread[reader.id] = error.message;
    }
  }
  return {
    ...(Object.keys(evidence).length > 0 ? { evidence } : {}),
    ...(Object.keys(unread).length > 0 ? { unread } : {}),
  };
}

/** Most files that are looked into tell nothing; keeping that costs space. */
function tells(evidence: PackageEvidence): boolean {
  return (
    Object.values(evidence).some((part) => (Array.isArray(part) ? part.length > 0 : part !== undefined)) ||
    evidence.packages !== undefined
  );
}

function inventoryOf(image: OpenedImage, items: readonly LayerItem<PackageItem>[]) {
  const visible = items.filter((item) => item.visible);
  return assembleInventory({
    findings: readers.map((reader) => findingsOf(reader, visible)),
    unread: [...visible.flatMap(unreadOf), ...strayDatabases(image, visible)],
    distribution: identifyDistribution(distributionText(image, items)),
    layerOf: layersByVersion(items),
  });
}

function findingsOf(reader: PackageReader, visible: readonly LayerItem<PackageItem>[]): ReaderFindings {
  const found: FoundEvidence[] = [];
  for (const { path, item } of visible) {
    const evidence = item.evidence?.[reader.id];
    if (evidence) found.push({ path, evidence });
  }
  return { reader, found };
}

function unreadOf({ path, layer, item }: LayerItem<PackageItem>) {
  return Object.entries(item.unread ?? {}).map(([reader, reason]) => ({
    path: `/${path}`,
    layer,
    reason: `${reader}: ${reason}`,
  }));
}

/** A database that is a link to a place where no reader looked: absence of its packages would be a false answer. */
function* strayDatabases(image: OpenedImage, visible: readonly LayerItem<PackageItem>[]) {
  const seen = new Set(visible.map(({ path }) => path));
  for (const reader of readers) {
    if (reader.role !== "database") continue;
    for (const path of reader.paths) {
      const resolved = path.includes("*") ? undefined : image.tree.resolve(path);
      if (resolved === undefined || resolved.type !== "file" || seen.has(resolved.path)) continue;
      if (!reader.wants(path, resolved.size, resolved.mode)) continue;
      const target = resolved.hardLinkTo ?? resolved.path;
      yield {
        path: `/${path}`,
        layer: resolved.layer,
        reason: `${reader.id}: is a link to /${target}, where no package database is sought`,
      };
    }
  }
}

/**
 * In which layer a package came: a database that a layer wrote anew still lists what earlier layers installed, so its versions are followed
 * back for as long as they hold the package.
 */
function layersByVersion(items: readonly LayerItem<PackageItem>[]): (found: FoundPackage) => number | undefined {
  const versions = new Map<string, LayerItem<PackageItem>[]>();
  for (const item of items) {
    const place = canonicalPath(item.path);
    versions.set(place, [...(versions.get(place) ?? []), item]);
  }
  for (const history of versions.values()) history.sort((a, b) => b.layer - a.layer);
  const holdings = new Map<PackageItem, ReadonlySet<string>>();
  const holds = ({ item }: LayerItem<PackageItem>, record: PackageRecord) => {
    const known =
      holdings.get(item) ??
      new Set(Object.values(item.evidence ?? {}).flatMap(({ packages }) => (packages ?? []).map(keyOf)));
    holdings.set(item, known);
    return known.has(keyOf(record));
  };
  return ({ path, record }) => {
    const history = versions.get(canonicalPath(path)) ?? [];
    let first = history[0]?.layer;
    for (const version of history) {
      if (!holds(version, record)) break;
      first = version.layer;
    }
    return first;
  };
}

function keyOf({ name, version, architecture, within }: PackageRecord): string {
  return `${name}\n${version}\n${architecture ?? ""}\n${within ?? ""}`;
}
