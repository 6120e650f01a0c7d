import type { AdvisoryRecord } from "../record.ts";
import { readRanges } from "./range-text.ts";
import { type RecordTail, type SharedFields, usualState } from "./record-line.ts";

/** Where a record's section and vulnerability are told. */
export interface RecordPlace {
  readonly source: string;
  readonly ecosystem: string;
  /** What the source says of a vulnerability whichever package it is in. */
  readonly sharedOf: (id: string) => SharedFields;
}

/**
 * A record of built data. What decides whether a version is affected is read at once; what the vulnerability's own line says, only when it is asked for, because
 * most records that are looked up are about other versions. Those members are getters: a spread does not copy them, `JSON.stringify` writes them.
 */
export class StoredRecord implements AdvisoryRecord {
  readonly id: string;
  readonly source: string;
  readonly ecosystem: string;
  readonly package: string;
  readonly ranges: AdvisoryRecord["ranges"];
  readonly versions: AdvisoryRecord["versions"];
  readonly notAffected: true | undefined;
  readonly state: AdvisoryRecord["state"];
  readonly status: string | undefined;
  readonly conditions?: NonNullable<AdvisoryRecord["conditions"]>;
  readonly #tail: RecordTail;
  readonly #sharedOf: (id: string) => SharedFields;
  #shared: SharedFields | undefined;

  constructor(place: RecordPlace, packageName: string, id: string, rangeText: string, tail: RecordTail) {
    const { ranges, versions } = readRanges(rangeText);
    this.id = id;
    this.source = place.source;
    this.ecosystem = place.ecosystem;
    this.package = packageName;
    this.ranges = ranges;
    this.versions = versions.length > 0 ? versions : undefined;
    this.notAffected = tail.notAffected;
    this.state = tail.state ?? usualState({ ranges });
    this.status = tail.status;
    if (tail.conditions !== undefined) this.conditions = tail.conditions;
    this.#tail = tail;
    this.#sharedOf = place.sharedOf;
  }

  get aliases(): AdvisoryRecord["aliases"] {
    return this.#said("aliases") ?? [];
  }
  get related(): AdvisoryRecord["related"] {
    return this.#said("related");
  }
  get severity(): AdvisoryRecord["severity"] {
    const { severity } = this.#tail;
    return severity === undefined ? this.#vulnerability().severity : (severity ?? undefined);
  }
  get cvss(): AdvisoryRecord["cvss"] {
    return this.#said("cvss");
  }
  get title(): string | undefined {
    return this.#said("title");
  }
  get url(): string | undefined {
    return this.#said("url");
  }
  get withdrawn(): string | undefined {
    return this.#said("withdrawn");
  }
  get modified(): string | undefined {
    return this.#said("modified");
  }
  get malicious(): boolean | undefined {
    return this.#said("malicious");
  }

  /** The record as a plain object; members without a value are left out. */
  toJSON(): AdvisoryRecord {
    const { id, aliases, related, source, ecosystem, ranges, versions, notAffected, state, status } = this;
    const { severity, cvss, title, url, withdrawn, modified, malicious, conditions } = this;
    const head = { id, aliases, related, source, ecosystem, package: this.package, ranges, versions, notAffected };
    const members = { ...head, state, status, severity, cvss, title, url, withdrawn, modified, malicious };
    const record: AdvisoryRecord = conditions === undefined ? members : { ...members, conditions };
    return Object.fromEntries(
      Object.entries(record).filter(([, value]) => value !== undefined),
    ) as unknown as AdvisoryRecord;
  }

  /** What the record says itself, where that differs from the vulnerability's line. */
  #said<Name extends keyof SharedFields>(name: Name): SharedFields[Name] | undefined {
    const { overrides } = this.#tail;
    if (overrides !== undefined && name in overrides)
      return (overrides[name] ?? undefined) as SharedFields[Name] | undefined;
    return this.#vulnerability()[name];
  }

  #vulnerability(): SharedFields {
    this.#shared ??= this.#sharedOf(this.id);
    return this.#shared;
  }
}
