import { defineFact } from "../../core/fact.ts";
import { MaliciousPackageReport } from "../malicious-package.ts";

/** The packages of the image that are known to be malware. */
export const imageMaliciousPackages = defineFact({
  id: "image/malicious-packages",
  summary: "which packages in the image are known to be malware",
  obtain: "plimsoll assess image REFERENCE --advisories advisories.plim",
  schema: MaliciousPackageReport,
});
