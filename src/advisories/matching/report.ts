import type { Severity } from "../../core/severity.ts";
import type { Confidence } from "./decision.ts";
import type { ScoredVector } from "./severity.ts";

/** One vulnerability of one installed package; the shape of the vulnerability facts. */
export interface Match {
  readonly id: string;
  readonly aliases: string[];
  readonly package: string;
  readonly version: string;
  readonly purl: string;
  readonly type: string;
  readonly layer?: number | undefined;
  readonly foundIn: string[];
  readonly severity: Severity;
  readonly severitySource: string;
  readonly cvss: ScoredVector[];
  readonly fixedVersion?: string | undefined;
  /** The smallest version that is clear of every vulnerability of this package that has a fix, where it is another than `fixedVersion`. */
  readonly fixedVersionAll?: string | undefined;
  readonly state: "fixed" | "unfixed" | "will-not-fix" | "deferred" | "unknown";
  readonly title?: string | undefined;
  readonly advisory: { readonly id: string; readonly source: string; readonly url?: string | undefined };
  /** The rule and comparison that decided it: `deb: openssl 3.0.11-1 < 3.0.15-1`. */
  readonly decision: string;
  readonly knownExploited?: { readonly since: string; readonly ransomware: boolean } | undefined;
  readonly epss?: number | undefined;
  readonly confidence: Confidence;
  readonly reasons: string[];
  readonly priority: number;
}

/** A match that a VEX statement takes back or that those who know the package call harmless, with the reason, so that it stays visible. */
export interface SuppressedMatch {
  readonly match: Match;
  /** `not_affected` and `fixed` of VEX; `unimportant` of Debian's tracker; `not importable` and the like of the Go team. */
  readonly status: string;
  readonly reason: string;
  /** The document or feed that says so. */
  readonly source: string;
}

/** Packages that no advisory could judge, grouped by why. */
export interface UnjudgedPackages {
  readonly reason: string;
  readonly remedy?: string | undefined;
  readonly count: number;
  readonly packages: string[];
}

/** What advisory data says about an inventory, and where it says nothing. */
export interface MatchReport {
  readonly advisories: {
    readonly id: string;
    readonly date: string;
    readonly source: string;
    /** The ecosystems that judged packages, each with the date of the newest feed about its vulnerabilities. */
    readonly ecosystems: { readonly name: string; readonly date: string }[];
  };
  readonly matches: Match[];
  readonly suppressed: SuppressedMatch[];
  /** Number of packages that advisories could judge. */
  readonly judged: number;
  readonly unjudged: UnjudgedPackages[];
}
