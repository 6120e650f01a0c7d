import { covers } from "./feeds/feed.ts";
import { AdvisoryTables } from "./memory-store.ts";
import type { AdvisoryRecord, ReleaseLife, VexStatement, VulnerabilityFacts } from "./record.ts";
import { digestOf, type FeedSource, findFeeds, readFeed } from "./sources/feed-source.ts";
import type { AdvisoryStore } from "./store.ts";

/** Advisory data straight from raw feeds: a feed is read when an ecosystem that it may know is prepared. */
export class RawStore implements AdvisoryStore {
  readonly stamp: AdvisoryStore["stamp"];
  readonly releasesDate: string | undefined;
  readonly #sources: readonly FeedSource[];
  readonly #tables = new AdvisoryTables();
  readonly #counts = new Map<FeedSource, number>();

  private constructor(path: string, sources: readonly FeedSource[], id: string) {
    this.#sources = sources;
    const dates = sources.map(({ date }) => date).sort();
    this.stamp = { id: `sha256:${id}`, date: dates.at(-1) as string, source: path };
    this.releasesDate = sources.find(({ feed }) => feed.id === "eol")?.date;
  }

  /** Finds the feeds at a path and reads those that every question needs. */
  static async open(path: string, onProgress?: (text: string) => void): Promise<RawStore> {
    const sources = await findFeeds(path);
    const store = new RawStore(path, sources, await digestOf(sources));
    await store.#read(
      sources.filter(({ feed }) => feed.eager),
      onProgress,
    );
    return store;
  }

  get feeds(): AdvisoryStore["feeds"] {
    return this.#sources.map((source) => ({
      id: source.feed.id,
      date: source.date,
      records: this.#counts.get(source),
    }));
  }

  async prepare(ecosystems: Iterable<string>, onProgress?: (text: string) => void): Promise<void> {
    const wanted = [...ecosystems];
    await this.#read(
      this.#sources.filter(({ feed }) => wanted.some((ecosystem) => covers(feed, ecosystem))),
      onProgress,
    );
  }

  async prepareAll(onProgress?: (text: string) => void): Promise<void> {
    await this.#read(this.#sources, onProgress);
  }

  async #read(sources: readonly FeedSource[], onProgress?: (text: string) => void): Promise<void> {
    for (const source of sources) {
      if (this.#counts.has(source)) continue;
      onProgress?.(source.feed.title);
      const { records } = await readFeed(source, this.#tables, onProgress);
      this.#counts.set(source, records);
    }
  }

  has(ecosystem: string): boolean {
    if (this.#tables.ecosystems().includes(ecosystem)) return true;
    return this.#sources.some((source) => !this.#counts.has(source) && covers(source.feed, ecosystem));
  }

  ecosystems(): readonly string[] {
    const unread = this.#sources.filter((source) => !this.#counts.has(source)).flatMap(({ feed }) => feed.ecosystems);
    return [...new Set([...this.#tables.ecosystems(), ...unread])].sort();
  }

  records(ecosystem: string, name: string): readonly AdvisoryRecord[] {
    const unread = this.#sources.find((source) => !this.#counts.has(source) && covers(source.feed, ecosystem));
    if (unread)
      throw new TypeError(
        `records of ${ecosystem} were asked for before prepare(): feed ${unread.feed.id} is not read yet`,
      );
    return this.#tables.records(ecosystem, name);
  }

  recordsById(id: string): readonly AdvisoryRecord[] {
    return this.#tables.recordsById(id);
  }

  facts(cve: string): VulnerabilityFacts | undefined {
    return this.#tables.facts(cve);
  }

  statements(product: string): readonly VexStatement[] {
    return this.#tables.statements(product);
  }

  repositoryCpes(repository: string): readonly string[] {
    return this.#tables.repositoryCpes(repository);
  }

  releases(product: string): readonly ReleaseLife[] {
    return this.#tables.releases(product);
  }
}
