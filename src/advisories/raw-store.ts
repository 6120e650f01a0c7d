import { covers, type FeedContent } from "./feeds/feed.ts";
import { AdvisoryTables, byPlace, mergeFacts } from "./memory-store.ts";
import { isNamed, isWrittenOut, namedContents, namesIn, smallestFirst } from "./named-records.ts";
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
  /** What feeds that are not read say of single vulnerabilities, and which names they were searched for. */
  readonly #named = new Map<FeedSource, { readonly searched: Set<string>; readonly contents: FeedContent[] }>();

  /** The only vulnerability that is asked about, where there is one. */
  #subject: string | undefined;

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
    if (this.#subject !== undefined) await this.#searchAll(this.#subject, onProgress);
  }

  async prepareAll(onProgress?: (text: string) => void): Promise<void> {
    // What is said of one vulnerability is searched for once it is known which feeds are read anyway.
    if (this.#subject === undefined) await this.#read(this.#sources, onProgress);
  }

  /**
   * Says that all questions will be about one vulnerability. Then `prepare` makes `recordsById` and `facts` complete for it and its other names, in a fraction
   * of the time that reading all takes: feeds that are not read are searched, and only files that hold a name of it are taken apart.
   */
  askAbout(id: string): void {
    if (isWrittenOut(id)) this.#subject = id;
  }

  async #searchAll(id: string, onProgress?: (text: string) => void): Promise<void> {
    const names = new Set([id]);
    for (let before = 0; before < names.size; ) {
      before = names.size;
      for (const name of namesIn(
        [...names].flatMap((known) => this.recordsById(known)),
        names,
      ))
        names.add(name);
      for (const source of smallestFirst(this.#sources.filter((one) => !this.#counts.has(one)))) {
        onProgress?.(`searching ${source.feed.title}`);
        for (const name of namesIn(await this.#search(source, names), names)) names.add(name);
      }
    }
  }

  /** Searches a feed for the names that it was not searched for before. */
  async #search(source: FeedSource, names: ReadonlySet<string>): Promise<AdvisoryRecord[]> {
    const known = this.#named.get(source) ?? { searched: new Set(), contents: [] };
    this.#named.set(source, known);
    const missing = new Set([...names].filter((name) => !known.searched.has(name)));
    if (missing.size === 0) return [];
    const found: FeedContent[] = [];
    for await (const content of namedContents(source, missing)) found.push(content);
    // Only a search that came to its end counts.
    known.contents.push(...found);
    for (const name of missing) known.searched.add(name);
    return found.flatMap(({ records }) => records ?? []);
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

  sources(ecosystem: string): readonly string[] {
    return this.#tables.sources(ecosystem);
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
    const searched = this.#searched().flatMap(({ records }) => records ?? []);
    const found = searched.filter((record) => isNamed(record, new Set([id])));
    if (found.length === 0) return this.#tables.recordsById(id);
    // A record that names two of the names was found by both.
    const once = new Map(found.map((record) => [JSON.stringify(record), record]));
    return [...this.#tables.recordsById(id), ...once.values()].sort(byPlace);
  }

  facts(cve: string): VulnerabilityFacts | undefined {
    const searched = this.#searched().flatMap(({ facts }) => (facts ?? []).filter(([id]) => id === cve));
    return searched.reduce<VulnerabilityFacts | undefined>(
      (known, [, facts]) => mergeFacts(known, facts),
      this.#tables.facts(cve),
    );
  }

  statements(product: string): readonly VexStatement[] {
    return this.#tables.statements(product);
  }

  /** What searches found in feeds that have not been read since. */
  #searched(): FeedContent[] {
    return [...this.#named].flatMap(([source, { contents }]) => (this.#counts.has(source) ? [] : contents));
  }

  repositoryCpes(repository: string): readonly string[] {
    return this.#tables.repositoryCpes(repository);
  }

  releases(product: string): readonly ReleaseLife[] {
    return this.#tables.releases(product);
  }
}
