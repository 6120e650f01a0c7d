/** One installed package as a package database or its own metadata describes it, before the distribution and the layer are known. Plain JSON. */
export interface PackageRecord {
  /** As advisories name it: `@scope/name` for npm, `group:artifact` for Maven, the module path for Go. */
  readonly name: string;
  /** As the ecosystem writes it; `version-release` for rpm, without the epoch. */
  readonly version: string;
  /** Package URL type: `deb`, `apk`, `rpm`, `npm` … */
  readonly type: string;
  /** Name space of the package URL where it is neither the distribution nor part of the name. */
  readonly namespace?: string | undefined;
  /** rpm only; absent means 0. */
  readonly epoch?: number | undefined;
  readonly architecture?: string | undefined;
  /** Source package or origin, only where the record names one. */
  readonly sourceName?: string | undefined;
  readonly sourceVersion?: string | undefined;
  /** File name of the source rpm. */
  readonly sourceRpm?: string | undefined;
  readonly vendor?: string | undefined;
  readonly licenses?: readonly string[] | undefined;
  readonly module?: string | undefined;
  /** Number of files it owns, where the record lists them. */
  readonly fileCount?: number | undefined;
  /** Those of its files that a reader of another kind may find packages in, without a leading slash. */
  readonly ownedPaths?: readonly string[] | undefined;
  /** Where inside the file that was read, for archives within archives. */
  readonly within?: string | undefined;
  readonly confidence?: "high" | "medium" | "low" | undefined;
  readonly properties?: Readonly<Record<string, string>> | undefined;
  /** More qualifiers of the package URL. */
  readonly qualifiers?: Readonly<Record<string, string>> | undefined;
}

/** Programs and libraries, whose bytes may name a version: `usr/bin/python3.11`, `lib/libcrypto.so.1.1`. */
const programFile = /(^|\/)s?bin\/[^/]+$|\.so(\.\d+)*$/;
const metadataFile =
  /(^|\/)(package\.json|METADATA|PKG-INFO|installed\.json|pubspec\.yaml|(Julia)?Project\.toml|hex_metadata\.config)$|\.(gemspec|jar|war|ear|par|dll|exe|egg|egg-info|deps\.json|app)$/;
const dataFolder =
  /^(usr\/share\/(doc|man|locale|lintian|licenses|zoneinfo|bash-completion|info|icons|terminfo)|etc|usr\/include)\//;

/** Whether a file of a distribution package may be what another reader finds a package by: language metadata, an archive or a program. */
export function isClaimable(path: string): boolean {
  if (metadataFile.test(path) || programFile.test(path)) return true;
  return !dataFolder.test(path) && !path.slice(path.lastIndexOf("/") + 1).includes(".");
}
