import { defineFact } from "../../core/fact.ts";
import { VulnerabilityReport } from "../vulnerability.ts";

/** The advisories that apply to the image's packages. Derived. */
export const imageVulnerabilities = defineFact({
  id: "image/vulnerabilities",
  summary: "the advisories that apply to the image's packages",
  obtain: "give advisory data: --advisories PATH, or run plimsoll db build",
  schema: VulnerabilityReport,
});
