import { defineDerivation } from "../../core/derivation.ts";
import { imageMaliciousPackages } from "../../facts/image/malicious-packages.ts";
import { imagePackages } from "../../facts/image/packages.ts";
import { imageVulnerabilities } from "../../facts/image/vulnerabilities.ts";
import { maliciousPackageObservations } from "../malicious-package-observation.ts";
import type { AnalysisResources } from "../resources.ts";

/** The packages of each image that reports of malicious packages name. */
export default defineDerivation<AnalysisResources>({
  provides: imageMaliciousPackages,
  after: [imageVulnerabilities],
  derive: (snapshot, resources) =>
    maliciousPackageObservations(
      { packages: imagePackages, vulnerabilities: imageVulnerabilities, malicious: imageMaliciousPackages },
      snapshot,
      resources,
    ),
});
