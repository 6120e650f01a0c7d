import { packageKey } from "../../src/advisories/package-name.ts";
import type { AdvisoryRecord, ReleaseLife, VexStatement, VulnerabilityFacts } from "../../src/advisories/record.ts";
import type { AdvisoryStore } from "../../src/advisories/store.ts";

/** What a fake store holds. */
export interface FakeAdvisories {
  readonly records?: readonly AdvisoryRecord[];
  /** Ecosystems without records that it knows all the same. */
  readonly ecosystems?: readonly string[];
  readonly facts?: Readonly<Record<string, VulnerabilityFacts>>;
  readonly statements?: readonly VexStatement[];
  readonly repositories?: Readonly<Record<string, readonly string[]>>;
  readonly releases?: readonly ReleaseLife[];
  readonly releasesDate?: string;
}

/** Advisory data in memory that behaves as a built file does: everything is prepared. */
export function fakeStore({
  records = [],
  ecosystems = [],
  facts = {},
  statements = [],
  repositories = {},
  releases = [],
  releasesDate,
}: FakeAdvisories): AdvisoryStore {
  const known = [...new Set([...records.map(({ ecosystem }) => ecosystem), ...ecosystems])].sort();
  return {
    stamp: { id: "sha256:fake", date: "2026-01-01T00:00:00Z", source: "fake" },
    feeds: [],
    prepare: async () => undefined,
    prepareAll: async () => undefined,
    has: (ecosystem) => known.includes(ecosystem),
    ecosystems: () => known,
    sources: (ecosystem) =>
      [...new Set(records.flatMap((one) => (one.ecosystem === ecosystem ? [one.source] : [])))].sort(),
    // New objects each time, as a file's are.
    records: (ecosystem, name) =>
      records
        .filter((record) => record.ecosystem === ecosystem && record.package === packageKey(ecosystem, name))
        .map((record) => ({ ...record })),
    recordsById: (id) =>
      records
        .filter((record) => [record.id, ...record.aliases, ...(record.related ?? [])].includes(id))
        .map((record) => ({ ...record })),
    facts: (cve) => facts[cve],
    statements: (product) =>
      statements.filter((statement) =>
        [...statement.products, ...statement.subcomponents].some((purl) => purl.replace(/[@?].*$/, "") === product),
      ),
    repositoryCpes: (repository) => repositories[repository] ?? [],
    releases: (product) => releases.filter((release) => release.product === product),
    releasesDate,
  };
}

/** A record that affects every version below `fixed`. */
export function record(
  ecosystem: string,
  name: string,
  id: string,
  fixed: string | undefined,
  more: Partial<AdvisoryRecord> = {},
): AdvisoryRecord {
  return {
    id,
    aliases: [],
    source: "fake",
    ecosystem,
    package: name,
    ranges: [{ introduced: "0", ...(fixed === undefined ? {} : { fixed }) }],
    state: fixed === undefined ? "unfixed" : "fixed",
    ...more,
  };
}
