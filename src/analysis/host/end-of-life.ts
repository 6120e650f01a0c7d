import { defineDerivation } from "../../core/derivation.ts";
import { hostEndOfLife } from "../../facts/host/end-of-life.ts";
import { hostOsRelease } from "../../facts/host/os-release.ts";
import { endOfLifeObservations } from "../end-of-life-observation.ts";
import type { AnalysisResources } from "../resources.ts";

/** Until when each host's distribution is maintained. */
export default defineDerivation<AnalysisResources>({
  provides: hostEndOfLife,
  derive: (snapshot, resources) => endOfLifeObservations(hostOsRelease, hostEndOfLife, snapshot, resources),
});
