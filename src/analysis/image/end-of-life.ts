import { defineDerivation } from "../../core/derivation.ts";
import { imageEndOfLife } from "../../facts/image/end-of-life.ts";
import { imageOsRelease } from "../../facts/image/os-release.ts";
import { endOfLifeObservations } from "../end-of-life-observation.ts";
import type { AnalysisResources } from "../resources.ts";

/** Until when each image's distribution is maintained. */
export default defineDerivation<AnalysisResources>({
  provides: imageEndOfLife,
  derive: (snapshot, resources) => endOfLifeObservations(imageOsRelease, imageEndOfLife, snapshot, resources),
});
