import { defineFact } from "../../core/fact.ts";
import { VulnerabilityReport } from "../vulnerability.ts";

/** The advisories that apply to the host's packages. Derived. */
export const hostVulnerabilities = defineFact({
  id: "host/vulnerabilities",
  summary: "the advisories that apply to the host's packages",
  obtain: "give advisory data: --advisories PATH, or run plimsoll db build",
  schema: VulnerabilityReport,
});
