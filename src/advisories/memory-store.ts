import type { FeedContent, ProductLives } from "./feeds/feed.ts";
import { packageKey } from "./package-name.ts";
import type { AdvisoryRecord, ReleaseLife, VexStatement, VulnerabilityFacts } from "./record.ts";

/** Advisory data in memory, as it is gathered from feeds. */
export class AdvisoryTables {
  readonly #records = new Map<string, Map<string, AdvisoryRecord[]>>();
  readonly #sources = new Map<string, Set<string>>();
  readonly #facts = new Map<string, VulnerabilityFacts>();
  readonly #products = new Map<string, ProductLives>();
  readonly #statements: VexStatement[] = [];
  readonly #repositories = new Map<string, Set<string>>();
  #byId: Map<string, AdvisoryRecord[]> | undefined;
  #byProduct: Map<string, VexStatement[]> | undefined;
  readonly #sortedStatements = new WeakSet<readonly VexStatement[]>();

  /** Adds what one file of a feed says and answers how many records, facts, products and statements that were. */
  add(content: FeedContent): number {
    this.#byId = undefined;
    this.#byProduct = undefined;
    for (const record of content.records ?? []) this.#addRecord(record);
    for (const [id, facts] of content.facts ?? []) this.#facts.set(id, mergeFacts(this.#facts.get(id), facts));
    for (const lives of content.products ?? []) this.#products.set(lives.product, lives);
    for (const statement of content.statements ?? []) this.#statements.push(statement);
    for (const [repository, cpes] of content.repositories ?? []) {
      const known = this.#repositories.get(repository) ?? new Set();
      for (const cpe of cpes) known.add(cpe);
      this.#repositories.set(repository, known);
    }
    return [content.records, content.facts, content.products, content.statements, content.repositories].reduce(
      (sum, list) => sum + (list?.length ?? 0),
      0,
    );
  }

  /** Ecosystems with records, sorted. */
  ecosystems(): string[] {
    return [...this.#records.keys()].sort();
  }

  /** Publishers with records about an ecosystem, sorted. */
  sources(ecosystem: string): string[] {
    return [...(this.#sources.get(ecosystem) ?? [])].sort();
  }

  /** Packages of an ecosystem that have records, sorted by code unit. */
  packages(ecosystem: string): string[] {
    return [...(this.#records.get(ecosystem)?.keys() ?? [])].sort();
  }

  records(ecosystem: string, name: string): readonly AdvisoryRecord[] {
    const records = this.#records.get(ecosystem)?.get(packageKey(ecosystem, name));
    return records === undefined ? [] : sortedOnce(records);
  }

  recordsById(id: string): readonly AdvisoryRecord[] {
    this.#byId ??= indexed(
      this.#allRecords(),
      (record) => new Set([record.id, ...record.aliases, ...(record.related ?? [])]),
    );
    return [...(this.#byId.get(id) ?? [])].sort(byPlace);
  }

  facts(cve: string): VulnerabilityFacts | undefined {
    return this.#facts.get(cve);
  }

  /** CVEs with facts, sorted. */
  factIds(): string[] {
    return [...this.#facts.keys()].sort();
  }

  releases(product: string): readonly ReleaseLife[] {
    return this.#products.get(product)?.releases() ?? [];
  }

  /** Products whose releases are known, sorted. */
  products(): string[] {
    return [...this.#products.keys()].sort();
  }

  statements(product: string): readonly VexStatement[] {
    this.#byProduct ??= indexed(this.#statements, productsOf);
    const found = this.#byProduct.get(generalPurl(product));
    if (found === undefined) return [];
    if (!this.#sortedStatements.has(found)) this.#sortedStatements.add(found.sort(byStatement));
    return found;
  }

  /** All statements, in the order of the feeds. */
  allStatements(): readonly VexStatement[] {
    return this.#statements;
  }

  repositoryCpes(repository: string): readonly string[] {
    return [...(this.#repositories.get(repository) ?? [])].sort();
  }

  /** Repositories whose CPEs are known, sorted. */
  repositories(): string[] {
    return [...this.#repositories.keys()].sort();
  }

  #addRecord(record: AdvisoryRecord): void {
    const sources = this.#sources.get(record.ecosystem) ?? new Set<string>();
    this.#sources.set(record.ecosystem, sources.add(record.source));
    const packages = this.#records.get(record.ecosystem) ?? new Map<string, AdvisoryRecord[]>();
    this.#records.set(record.ecosystem, packages);
    const known = packages.get(record.package);
    if (known === undefined) packages.set(record.package, [record]);
    else {
      known.push(record);
      unsorted.add(known);
    }
  }

  *#allRecords(): Generator<AdvisoryRecord> {
    for (const packages of this.#records.values()) for (const records of packages.values()) yield* sortedOnce(records);
  }
}

const unsorted = new WeakSet<AdvisoryRecord[]>();

/** Sorts in place when something was added, and drops what two files say in the same words. */
function sortedOnce(records: AdvisoryRecord[]): AdvisoryRecord[] {
  if (!unsorted.delete(records)) return records;
  records.sort(byIdentity);
  const once = records.filter((record, index) => {
    const earlier = records[index - 1];
    return earlier === undefined || record.id !== earlier.id || JSON.stringify(record) !== JSON.stringify(earlier);
  });
  records.splice(0, records.length, ...once);
  return records;
}

/** The stable order of records about one vulnerability: by ecosystem and package, then as {@link byIdentity}. */
export function byPlace(a: AdvisoryRecord, b: AdvisoryRecord): number {
  return compareText(a.ecosystem, b.ecosystem) || compareText(a.package, b.package) || byIdentity(a, b);
}

/** The stable order of records about one package: by id, source and content. */
export function byIdentity(a: AdvisoryRecord, b: AdvisoryRecord): number {
  return (
    compareText(a.id, b.id) || compareText(a.source, b.source) || compareText(JSON.stringify(a), JSON.stringify(b))
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function indexed<T>(items: Iterable<T>, keysOf: (item: T) => Iterable<string>): Map<string, T[]> {
  const index = new Map<string, T[]>();
  for (const item of items) {
    for (const key of keysOf(item)) {
      const known = index.get(key);
      if (known === undefined) index.set(key, [item]);
      else known.push(item);
    }
  }
  return index;
}

/** The package URL without version, qualifiers and subpath (purl-spec, "A purl is a URL composed of seven components"). */
export function generalPurl(purl: string): string {
  const bare = purl.replace(/[?#].*$/, "");
  const version = bare.lastIndexOf("@");
  return version > bare.lastIndexOf("/") ? bare.slice(0, version) : bare;
}

/** The stable order of statements. */
export function byStatement(a: VexStatement, b: VexStatement): number {
  return compareText(a.vulnerability, b.vulnerability) || compareText(JSON.stringify(a), JSON.stringify(b));
}

/** Package URLs, without versions, that a statement is found by. */
export function productsOf(statement: VexStatement): Set<string> {
  return new Set([...statement.products, ...statement.subcomponents].map(generalPurl));
}

/** Facts of two feeds about one vulnerability; the later feed's words win, ratings add up. */
export function mergeFacts(earlier: VulnerabilityFacts | undefined, later: VulnerabilityFacts): VulnerabilityFacts {
  if (earlier === undefined) return later;
  const cvss = [...(earlier.cvss ?? []), ...(later.cvss ?? [])];
  return { ...earlier, ...later, ...(cvss.length > 0 && { cvss }) };
}
