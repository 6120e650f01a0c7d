import type { AdvisoryRecord } from "../record.ts";
import type { AdvisoryStore } from "../store.ts";
import type { Ruling } from "./decision.ts";
import type { Match } from "./report.ts";

/** Why a match is listed apart from what counts as vulnerable: whose word it is and what they say. */
export interface SetAside {
  /** `unimportant`, `not-importable`. */
  readonly status: string;
  readonly reason: string;
  readonly source: string;
}

/**
 * Those who know a package best may find that a vulnerability is there and does not matter; then it is listed apart with their reason. What is known to
 * be exploited is never set aside.
 */
export function setAsideBy(
  ruling: Ruling,
  match: Pick<Match, "knownExploited">,
  releases: DebianReleases,
): SetAside | undefined {
  if (match.knownExploited !== undefined) return undefined;
  return unimportant(ruling, releases) ?? unreachable(ruling);
}

/** What Debian's releases say of the CVEs of a source package; each source is read once. */
export class DebianReleases {
  readonly #store: Pick<AdvisoryStore, "ecosystems" | "records">;
  readonly #known = new Map<string, ReadonlyMap<string, readonly AdvisoryRecord[]>>();

  constructor(store: Pick<AdvisoryStore, "ecosystems" | "records">) {
    this.#store = store;
  }

  /** The records that are filed under the CVE itself, of all releases. */
  about(id: string, source: string): readonly AdvisoryRecord[] {
    const known = this.#known.get(source) ?? this.#read(source);
    this.#known.set(source, known);
    return known.get(id) ?? [];
  }

  #read(source: string): ReadonlyMap<string, readonly AdvisoryRecord[]> {
    const byId = new Map<string, AdvisoryRecord[]>();
    for (const ecosystem of this.#store.ecosystems()) {
      if (!ecosystem.startsWith("debian:")) continue;
      for (const record of this.#store.records(ecosystem, source)) {
        const others = byId.get(record.id);
        if (others === undefined) byId.set(record.id, [record]);
        else others.push(record);
      }
    }
    return byId;
  }
}

/**
 * Debian's tracker calls a vulnerability unimportant where the package is not affected in effect: the code is not built, a documented limitation, only
 * "exploitable" by who is root already, or in a package without security support (security-team.debian.org, "Severity levels"). It says so of the source
 * package in every release; releases that have advisories (DSA, DLA) only are told by the records of the others.
 */
function unimportant(ruling: Ruling, releases: DebianReleases): SetAside | undefined {
  const { id, decisions } = ruling;
  const lookup = decisions[0]?.lookup;
  if (lookup === undefined || !lookup.ecosystem.startsWith("debian:")) return undefined;
  const own = decisions.map(({ record }) => record).filter((record) => record.id === id);
  const records = own.length > 0 ? own : releases.about(id, lookup.name);
  const word = records.find(isUnimportant);
  if (word === undefined || own.some((record) => !isUnimportant(record))) return undefined;
  const from = word.ecosystem === lookup.ecosystem ? "" : ` (said of ${word.ecosystem.replace(":", " ")})`;
  return {
    status: "unimportant",
    reason: `Debian calls it unimportant for ${lookup.name}: without effect on security as it is built and used${from}`,
    source: word.source,
  };
}

function isUnimportant({ status = "" }: AdvisoryRecord): boolean {
  return /\bunimportant\b/.test(status);
}

function unreachable({ decisions }: Ruling): SetAside | undefined {
  const found = decisions.find(({ outcome }) => outcome === "set-aside");
  return found === undefined
    ? undefined
    : { status: found.record.status ?? "set-aside", reason: found.comparison, source: found.record.source };
}
