/** A package as an SBOM describes it; the shape of the package facts. */
export interface SbomPackage {
  readonly name: string;
  readonly version: string;
  readonly type: string;
  readonly purl: string;
  readonly architecture?: string | undefined;
  readonly sourceName?: string | undefined;
  readonly sourceVersion?: string | undefined;
  readonly vendor?: string | undefined;
  readonly licenses: readonly string[];
  readonly module?: string | undefined;
  readonly foundIn: readonly string[];
  readonly layer?: number | undefined;
  readonly fileCount?: number | undefined;
  readonly ownedBy?: string | undefined;
  readonly confidence: "high" | "medium" | "low";
  readonly properties: Readonly<Record<string, string>>;
}

/** The distribution as an SBOM describes it; the shape of the os-release facts. */
export interface SbomDistribution {
  readonly id: string;
  readonly idLike: readonly string[];
  readonly versionId?: string | undefined;
  readonly versionCodename?: string | undefined;
  readonly variantId?: string | undefined;
  readonly name?: string | undefined;
  readonly prettyName?: string | undefined;
  readonly cpeName?: string | undefined;
  readonly supportEnd?: string | undefined;
  readonly path: string;
}

/** One layer of the image that an SBOM is about. */
export interface SbomLayer {
  readonly diffId: string;
  readonly digest?: string | undefined;
  readonly mediaType?: string | undefined;
  readonly size: number;
  readonly createdBy?: string | undefined;
}

/** What an SBOM says of the image that it is about; only its name is always known. */
export interface SbomImage {
  readonly name: string;
  readonly references: readonly string[];
  readonly format?: string | undefined;
  readonly manifestDigest?: string | undefined;
  readonly configDigest?: string | undefined;
  readonly platform: { readonly os: string; readonly architecture: string; readonly variant?: string | undefined };
  readonly created?: string | undefined;
  readonly size: number;
  readonly layers: readonly SbomLayer[];
}

/** What an SBOM could not tell of one package. */
export interface SbomGap {
  readonly path: string;
  readonly layer?: number | undefined;
  readonly reason: string;
}

/** An SBOM of an image, whatever its format. */
export interface SbomDocument {
  readonly format: "cyclonedx" | "spdx";
  /** `CycloneDX 1.6 by plimsoll-0.1.0`. */
  readonly title: string;
  /** When it was made, as written. */
  readonly created?: string | undefined;
  readonly image: SbomImage;
  readonly distribution?: SbomDistribution | undefined;
  readonly packages: readonly SbomPackage[];
  readonly unread: readonly SbomGap[];
  readonly databases: readonly string[];
}
