import type { AdvisoryRecord } from "../record.ts";
import type { VersionOrder } from "../versions/version-order.ts";
import type { InstalledPackage } from "./inventory.ts";

/** How sure an answer is. */
export type Confidence = "high" | "medium" | "low";

/** One question to advisory data: which name and version to ask for in which ecosystem. */
export interface Lookup {
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string;
  readonly order: VersionOrder;
  /** What kind of name it is asked by, in words: `source package`, `origin`, `module`. */
  readonly by: string;
  readonly confidence: Confidence;
}

/** What a record says about an installed package. */
export type Outcome =
  /** The version is in an affected range. */
  | "affected"
  /** The version is at or past the fix. */
  | "fixed"
  /** The version stands before, between or behind the affected ranges. */
  | "outside"
  /** The feed says that the package never had it. */
  | "not-affected"
  /** The feed says that it is there and cannot do harm in a package that is used like this one. */
  | "set-aside"
  | "withdrawn"
  /** Another stream, flavour, architecture or repository. */
  | "not-for"
  /** The version has no meaning in its ecosystem's order. */
  | "incomparable";

/** One record against one package, with the comparison that decided it. */
export interface Decision {
  readonly package: InstalledPackage;
  readonly lookup: Lookup;
  readonly record: AdvisoryRecord;
  readonly outcome: Outcome;
  /** The comparison or condition in a few words: `1.1.1d-r3 < 1.1.1l-r0`. */
  readonly comparison: string;
  /** The first version without it in the range that the installed one is in. */
  readonly fixed?: string | undefined;
}

/** What came out for a package and one vulnerability once all records about it were heard. */
export interface Ruling {
  readonly package: InstalledPackage;
  /** The CVE where there is one. */
  readonly id: string;
  readonly decisions: readonly Decision[];
  readonly affected: boolean;
  /** Why, where the decisions alone do not say it: `the distribution package … owns its files`. */
  readonly because?: string | undefined;
}
