import { createHash } from "node:crypto";
import type { FeedContent } from "../feeds/feed.ts";
import { mergeFacts, productsOf } from "../memory-store.ts";
import type { AdvisoryRecord, ReleaseLife, VexStatement, VulnerabilityFacts } from "../record.ts";
import { joinFields, splitFields } from "./line.ts";
import { type SharedFields, sharedFields, writeRecord, writeShared } from "./record-line.ts";

/** Names of the sections that hold no records. */
export const sectionNames = {
  facts: "facts",
  releases: "releases",
  statements: "statements",
  products: "products",
  repositories: "repositories",
} as const;

/** Feeds as the lines of sections, ready to be sorted and cut into shards. */
export class SectionLines {
  readonly #sections = new Map<string, string[]>();
  readonly #shared = new Map<string, SharedFields | undefined>();
  readonly #facts = new Map<string, VulnerabilityFacts>();
  readonly #repositories = new Map<string, Set<string>>();

  /** Adds what one file of a feed says and answers how many entries that were. */
  add(content: FeedContent): number {
    for (const record of content.records ?? []) this.#addRecord(record);
    for (const [id, facts] of content.facts ?? []) this.#facts.set(id, mergeFacts(this.#facts.get(id), facts));
    for (const { product, releases } of content.products ?? []) {
      releases().forEach((release, index) => {
        this.#push(sectionNames.releases, writeRelease(product, index, release));
      });
    }
    for (const statement of content.statements ?? []) this.#addStatement(statement);
    for (const [repository, cpes] of content.repositories ?? []) {
      this.#repositories.set(repository, new Set([...(this.#repositories.get(repository) ?? []), ...cpes]));
    }
    const lists = [content.records, content.facts, content.products, content.statements, content.repositories];
    return lists.reduce((sum, list) => sum + (list?.length ?? 0), 0);
  }

  /** The lines of each section, sorted, each once. */
  *sections(): Generator<[name: string, lines: string[]]> {
    for (const [id, facts] of this.#facts) this.#push(sectionNames.facts, joinFields([id, JSON.stringify(facts)]));
    for (const [repository, cpes] of this.#repositories)
      this.#push(sectionNames.repositories, joinFields([repository, [...cpes].sort().join(" ")]));
    for (const name of [...this.#sections.keys()].sort()) {
      yield [name, sortedOnce(this.#sections.get(name) as string[])];
      // What was handed out is not needed again; a large build would hold it twice.
      this.#sections.delete(name);
    }
  }

  #addRecord(record: AdvisoryRecord): void {
    const key = `${record.source}\0${record.id}`;
    if (!this.#shared.has(key)) {
      const shared = sharedFields(record);
      const line = writeShared(record.id, shared, record.source);
      this.#shared.set(key, line === undefined ? undefined : shared);
      if (line !== undefined) this.#push(`vulnerabilities/${record.source}`, line);
    }
    this.#push(
      `records/${record.ecosystem}/${record.source}`,
      writeRecord(record, this.#shared.get(key) ?? { aliases: [] }),
    );
  }

  #addStatement(statement: VexStatement): void {
    const text = JSON.stringify(statement);
    const key = createHash("sha256").update(text).digest("hex").slice(0, 16);
    this.#push(sectionNames.statements, joinFields([key, text]));
    for (const product of productsOf(statement)) this.#push(sectionNames.products, joinFields([product, key]));
  }

  #push(section: string, line: string): void {
    const lines = this.#sections.get(section);
    if (lines === undefined) this.#sections.set(section, [line]);
    else lines.push(line);
  }
}

function sortedOnce(lines: string[]): string[] {
  lines.sort();
  return lines.filter((line, index) => index === 0 || line !== lines[index - 1]);
}

/** Fields: product, place in the feed's order, release, end of life, extended support, latest version, release date. */
function writeRelease(product: string, index: number, life: ReleaseLife): string {
  return joinFields([
    product,
    String(index).padStart(4, "0"),
    life.release,
    dateText(life.endOfLife),
    dateText(life.extendedSupport),
    life.latest ?? "",
    life.releaseDate ?? "",
  ]);
}

/** Reads a line of the section of releases. */
export function readRelease(line: string): ReleaseLife {
  const [product = "", , release = "", endOfLife = "", extended = "", latest = "", releaseDate = ""] =
    splitFields(line);
  return {
    product,
    release,
    endOfLife: readDate(endOfLife) ?? false,
    ...(extended !== "" && { extendedSupport: readDate(extended) }),
    ...(latest !== "" && { latest }),
    ...(releaseDate !== "" && { releaseDate }),
  };
}

function dateText(value: string | boolean | undefined): string {
  return value === undefined ? "" : value === true ? "+" : value === false ? "-" : value;
}

function readDate(text: string): string | boolean | undefined {
  return text === "" ? undefined : text === "+" ? true : text === "-" ? false : text;
}
