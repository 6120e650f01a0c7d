import type { Severity } from "../core/severity.ts";

/** Affected versions from `introduced` on, up to `fixed` (excluded) or `lastAffected` (included); without an upper end, all later ones (OSV §affected[].ranges). */
export interface AffectedRange {
  /** `"0"` or absent: from the first version on. */
  readonly introduced?: string | undefined;
  readonly fixed?: string | undefined;
  readonly lastAffected?: string | undefined;
}

/** What one feed says about one vulnerability in one package of one ecosystem. */
export interface AdvisoryRecord {
  /** The feed's own id: `CVE-2024-3094`, `GHSA-…`, `DSA-…`. */
  readonly id: string;
  /** Other ids of the same vulnerability, the CVE among them. An id that only shares an advisory is not an alias. */
  readonly aliases: readonly string[];
  /** Ids of the different vulnerabilities that one advisory (DSA, RHSA, ALAS, ALSA …) is about; each counts for itself. They are no aliases. */
  readonly related?: readonly string[] | undefined;
  /** The feed: `alpine-secdb`, `debian-osv`, `ghsa`. */
  readonly source: string;
  /**
   * Where it holds. Distributions: `alpine:3.11`, `alpine:edge`, `debian:12`, `ubuntu:22.04`, `rhel` (by CPE, see conditions), `almalinux:9`, `rocky:9`,
   * `oracle:8`, `suse:15.4`, `opensuse:15.6`, `azurelinux:3.0`, `amazon:2`, `arch`. Languages by purl type: `npm`, `pypi`, `maven`, `golang`, `cargo`,
   * `gem`, `composer`, `nuget`, `hex`, `pub`, `githubactions`. Others:
   * `bitnami`; `generic` (unpackaged programs: `node`, `python`, `ruby`); `kubernetes` (its components); `cpe` (package is `vendor:product`).
   */
  readonly ecosystem: string;
  /** The name that the ecosystem matches by, normalised: source package, origin, or package. */
  readonly package: string;
  readonly ranges: readonly AffectedRange[];
  /** Single affected versions besides the ranges. */
  readonly versions?: readonly string[] | undefined;
  /** The feed says that the package is not affected, ever or in this release. Such a record outweighs guesses from other sources. */
  readonly notAffected?: boolean | undefined;
  readonly state: "fixed" | "unfixed" | "will-not-fix" | "deferred" | "unknown";
  /** The feed's own word where it says more than `state`: `unimportant`, `no-dsa`, `end-of-life`, `needs-triage`, `ignored` … */
  readonly status?: string | undefined;
  /** The feed's own rating. */
  readonly severity?: Severity | undefined;
  readonly cvss?: readonly { readonly vector: string; readonly source: string }[] | undefined;
  readonly title?: string | undefined;
  readonly url?: string | undefined;
  /** ISO 8601; the record was taken back then and matches nothing. */
  readonly withdrawn?: string | undefined;
  /** ISO 8601 of its last change. */
  readonly modified?: string | undefined;
  /** The package is malware itself, whatever its version ranges say. */
  readonly malicious?: boolean | undefined;
  /** What must hold besides the version. */
  readonly conditions?: {
    /** rpm module and stream: `nodejs:12`. */
    readonly module?: string | undefined;
    readonly architectures?: readonly string[] | undefined;
    /** CPE streams of the product, one of which must be enabled. */
    readonly cpes?: readonly string[] | undefined;
    /** Build flavour that the versions belong to: `ksplice`, `fips`, `esm`. */
    readonly flavour?: string | undefined;
    readonly repository?: string | undefined;
    /** Imported packages or symbols that are at fault (Go): `net/http` for a whole package, `net/http#Server.Serve` for a symbol of it. */
    readonly symbols?: readonly string[] | undefined;
  };
}

/** What is known of a vulnerability whoever is affected. */
export interface VulnerabilityFacts {
  readonly knownExploited?: { readonly since: string; readonly ransomware: boolean } | undefined;
  /** FIRST EPSS: chance (0 to 1) and its date. */
  readonly epss?: { readonly score: number; readonly date: string } | undefined;
  readonly cvss?: readonly { readonly vector: string; readonly source: string }[] | undefined;
  /** CISA SSVC decision points, as `exploitation: active`. */
  readonly ssvc?: Readonly<Record<string, string>> | undefined;
}

/** What a VEX document (OpenVEX) states about one vulnerability in products. */
export interface VexStatement {
  /** The vulnerability's name in the document, and its other names. */
  readonly vulnerability: string;
  readonly aliases: readonly string[];
  /** Package URLs, without version where every version is meant. */
  readonly products: readonly string[];
  /** Package URLs of the parts of those products that it is about; empty where it is about the product itself. */
  readonly subcomponents: readonly string[];
  readonly status: "not_affected" | "affected" | "fixed" | "under_investigation";
  readonly justification?: string | undefined;
  readonly impact?: string | undefined;
  readonly action?: string | undefined;
  /** Id of the document. */
  readonly document: string;
  readonly author?: string | undefined;
  /** ISO 8601. */
  readonly date?: string | undefined;
}

/** One release of a product and when its support ends (endoflife.date). */
export interface ReleaseLife {
  /** Product as endoflife.date names it: `alpine-linux`, `debian`, `nodejs`. */
  readonly product: string;
  readonly release: string;
  /** ISO 8601 date, or true where it has ended without a date, or false where no end is set. */
  readonly endOfLife: string | boolean;
  readonly extendedSupport?: string | boolean | undefined;
  readonly latest?: string | undefined;
  readonly releaseDate?: string | undefined;
}
