import { defineDerivation } from "../../core/derivation.ts";
import { hostMaliciousPackages } from "../../facts/host/malicious-packages.ts";
import { hostPackages } from "../../facts/host/packages.ts";
import { hostVulnerabilities } from "../../facts/host/vulnerabilities.ts";
import { maliciousPackageObservations } from "../malicious-package-observation.ts";
import type { AnalysisResources } from "../resources.ts";

/** The packages of each host that reports of malicious packages name. */
export default defineDerivation<AnalysisResources>({
  provides: hostMaliciousPackages,
  after: [hostVulnerabilities],
  derive: (snapshot, resources) =>
    maliciousPackageObservations(
      { packages: hostPackages, vulnerabilities: hostVulnerabilities, malicious: hostMaliciousPackages },
      snapshot,
      resources,
    ),
});
