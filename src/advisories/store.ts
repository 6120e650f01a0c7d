import type { AdvisoryRecord, ReleaseLife, VulnerabilityFacts } from "./record.ts";

/** Advisory data that is open for look-ups. Read-only and safe to share; every answer is the same for the same `stamp.id`. */
export interface AdvisoryStore {
  /** Which data it is: `id` a digest over all of it, `date` (ISO 8601) the newest feed's, `source` where it was opened from. */
  readonly stamp: { readonly id: string; readonly date: string; readonly source: string };
  /** The feeds it holds with date and number of records. */
  readonly feeds: readonly { readonly id: string; readonly date: string; readonly records: number }[];
  /** Whether it has data for an ecosystem at all: no data is not the same as no vulnerability. */
  has(ecosystem: string): boolean;
  /** Ecosystems it has data for, sorted. */
  ecosystems(): readonly string[];
  /** All records about a package of an ecosystem, withdrawn and not-affected ones included, in a stable order. */
  records(ecosystem: string, name: string): readonly AdvisoryRecord[];
  /** All records with that id or alias, for `explain`; slower than `records`. */
  recordsById(id: string): readonly AdvisoryRecord[];
  /** What is known of a CVE whoever is affected. */
  facts(cve: string): VulnerabilityFacts | undefined;
  /** The releases of a product, newest first; empty where it is not known. */
  releases(product: string): readonly ReleaseLife[];
  /** ISO 8601 date of the end-of-life data, or undefined where there is none. */
  readonly releasesDate: string | undefined;
}
