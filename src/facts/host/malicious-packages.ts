import { defineFact } from "../../core/fact.ts";
import { MaliciousPackageReport } from "../malicious-package.ts";

/** The packages on the host that are known to be malware. */
export const hostMaliciousPackages = defineFact({
  id: "host/malicious-packages",
  summary: "which packages on the host are known to be malware",
  obtain: "plimsoll assess host --advisories advisories.plim",
  schema: MaliciousPackageReport,
});
