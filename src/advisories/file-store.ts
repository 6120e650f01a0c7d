import type { KeyObject } from "node:crypto";
import { compareText } from "../core/canonical-json.ts";
import { type Container, openContainer } from "./file/container.ts";
import { requireSignature } from "./file/envelope.ts";
import { type IndexDocument, readIndex, snapshotId } from "./file/index-document.ts";
import { escapeField, splitFields } from "./file/line.ts";
import { RecordSection, Section, SharedVulnerabilities } from "./file/section.ts";
import { readRelease, sectionNames } from "./file/section-lines.ts";
import { Shard } from "./file/shard.ts";
import { byIdentity, byPlace, generalPurl } from "./memory-store.ts";
import { packageKey } from "./package-name.ts";
import type { AdvisoryRecord, ReleaseLife, VexStatement, VulnerabilityFacts } from "./record.ts";
import type { AdvisoryStore, VulnerabilityDescription } from "./store.ts";

/** Products whose VEX statements stay read: a few have thousands, and they are asked for with every match of the product. */
const keptProducts = 1_000;

/** Advisory data from a built file or folder. Shards and blocks are read, checked and unpacked when a look-up first needs them. */
export class FileStore implements AdvisoryStore {
  readonly stamp: AdvisoryStore["stamp"];
  readonly releasesDate: string | undefined;
  readonly index: IndexDocument;
  readonly #container: Container;
  readonly #records = new Map<string, RecordSection[]>();
  readonly #shared = new Map<string, SharedVulnerabilities>();
  readonly #sections = new Map<string, Section>();
  readonly #statements = new Map<string, readonly VexStatement[]>();

  private constructor(container: Container, index: IndexDocument) {
    this.#container = container;
    this.index = index;
    this.stamp = { id: snapshotId(container.envelope.payload), date: index.date, source: container.name };
    this.releasesDate = index.feeds.find(({ id }) => id === "eol")?.date;
    const open = (root: string) => this.shard(root);
    for (const [name, shards] of Object.entries(index.sections)) {
      const roots = shards.map(([root]) => root);
      this.#sections.set(name, new Section(roots, open));
    }
    for (const [name, section] of this.#sections) {
      const [kind, ecosystem, source] = name.split("/") as [string, string, string];
      if (kind !== "records") continue;
      const records = new RecordSection(ecosystem, section, this.#sharedOf(source));
      const others = this.#records.get(ecosystem);
      if (others === undefined) this.#records.set(ecosystem, [records]);
      else others.push(records);
    }
  }

  /** Opens built data; where keys are given one of them must have signed it. Errors: `TARGET_NOT_FOUND`, `CORRUPT_INPUT`. */
  static open(path: string, keys: readonly KeyObject[] = []): FileStore {
    const container = openContainer(path);
    if (keys.length > 0) requireSignature(container.envelope, keys, path);
    return new FileStore(container, readIndex(container.envelope.payload, path));
  }

  /** Closes the file; look-ups of what was not read yet fail from then on. */
  close(): void {
    this.#container.close();
  }

  get feeds(): AdvisoryStore["feeds"] {
    return this.index.feeds;
  }

  async prepare(): Promise<void> {
    // Every look-up reads what it needs.
  }

  async prepareAll(): Promise<void> {
    // As prepare.
  }

  has(ecosystem: string): boolean {
    return this.#records.has(ecosystem);
  }

  ecosystems(): readonly string[] {
    return [...this.#records.keys()].sort();
  }

  sources(ecosystem: string): readonly string[] {
    const begin = `records/${ecosystem}/`;
    return [...this.#sections.keys()]
      .flatMap((name) => (name.startsWith(begin) ? [name.slice(begin.length)] : []))
      .sort();
  }

  records(ecosystem: string, name: string): readonly AdvisoryRecord[] {
    const sources = this.#records.get(ecosystem);
    if (sources === undefined) return [];
    const key = escapeField(packageKey(ecosystem, name));
    const [only] = sources;
    // Lines of one package are in the order of ids already.
    if (sources.length === 1 && only !== undefined) return only.records(key);
    return sources.flatMap((source) => source.records(key)).sort(byIdentity);
  }

  recordsById(id: string): readonly AdvisoryRecord[] {
    const parts = new Map(
      [...this.#shared.values()].map((shared) => [shared, [...shared.namesOf(id)].map(escapeField)]),
    );
    const found: AdvisoryRecord[] = [];
    for (const source of [...this.#records.values()].flat()) {
      for (const record of source.holding(parts.get(source.shared) ?? [])) {
        if (record.id === id || record.aliases.includes(id) || record.related?.includes(id)) found.push(record);
      }
    }
    return found.sort(byPlace);
  }

  facts(cve: string): VulnerabilityFacts | undefined {
    const [line] = this.#lines(sectionNames.facts, escapeField(cve));
    return line === undefined ? undefined : (JSON.parse(splitFields(line)[1] as string) as VulnerabilityFacts);
  }

  described(cve: string): VulnerabilityDescription {
    const known = [...this.#shared.values()]
      .map(({ of }) => of(cve))
      .filter(({ withdrawn }) => withdrawn === undefined);
    return {
      title: known.find(({ title }) => title !== undefined)?.title,
      cvss: known.find(({ cvss }) => cvss !== undefined)?.cvss,
    };
  }

  statements(product: string): readonly VexStatement[] {
    const name = generalPurl(product);
    const known = this.#statements.get(name);
    if (known !== undefined) return known;
    if (this.#statements.size >= keptProducts) this.#statements.clear();
    const read = this.#readStatements(name);
    this.#statements.set(name, read);
    return read;
  }

  repositoryCpes(repository: string): readonly string[] {
    const [line] = this.#lines(sectionNames.repositories, escapeField(repository));
    return line === undefined ? [] : (splitFields(line)[1] as string).split(" ");
  }

  releases(product: string): readonly ReleaseLife[] {
    return this.#lines(sectionNames.releases, escapeField(product)).map(readRelease);
  }

  /** Reads and checks every shard and block; answers how many lines there are. The first that is damaged is a `CORRUPT_INPUT` error. */
  verify(onProgress?: (text: string) => void): number {
    let count = 0;
    for (const [name, shards] of Object.entries(this.index.sections)) {
      onProgress?.(name);
      for (const [root] of shards) for (const line of this.shard(root).all()) count += line === "" ? 0 : 1;
    }
    return count;
  }

  /** The shard with a root, open and its table checked. */
  shard(root: string): Shard {
    return new Shard(this.#container.shard(root), root, this.#container.nameOf(root));
  }

  #sharedOf(source: string): SharedVulnerabilities {
    const known = this.#shared.get(source);
    if (known !== undefined) return known;
    const shared = new SharedVulnerabilities(source, this.#sections.get(`vulnerabilities/${source}`));
    this.#shared.set(source, shared);
    return shared;
  }

  /** The text of a statement is what it would be written as again, so that it need not be for its place in the order. */
  #readStatements(product: string): readonly VexStatement[] {
    const keys = this.#lines(sectionNames.products, escapeField(product)).map((line) => splitFields(line)[1] as string);
    return keys
      .flatMap((key) => this.#lines(sectionNames.statements, key))
      .map((line) => {
        const text = splitFields(line)[1] as string;
        return { text, statement: JSON.parse(text) as VexStatement };
      })
      .sort((a, b) => compareText(a.statement.vulnerability, b.statement.vulnerability) || compareText(a.text, b.text))
      .map(({ statement }) => statement);
  }

  #lines(section: string, key: string): readonly string[] {
    return this.#sections.get(section)?.lines(key) ?? [];
  }
}
