import type { VexStatement } from "../advisories/record.ts";
import type { AdvisoryStore } from "../advisories/store.ts";

/** What derivations may look things up in besides the snapshot. */
export interface AnalysisResources {
  /** Advisory data; absent where the user gave none, so that whatever needs it is unknown. */
  readonly advisories?: AdvisoryStore | undefined;
  /** Statements that packages are not affected or are fixed; what they set aside stays visible. */
  readonly vex?: readonly VexStatement[] | undefined;
}
