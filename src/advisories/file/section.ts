import type { AdvisoryRecord } from "../record.ts";
import { type LineGroup, tailBetween } from "./block.ts";
import { bucketOf, escapeField, keyOf, unescapeField } from "./line.ts";
import { type RecordTail, readShared, readTail, type SharedFields } from "./record-line.ts";
import type { Shard } from "./shard.ts";
import { type RecordPlace, StoredRecord } from "./stored-record.ts";

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

  /** As {@link lines}, as the block stores them; undefined where there are none. */
  group(key: string): LineGroup | undefined {
    return this.#shard(bucketOf(key, this.#roots.length)).group(key);
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
  /** As a function of its own, because every record is given it. */
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

/** Tails that stay read in one section. */
const keptTails = 20_000;

/** The records of one source about one ecosystem. */
export class RecordSection {
  readonly ecosystem: string;
  readonly shared: SharedVulnerabilities;
  readonly #section: Section;
  readonly #place: RecordPlace;
  #tails = new Map<string, RecordTail>();

  constructor(ecosystem: string, section: Section, shared: SharedVulnerabilities) {
    this.ecosystem = ecosystem;
    this.shared = shared;
    this.#section = section;
    this.#place = { source: shared.source, ecosystem, sharedOf: shared.of };
  }

  /** The records of a package, by its key as it is written in a line, in the order of ids. */
  records(key: string): AdvisoryRecord[] {
    const group = this.#section.group(key);
    return group === undefined ? [] : this.#read(key, group);
  }

  /** The records that contain one of the texts. */
  *holding(parts: readonly string[]): Generator<AdvisoryRecord> {
    for (const line of this.#section.holding(parts)) {
      const key = keyOf(line);
      yield* this.#read(key, { text: `${line.slice(key.length + 1)}\n`, tails: [] });
    }
  }

  #read(key: string, group: LineGroup): AdvisoryRecord[] {
    const { text } = group;
    const packageName = unescapeField(key);
    const found: AdvisoryRecord[] = [];
    let start = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
      const first = fieldEnd(text, start, end);
      const second = fieldEnd(text, first + 1, end);
      const id = unescapeField(text.slice(start, first));
      const ranges = unescapeField(text.slice(first + 1, second));
      const tail = second >= end ? "" : tailBetween(group, second + 1, end);
      found.push(new StoredRecord(this.#place, packageName, id, ranges, this.#tail(tail)));
      start = end + 1;
    }
    return found;
  }

  #tail(text: string): RecordTail {
    const known = this.#tails.get(text);
    if (known !== undefined) return known;
    if (this.#tails.size >= keptTails) this.#tails = new Map();
    const tail = readTail(text);
    this.#tails.set(text, tail);
    return tail;
  }
}

/** Where the field that begins at a place ends: at a tab or at the line's end. */
function fieldEnd(text: string, start: number, end: number): number {
  for (let at = start; at < end; at++) if (text.charCodeAt(at) === tab) return at;
  return end;
}

const tab = 9;
