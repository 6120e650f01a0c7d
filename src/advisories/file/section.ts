import type { AdvisoryRecord } from "../record.ts";
import { bucketOf, escapeField } from "./line.ts";
import { readRecord, readShared, type SharedFields } from "./record-line.ts";
import type { Shard } from "./shard.ts";

/** A section that is open for look-ups: its shards are opened when they are first needed. */
export class Section {
  readonly #roots: readonly string[];
  readonly #open: (root: string) => Shard;
  readonly #shards: (Shard | undefined)[];

  constructor(roots: readonly string[], open: (root: string) => Shard) {
    this.#roots = roots;
    this.#open = open;
    this.#shards = new Array<Shard | undefined>(roots.length);
  }

  /** The lines of a key, as it is written in a line. */
  lines(key: string): readonly string[] {
    return this.#shard(bucketOf(key, this.#roots.length)).lines(key);
  }

  /** All lines that contain one of the texts. */
  *holding(parts: readonly string[]): Generator<string> {
    for (let bucket = 0; bucket < this.#roots.length; bucket++) yield* this.#shard(bucket).holding(parts);
  }

  #shard(bucket: number): Shard {
    const known = this.#shards[bucket];
    if (known !== undefined) return known;
    const shard = this.#open(this.#roots[bucket] as string);
    this.#shards[bucket] = shard;
    return shard;
  }
}

/** Vulnerabilities that stay read; more than any image has. */
const keptShared = 50_000;

/** What one source says of vulnerabilities whichever package they are in. */
export class SharedVulnerabilities {
  readonly source: string;
  readonly #section: Section | undefined;
  #known = new Map<string, SharedFields>();
  /** As a function of its own, because every record that is read is given it. */
  readonly of: (id: string) => SharedFields;

  constructor(source: string, section: Section | undefined) {
    this.source = source;
    this.#section = section;
    const nothing = readShared(undefined, source);
    this.of = section === undefined ? () => nothing : (id) => this.#read(id, section);
  }

  /** Ids under which the source lists an id as alias or related, and the id itself. */
  namesOf(id: string): Set<string> {
    const names = new Set([id]);
    for (const line of this.#section?.holding([id]) ?? []) {
      const shared = readShared(line, this.source);
      if (shared.aliases.includes(id) || shared.related?.includes(id)) names.add(line.slice(0, line.indexOf("\t")));
    }
    return names;
  }

  #read(id: string, section: Section): SharedFields {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    if (this.#known.size >= keptShared) this.#known = new Map();
    const shared = readShared(section.lines(escapeField(id))[0], this.source);
    this.#known.set(id, shared);
    return shared;
  }
}

/** The records of one source about one ecosystem. */
export class RecordSection {
  readonly ecosystem: string;
  readonly shared: SharedVulnerabilities;
  readonly #section: Section;

  constructor(ecosystem: string, section: Section, shared: SharedVulnerabilities) {
    this.ecosystem = ecosystem;
    this.shared = shared;
    this.#section = section;
  }

  /** The records of a package, by its key as it is written in a line, in the order of ids. */
  records(key: string): AdvisoryRecord[] {
    return this.#section.lines(key).map((line) => this.#read(line));
  }

  /** The records that contain one of the texts. */
  *holding(parts: readonly string[]): Generator<AdvisoryRecord> {
    for (const line of this.#section.holding(parts)) yield this.#read(line);
  }

  #read(line: string): AdvisoryRecord {
    return readRecord(line, this.shared.source, this.ecosystem, this.shared.of);
  }
}
