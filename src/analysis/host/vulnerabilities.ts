import { defineDerivation } from "../../core/derivation.ts";
import { hostOsRelease } from "../../facts/host/os-release.ts";
import { hostPackages } from "../../facts/host/packages.ts";
import { hostVulnerabilities } from "../../facts/host/vulnerabilities.ts";
import type { AnalysisResources } from "../resources.ts";
import { vulnerabilityObservations } from "../vulnerability-observation.ts";

/** The advisories that apply to each host's packages. */
export default defineDerivation<AnalysisResources>({
  provides: hostVulnerabilities,
  derive: (snapshot, resources) =>
    vulnerabilityObservations(
      { packages: hostPackages, osRelease: hostOsRelease, vulnerabilities: hostVulnerabilities },
      snapshot,
      resources,
    ),
});
