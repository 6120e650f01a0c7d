import type { VexStatement } from "../advisories/record.ts";
import type { PackageArchives } from "../advisories/sources/package-archives.ts";
import type { AdvisoryStore } from "../advisories/store.ts";
import type { KnownImages } from "../facts/image/known-image.ts";

/** What derivations may look things up in besides the snapshot. */
export interface AnalysisResources {
  /** Advisory data; absent where the user gave none, so that whatever needs it is unknown. */
  readonly advisories?: AdvisoryStore | undefined;
  /** Statements that packages are not affected or are fixed; what they set aside stays visible. */
  readonly vex?: readonly VexStatement[] | undefined;
  /** Archives of Debian packages to ask for updates; absent where the user did not want them asked. */
  readonly packageArchives?: PackageArchives | undefined;
  /** Images of earlier runs, for lineage; absent where none are kept. */
  readonly knownImages?: KnownImages | undefined;
}
