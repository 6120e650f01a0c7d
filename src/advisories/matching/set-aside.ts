import type { AdvisoryRecord } from "../record.ts";
import type { AdvisoryStore } from "../store.ts";
import type { Ruling } from "./decision.ts";
import { otherSystemsOf } from "./go.ts";
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
  program?: string | undefined,
): SetAside | undefined {
  if (match.knownExploited !== undefined) return undefined;
  return unimportant(ruling, releases) ?? unreachable(ruling, program) ?? withoutCode(ruling);
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
 * package in every release; a release that has an advisory (DSA, DLA) only, or whose record is about the fix of one and rates nothing, is told by the
 * records of the others.
 */
function unimportant(ruling: Ruling, releases: DebianReleases): SetAside | undefined {
  const { id, decisions } = ruling;
  const lookup = decisions[0]?.lookup;
  if (lookup === undefined || !lookup.ecosystem.startsWith("debian:")) return undefined;
  const own = decisions.map(({ record }) => record).filter((record) => record.id === id);
  const rated = own.filter(isRated);
  const word = (rated.length > 0 ? rated : releases.about(id, lookup.name)).find(isUnimportant);
  if (word === undefined || rated.some((record) => !isUnimportant(record))) return undefined;
  const from = word.ecosystem === lookup.ecosystem ? "" : ` (said of ${word.ecosystem.replace(":", " ")})`;
  const disputed = /\bdisputed\b/.test(word.status ?? "") ? "; its maintainers dispute that it is a vulnerability" : "";
  return {
    status: "unimportant",
    reason: `Debian calls it unimportant for ${lookup.name}: without effect on security as it is built and used${from}${disputed}`,
    source: word.source,
  };
}

function isUnimportant({ status = "" }: AdvisoryRecord): boolean {
  return /\bunimportant\b/.test(status);
}

/** Whether a record says how much a vulnerability matters: a fix that came with an advisory has no rating of its own ("not yet assigned"). */
function isRated({ severity, status, state }: AdvisoryRecord): boolean {
  return state !== "fixed" || severity !== undefined || status !== undefined;
}

function unreachable({ decisions }: Ruling, program: string | undefined): SetAside | undefined {
  const found = decisions.find(
    ({ outcome, record }) => outcome === "set-aside" && (otherSystemsOf(record) !== undefined || !isEngine(program)),
  );
  return found === undefined
    ? undefined
    : { status: found.record.status ?? "set-aside", reason: found.comparison, source: found.record.source };
}

/** A part of a source that has none of its code, by its own list of files, cannot have what is wrong with the code; the parts that have it are judged. */
function withoutCode({ package: { name, type, sourceName, properties }, affected }: Ruling): SetAside | undefined {
  const isPart = sourceName !== undefined && sourceName !== name && ["deb", "apk", "rpm", "alpm"].includes(type);
  return affected && isPart && properties["content"] === "data"
    ? {
        status: "no code",
        reason: `${name} holds texts, settings or tables of ${sourceName} and none of its code, by its list of installed files`,
        source: "package database",
      }
    : undefined;
}

/** Programs that run containers have the parts of runtimes in themselves that the Go team calls out of reach for users of these modules. */
function isEngine(program = ""): boolean {
  return /^(github\.com\/(containerd|containers|cri-o|docker|k0sproject|k3s-io|moby|opencontainers|rancher)|k8s\.io|go\.podman\.io|sigs\.k8s\.io)\//.test(
    program,
  );
}
