import { corrupt } from "../../core/errors.ts";
import { type BrokenFile, type FeedSource, readFeed } from "../sources/feed-source.ts";
import { formatVersion, type IndexDocument, type IndexedFeed } from "./index-document.ts";
import { bucketOf, keyOf } from "./line.ts";
import { SectionLines } from "./section-lines.ts";
import { encodeShard } from "./shard.ts";

/** Bytes of text in one shard, about; a section with more is split. */
const shardText = 512 * 1024;

/** What a build made. */
export interface Build {
  readonly index: IndexDocument;
  /** Shards by root. */
  readonly shards: ReadonlyMap<string, Buffer>;
  readonly broken: readonly (BrokenFile & { readonly feed: string })[];
}

/** Builds advisory data from feeds. A damaged feed is `CORRUPT_INPUT` and nothing is built. */
export async function buildAdvisories(
  sources: readonly FeedSource[],
  onProgress?: (text: string) => void,
): Promise<Build> {
  if (sources.length === 0) throw corrupt("advisory data", "has no feeds to build from");
  const lines = new SectionLines();
  const feeds: IndexedFeed[] = [];
  const broken: (BrokenFile & { feed: string })[] = [];
  for (const source of sources) {
    onProgress?.(source.feed.title);
    const reading = await readFeed(source, lines, onProgress);
    broken.push(...reading.broken.map((file) => ({ ...file, feed: source.feed.id })));
    feeds.push({
      id: source.feed.id,
      title: source.feed.title,
      date: source.date,
      files: reading.files,
      records: reading.records,
      broken: reading.broken.length,
    });
  }
  const { sections, shards } = packSections(lines.sections(), onProgress);
  const date = feeds
    .map((feed) => feed.date)
    .sort()
    .at(-1) as string;
  return { index: { format: "plimsoll-advisories", version: formatVersion, date, feeds, sections }, shards, broken };
}

/** Cuts sections into shards. */
export function packSections(
  sections: Iterable<readonly [name: string, lines: readonly string[]]>,
  onProgress?: (text: string) => void,
): { sections: IndexDocument["sections"]; shards: Map<string, Buffer> } {
  const packed: Record<string, IndexDocument["sections"][string]> = {};
  const shards = new Map<string, Buffer>();
  for (const [name, lines] of sections) {
    onProgress?.(`packing ${name}`);
    packed[name] = splitIntoBuckets(lines, bucketsFor(lines)).map((part) => {
      const { root, bytes, textBytes } = encodeShard(part);
      shards.set(root, bytes);
      return [root, textBytes] as const;
    });
  }
  return { sections: packed, shards };
}

/** A power of two, so that a section that grows is rarely cut anew. */
function bucketsFor(lines: readonly string[]): number {
  const size = lines.reduce((sum, line) => sum + line.length + 1, 0);
  return 2 ** Math.max(0, Math.ceil(Math.log2(size / shardText)));
}

/** Lines by the bucket of their key, in their order. */
export function splitIntoBuckets(lines: readonly string[], buckets: number): string[][] {
  const parts = Array.from({ length: buckets }, (): string[] => []);
  for (const line of lines) (parts[bucketOf(keyOf(line), buckets)] as string[]).push(line);
  return parts;
}
