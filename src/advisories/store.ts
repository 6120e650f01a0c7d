import type { AdvisoryRecord, ReleaseLife, VexStatement, VulnerabilityFacts } from "./record.ts";

/** Advisory data that is open for look-ups. Read-only and safe to share; every answer is the same for the same `stamp.id`. */
export interface AdvisoryStore {
  /** Which data it is: `id` a digest over all of it, `date` (ISO 8601) the newest feed's, `source` where it was opened from. */
  readonly stamp: { readonly id: string; readonly date: string; readonly source: string };
  /** The feeds it holds with date and number of records; a raw feed that nobody asked for yet is not counted. */
  readonly feeds: readonly { readonly id: string; readonly date: string; readonly records: number | undefined }[];
  /**
   * Makes look-ups in these ecosystems possible. Call it once with all that will be asked for, before `records`: a built file needs no time for it, raw
   * feeds are read only now (`debian:12` reads the Debian feeds alone). Errors: `CORRUPT_INPUT` where a feed is damaged.
   */
  prepare(ecosystems: Iterable<string>, onProgress?: (text: string) => void): Promise<void>;
  /** Makes `recordsById` complete by preparing every ecosystem. */
  prepareAll(onProgress?: (text: string) => void): Promise<void>;
  /** Whether it has data for an ecosystem at all: no data is not the same as no vulnerability. */
  has(ecosystem: string): boolean;
  /** Ecosystems it has data for, sorted. */
  ecosystems(): readonly string[];
  /** The publishers whose records it has for an ecosystem (`ghsa`, `malicious-packages`), sorted; the ecosystem must have been prepared. */
  sources(ecosystem: string): readonly string[];
  /** All records about a package of an ecosystem, withdrawn and not-affected ones included, in a stable order; the ecosystem must have been prepared. Members may be getters: read them, a spread would lose them. */
  records(ecosystem: string, name: string): readonly AdvisoryRecord[];
  /** All records with that id or alias, for `explain`; slower than `records`. */
  recordsById(id: string): readonly AdvisoryRecord[];
  /** What is known of a CVE whoever is affected. */
  facts(cve: string): VulnerabilityFacts | undefined;
  /** What sources that file a vulnerability under its CVE say of it whichever package it is in; absent where that cannot be looked up in little time. */
  described?(cve: string): VulnerabilityDescription | undefined;
  /** VEX statements about a product or about that part of one, by package URL without version and qualifiers (`pkg:golang/example.org/app`). */
  statements(product: string): readonly VexStatement[];
  /** The CPEs that a repository or content set of Red Hat stands for (`rhel-8-for-x86_64-baseos-rpms`); empty where it is not known. */
  repositoryCpes(repository: string): readonly string[];
  /** The releases of a product, newest first; empty where it is not known. */
  releases(product: string): readonly ReleaseLife[];
  /** ISO 8601 date of the end-of-life data, or undefined where there is none. */
  readonly releasesDate: string | undefined;
}

/** What a vulnerability is, whoever is affected: a title, and ratings as CVSS vectors with who gave them. */
export interface VulnerabilityDescription {
  readonly title?: string | undefined;
  readonly cvss?: AdvisoryRecord["cvss"];
}
