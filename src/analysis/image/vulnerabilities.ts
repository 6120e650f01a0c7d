import { defineDerivation } from "../../core/derivation.ts";
import { Missing, type Snapshot } from "../../core/snapshot.ts";
import { imageIdentity } from "../../facts/image/identity.ts";
import { imageOsRelease } from "../../facts/image/os-release.ts";
import { imagePackages } from "../../facts/image/packages.ts";
import { imageVulnerabilities } from "../../facts/image/vulnerabilities.ts";
import type { AnalysisResources } from "../resources.ts";
import { vulnerabilityObservations } from "../vulnerability-observation.ts";

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

/** VEX documents name an image by its reference or by a digest. */
function productsOf(snapshot: Snapshot, subject: string): readonly string[] {
  const identity = snapshot.find(imageIdentity, subject);
  if (identity instanceof Missing) return [];
  return [identity.name, identity.manifestDigest, identity.configDigest].filter((name) => name !== undefined);
}
