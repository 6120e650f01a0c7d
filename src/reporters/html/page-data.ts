import type { Coverage, RecommendationStatus, UnusedDecision } from "../../core/assessment.ts";
import type { Area } from "../../core/clause.ts";
import type { Declaration, Finding, Waiver } from "../../core/finding.ts";
import type { GateDecision } from "../../core/reporter.ts";
import type { Severity } from "../../core/severity.ts";
import type { AdvisoryStamp, Target } from "../../core/snapshot.ts";

/** Index into `PageData.texts`; texts that many rows share are stored once. */
export type TextIndex = number;

/** What every finding of one check has in common. */
export interface PageRule {
  readonly check: string;
  readonly title: string;
  readonly area: Area;
  /** Recommendation ids, in the guide's order. */
  readonly recommendations: readonly string[];
  readonly why: string;
  /** Where the same rule stands elsewhere; absent where nowhere is known. */
  readonly references?: readonly string[];
}

/** What only some evidence has. */
export interface PageEvidenceMore {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly layer?: number;
  readonly severity?: Severity;
  /** The item's own fix, where it is not the finding's. */
  readonly fix?: TextIndex;
  /** Why it is urgent: the `reasons` of its details. */
  readonly reasons?: readonly TextIndex[];
  /** More about the item: name and value in words, by turns. */
  readonly details?: readonly TextIndex[];
}

/** One item of evidence: where, what was found, what was expected (null where nothing in particular was). */
export type PageEvidence = readonly [
  at: TextIndex,
  found: TextIndex,
  expected: TextIndex | null,
  more?: PageEvidenceMore,
];

/** What only some findings have. */
export interface PageFindingMore {
  readonly reason?: TextIndex;
  readonly remedy?: TextIndex;
  /** Index into `PageData.waivers`. */
  readonly waiver?: number;
  readonly isNew?: true;
}

/** One finding as a row; a report may hold tens of thousands. `status` and `severity` index `pageStatuses` and `severities`. */
export type PageFinding = readonly [
  id: string,
  rule: number,
  subject: TextIndex,
  subjectName: TextIndex,
  key: TextIndex,
  status: number,
  severity: number,
  fix: TextIndex,
  evidence: readonly PageEvidence[],
  more?: PageFindingMore,
];

/** The statuses of findings in the order that rows number them. */
export type PageStatuses = readonly Finding["status"][];

/** One observation: which fact about which subject, from where, and for what could not be had why and what would help. */
export type PageObservation = readonly [
  fact: TextIndex,
  subject: TextIndex,
  source: TextIndex,
  unavailable?: TextIndex,
  remedy?: TextIndex | null,
];

/** One recommendation of the guide with its status. */
export interface PageRecommendation {
  readonly id: string;
  readonly countermeasure: string;
  readonly area: Area;
  readonly text: string;
  readonly class: string;
  readonly status: RecommendationStatus;
  readonly reason: string;
  readonly remedies: readonly string[];
  readonly checks: readonly string[];
  /** Index into `PageData.declarations`. */
  readonly declaration?: number;
}

/** One vulnerability that is there and does not count. `severity` indexes `severities`; `status` is in words. */
export type PageSetAside = readonly [
  subject: TextIndex,
  subjectName: TextIndex,
  id: TextIndex,
  packageVersion: TextIndex,
  severity: number,
  status: TextIndex,
  reason: TextIndex,
  source: TextIndex,
];

/** What is known of one image besides its findings; absent members were not observed. */
export interface PageImage {
  readonly subject: string;
  readonly name: string;
  readonly base?: string;
  /** What showed the base: `annotation`, `label`, `provenance`, `history`, `layers`. */
  readonly shownBy?: string;
  /** How many of its layers are the base's. */
  readonly baseLayers?: number;
  /** Its place in the order of rebuilding: 0 for what builds on nothing at hand, one more than its base's otherwise. */
  readonly rebuildStep?: number;
  /** True when it builds on nothing. */
  readonly scratch?: true;
  readonly platform?: string;
  readonly system?: string;
  /** ISO 8601. */
  readonly created?: string;
  /** Bytes of all layers as stored. */
  readonly size?: number;
  readonly layers?: number;
  readonly packages?: number;
}

/** Everything that the report page shows, embedded in it as JSON. */
export interface PageData {
  readonly schema: "plimsoll.report-page/1";
  /** The tool's version. */
  readonly version: string;
  /** When collection began, ISO 8601 UTC. */
  readonly created: string;
  /** `sha256:` and hex of the snapshot that the report was made from. */
  readonly digest: string;
  readonly policy?: string | undefined;
  readonly baseline?: string | undefined;
  readonly advisories?: AdvisoryStamp | undefined;
  readonly gate: GateDecision;
  readonly targets: readonly Target[];
  readonly guide: string;
  readonly coverage: Coverage;
  readonly areas: readonly {
    readonly id: Area;
    readonly number: string;
    readonly title: string;
    readonly coverage: Coverage;
  }[];
  readonly countermeasures: readonly {
    readonly id: string;
    readonly area: Area;
    readonly title: string;
    readonly summary: string;
    readonly coverage: Coverage;
  }[];
  readonly recommendations: readonly PageRecommendation[];
  /** Titles of checks by id, for those that ran and those that did not. */
  readonly checkTitles: Readonly<Record<string, string>>;
  readonly texts: readonly string[];
  readonly rules: readonly PageRule[];
  readonly findings: readonly PageFinding[];
  readonly waivers: readonly Waiver[];
  readonly declarations: readonly Declaration[];
  readonly unused: readonly UnusedDecision[];
  /** By subject, the worst first. */
  readonly setAside: readonly PageSetAside[];
  readonly images: readonly PageImage[];
  readonly observations: readonly PageObservation[];
}
