import { defineDerivation } from "../../core/derivation.ts";
import { imageOsRelease } from "../../facts/image/os-release.ts";
import { imagePackages } from "../../facts/image/packages.ts";
import { imageVulnerabilities } from "../../facts/image/vulnerabilities.ts";
import type { AnalysisResources } from "../resources.ts";
import { vulnerabilityObservations } from "../vulnerability-observation.ts";
import { productsOf } from "./products.ts";

/** The advisories that apply to each image's packages. */
export default defineDerivation<AnalysisResources>({
  provides: imageVulnerabilities,
  derive: (snapshot, resources) =>
    vulnerabilityObservations(
      { packages: imagePackages, osRelease: imageOsRelease, vulnerabilities: imageVulnerabilities, productsOf },
      snapshot,
      resources,
    ),
});
