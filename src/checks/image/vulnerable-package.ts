import { defineCheck, type Evidence, failEach, unknown } from "../../core/check.ts";
import { imageVulnerabilities } from "../../facts/image/vulnerabilities.ts";
import { oldestDate, setAsideNote, vulnerabilityEvidence } from "../../facts/vulnerability-evidence.ts";

const advisories = { id: "sha256:0", date: "2025-12-01T00:00:00Z", source: "feeds" };

export default defineCheck({
  title: "Package with a known vulnerability",
  severity: "high",
  clauses: ["4.1.1-f", "4.1.1-g"],
  why: "Attackers read the same advisories. What is known to be open in an image is open in every container made of it.",
  fix: "Update the package, or rebuild on a base that has it updated.",
  references: ["CIS Docker 1.6.0 4.4"],
  needs: { vulnerabilities: imageVulnerabilities },
  evaluate({ vulnerabilities }) {
    const evidence: Evidence[] = vulnerabilities.matches.map(vulnerabilityEvidence);
    const [gap] = vulnerabilities.unjudged;
    if (evidence.length === 0 && gap !== undefined) {
      const total = vulnerabilities.unjudged.reduce((sum, one) => sum + one.count, 0);
      return unknown(
        `${total} of ${total + vulnerabilities.judged} packages could not be judged: ${vulnerabilities.unjudged.map((one) => one.reason).join("; ")}`,
        gap.remedy,
      );
    }
    if (evidence.length === 0 && vulnerabilities.judged === 0) {
      return unknown(
        "no package was found that advisories could be held against",
        "keep the package database in the image, or attach an SBOM",
      );
    }
    return failEach(evidence, {
      at: "packages",
      found: `no advisory of ${oldestDate(vulnerabilities).slice(0, 10)} applies to ${vulnerabilities.judged} packages${setAsideNote(vulnerabilities)}`,
    });
  },
  examples: {
    pass: [
      { vulnerabilities: { advisories, matches: [], judged: 14 } },
      {
        vulnerabilities: {
          advisories,
          matches: [],
          judged: 14,
          suppressed: [
            { match: match(), status: "not_affected", reason: "it is never loaded", source: "app.vex.json" },
          ],
        },
      },
    ],
    fail: [{ vulnerabilities: { advisories, matches: [match()], judged: 14 } }],
    unknown: [
      { vulnerabilities: { advisories, matches: [], judged: 0 } },
      {
        vulnerabilities: {
          advisories,
          matches: [],
          judged: 0,
          unjudged: [{ reason: "no data for photon 1", count: 14, packages: [] }],
        },
      },
    ],
  },
});

function match() {
  return {
    id: "CVE-2021-3711",
    package: "libssl1.1",
    version: "1.1.1d-r3",
    purl: "pkg:apk/alpine/libssl1.1@1.1.1d-r3",
    type: "apk",
    severity: "high" as const,
    severitySource: "nvd",
    fixedVersion: "1.1.1l-r0",
    state: "fixed" as const,
    advisory: { id: "CVE-2021-3711", source: "alpine-secdb" },
    decision: "apk: 1.1.1d-r3 < 1.1.1l-r0",
  };
}
