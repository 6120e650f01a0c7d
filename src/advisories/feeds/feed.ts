import { corrupt } from "../../core/errors.ts";
import type { AdvisoryRecord, ReleaseLife, VexStatement, VulnerabilityFacts } from "../record.ts";

/** One file of a feed as text. */
export interface FeedFile {
  /** Path in its folder or archive; errors name it. */
  readonly path: string;
  readonly text: string;
}

/** The releases of one product. They are read when asked for, because a feed of all products is long and one question needs one of them. */
export interface ProductLives {
  readonly product: string;
  releases(): readonly ReleaseLife[];
}

/** What one file of a feed says. */
export interface FeedContent {
  readonly records?: readonly AdvisoryRecord[] | undefined;
  readonly facts?: readonly (readonly [cve: string, facts: VulnerabilityFacts])[] | undefined;
  readonly products?: readonly ProductLives[] | undefined;
  readonly statements?: readonly VexStatement[] | undefined;
  readonly repositories?: readonly (readonly [repository: string, cpes: readonly string[]])[] | undefined;
  /** ISO 8601, where the file itself says how old it is. */
  readonly date?: string | undefined;
}

/** Where a feed is published. `{}` in an address stands for each of `parts`. */
export interface FeedMirror {
  readonly urls: readonly string[];
  readonly parts?: readonly string[] | undefined;
  /** Further parts that the publisher may not have yet: one that is not there is passed over. */
  readonly laterParts?: readonly string[] | undefined;
  /** How it is fetched: whole files; OSV's list of changed records after a first whole file; the lists of changes and deletions of a CSAF provider after a first whole archive; the updateinfo of rpm repositories, whose lists of mirrors `urls` are. */
  readonly kind: "files" | "osv" | "csaf" | "rpm";
  /** With `csaf`: the address of the whole archive, where `archive_latest.txt` in the folder of documents does not name it. */
  readonly archive?: string | undefined;
  /** With `rpm`: where the file of each of `urls` goes below the feed's folder. */
  readonly folders?: readonly string[] | undefined;
  /** With `rpm`: a catalogue of further repositories, whose names stand for `{}` in the address of the list of mirrors and in the folder. */
  readonly topics?: { readonly catalog: string; readonly url: string; readonly folder: string } | undefined;
}

/** A publisher's advisories in one format: how its files are known, which ecosystems they are about and how they are read. */
export interface Feed {
  /** As records name it in `source`, unless several feeds share one source. */
  readonly id: string;
  readonly title: string;
  /** Names of its file or folder, without the ending that says how it is packed. */
  readonly names: readonly string[];
  /** Ecosystems it may know: `debian` stands for every `debian:…`; empty where it has no records. */
  readonly ecosystems: readonly string[];
  /** Part of the core build that SP 800-190 §4.1.1 is answered with everywhere. */
  readonly core?: boolean | undefined;
  /** Small and needed whatever is asked: read when the data is opened. */
  readonly eager?: boolean | undefined;
  readonly mirror?: FeedMirror | undefined;
  /** Hundreds of megabytes: fetched when it is asked for by name, and from then on with the others. */
  readonly large?: boolean | undefined;
  /** Whether a file of its folder or archive holds data. */
  wants(path: string): boolean;
  /** Whether a file whose name says nothing is this feed's, by its content. */
  recognises(file: FeedFile): boolean;
  /** Reads one file. Pure; what it cannot read is a `CORRUPT_INPUT` error. */
  read(file: FeedFile): FeedContent;
  /** Reads one XML file of any length as its bytes come, for feeds whose files may be longer than a text can be. Same errors. */
  readPieces?(path: string, pieces: AsyncIterable<Uint8Array>): Promise<FeedContent>;
}

/** Whether a feed may know an ecosystem. */
export function covers(feed: Pick<Feed, "ecosystems">, ecosystem: string): boolean {
  const general = ecosystem.split(":", 1)[0] as string;
  return feed.ecosystems.some((known) => known === "*" || known === ecosystem || known === general);
}

/** A JSON document of a feed; what is no JSON object or list is a `CORRUPT_INPUT` error. */
export function readJson(file: FeedFile): unknown {
  try {
    const value: unknown = JSON.parse(file.text);
    if (typeof value === "object" && value !== null) return value;
  } catch {
    throw corrupt(file.path, "is no JSON document");
  }
  throw corrupt(file.path, "holds a single value where a JSON object belongs");
}

/** The value as an object; undefined where it is none. */
export function tableOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

/** A member of an object; undefined where there is none, or no object. */
export function member(value: unknown, name: string): unknown {
  return tableOf(value)?.[name];
}

/** The items of a list; none where it is no list. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The text of a string or number; undefined for everything else and for the empty text. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value === "" ? undefined : value;
  return typeof value === "number" ? String(value) : undefined;
}

/** The texts of a list, or a single text as a list of one. */
export function textsOf(value: unknown): string[] {
  const items = Array.isArray(value) ? value : [value];
  return items.flatMap((item) => textOf(item) ?? []);
}

/** A text that must be there; otherwise a `CORRUPT_INPUT` error that names it. */
export function requireText(value: unknown, file: FeedFile, name: string): string {
  const text = textOf(value);
  if (text === undefined) throw corrupt(file.path, `has no ${name}`);
  return text;
}

/** The day of a date or time as ISO 8601; undefined where it is none, or a placeholder before 1990. */
export function dayOf(value: unknown): string | undefined {
  const text = textOf(value);
  const match = text === undefined ? null : /^(\d{4})-(\d{2})-(\d{2})/.exec(text);
  return match && Number(match[1]) >= 1990 ? match[0] : undefined;
}
