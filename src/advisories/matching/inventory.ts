/** An installed package as matching reads it; the shape of the inventory facts. */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  /** Package URL type: `deb`, `apk`, `rpm`, `npm` … */
  readonly type: string;
  readonly purl: string;
  readonly architecture?: string | undefined;
  /** Source package or origin. */
  readonly sourceName?: string | undefined;
  readonly sourceVersion?: string | undefined;
  /** Maintainer, vendor or packager as written. */
  readonly vendor?: string | undefined;
  /** rpm modularity label: `nodejs:12:…`. */
  readonly module?: string | undefined;
  readonly foundIn: readonly string[];
  readonly layer?: number | undefined;
  /** Package URL of the distribution package that owns its files. */
  readonly ownedBy?: string | undefined;
  readonly confidence: "high" | "medium" | "low";
  readonly properties: Readonly<Record<string, string>>;
}

/** What is installed. */
export interface Inventory {
  readonly packages: readonly InstalledPackage[];
}

/** The distribution that packages were built for; the shape of the os-release facts. */
export interface InstalledDistribution {
  readonly id: string;
  readonly idLike: readonly string[];
  readonly versionId?: string | undefined;
  readonly versionCodename?: string | undefined;
  readonly name?: string | undefined;
  readonly prettyName?: string | undefined;
}
