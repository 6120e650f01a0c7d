import type { AdvisoryStore } from "../advisories/store.ts";

/** What derivations may look things up in besides the snapshot. */
export interface AnalysisResources {
  /** Advisory data; absent where the user gave none, so that whatever needs it is unknown. */
  readonly advisories?: AdvisoryStore | undefined;
}
