import { defineCheck } from "../../core/check.ts";
import { imageMaliciousPackages } from "../../facts/image/malicious-packages.ts";
import { maliciousPackageVerdict } from "../../facts/malicious-package-evidence.ts";

const advisories = { id: "sha256:0", date: "2025-12-01T00:00:00Z", source: "feeds" };

export default defineCheck({
  title: "Package that is malware",
  severity: "critical",
  clauses: ["4.1.3-b"],
  why: "Packages that steal or open doors are published under names that look like others. Their code ran when they were installed: no update repairs that.",
  fix: "Take the image out of use, remove the package from whatever asks for it, change every secret that the build could read, and rebuild.",
  needs: { packages: imageMaliciousPackages },
  evaluate: ({ packages }) =>
    maliciousPackageVerdict(packages, "no package in the image comes from a registry that anyone may publish to"),
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
              layer: 3,
              foundIn: ["/app/node_modules/loadsh-utils/package.json"],
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
