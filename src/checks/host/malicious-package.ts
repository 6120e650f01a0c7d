import { defineCheck } from "../../core/check.ts";
import { hostMaliciousPackages } from "../../facts/host/malicious-packages.ts";
import { maliciousPackageVerdict } from "../../facts/malicious-package-evidence.ts";

const advisories = { id: "sha256:0", date: "2025-12-01T00:00:00Z", source: "feeds" };

export default defineCheck({
  title: "Package on the host that is malware",
  severity: "critical",
  clauses: ["4.5.1-e"],
  why: "Packages that steal or open doors are published under names that look like others. Their code ran when they were installed: no update repairs that.",
  fix: "Take the host out of use, change every secret that it holds, and set it up anew without the package.",
  needs: { packages: hostMaliciousPackages },
  evaluate: ({ packages }) =>
    maliciousPackageVerdict(packages, "no package on the host comes from a registry that anyone may publish to"),
  examples: {
    pass: [{ packages: { advisories, matches: [], judged: 210 } }],
    fail: [
      {
        packages: {
          advisories,
          judged: 210,
          matches: [
            {
              id: "MAL-2024-1",
              package: "loadsh-utils",
              version: "1.0.3",
              purl: "pkg:npm/loadsh-utils@1.0.3",
              type: "npm",
              foundIn: ["/usr/local/lib/node_modules/loadsh-utils/package.json"],
              advisory: { id: "MAL-2024-1", source: "malicious-packages" },
              decision: "npm: package loadsh-utils every version is malicious",
            },
          ],
        },
      },
    ],
    notApplicable: [{ packages: { advisories, matches: [], judged: 0 } }],
    unknown: [{ packages: { advisories, matches: [], judged: 210, unjudged: { pypi: 14 } } }],
  },
});
