import { defineCheck, failEach, notApplicable, unknown } from "../../core/check.ts";
import { containerRuntime } from "../../facts/container/runtime.ts";
import { vulnerabilityEvidence } from "../../facts/vulnerability-evidence.ts";

const factsDate = "2026-11-25";
const runc = { component: "runc", build: "upstream" as const };

export default defineCheck({
  title: "Container runtime with a known vulnerability",
  severity: "high",
  clauses: ["4.4.1-a", "4.4.1-c", "4.4.1-d"],
  why: "A flaw in the runtime lets code leave its container and take the host and every container on it.",
  fix: "Upgrade the runtime to a version without it, then restart the engine and the containers that it started.",
  needs: { runtime: containerRuntime },
  references: ["CIS Docker 1.6.0 1.2.2"],
  evaluate({ runtime: { runtimes, factsDate: date } }) {
    if (runtimes.length === 0) return notApplicable("no container runtime is among the host's packages and programs");
    const evidence = runtimes.flatMap(({ matches }) => matches.map(vulnerabilityEvidence));
    const gaps = runtimes.flatMap(({ unjudged }) => (unjudged === undefined ? [] : [unjudged]));
    if (evidence.length === 0 && gaps.length > 0)
      return unknown(gaps.map(({ reason }) => reason).join("; "), gaps[0]?.remedy);
    const names = runtimes.map(({ component, version }) => `${component} ${version ?? ""}`.trim());
    const setAside = runtimes.flatMap(({ setAside: held }) => held.map(({ id, reason }) => `${id} applies ${reason}`));
    return failEach(evidence, {
      at: runtimes.map(({ shownBy }) => shownBy).join("; "),
      found: `no vulnerability known on ${date} applies to ${names.join(", ")}${setAside.length > 0 ? ` (${setAside.join("; ")})` : ""}`,
    });
  },
  examples: {
    pass: [{ runtime: { factsDate, runtimes: [{ ...runc, version: "1.3.7", shownBy: "deb package runc 1.3.7" }] } }],
    fail: [
      {
        runtime: {
          factsDate,
          runtimes: [{ ...runc, version: "1.1.5", shownBy: "deb package runc 1.1.5", matches: [match()] }],
        },
      },
    ],
    notApplicable: [{ runtime: { factsDate, runtimes: [] } }],
    unknown: [
      {
        runtime: {
          factsDate,
          runtimes: [
            {
              component: "docker",
              build: "distribution",
              version: "20.10.24",
              shownBy: "deb package docker.io",
              unjudged: { reason: "debian may have fixed it in its build", remedy: "give the advisories of debian 12" },
            },
          ],
        },
      },
    ],
  },
});

function match() {
  return {
    id: "CVE-2024-21626",
    package: "runc",
    version: "1.1.5",
    purl: "pkg:generic/runc@1.1.5",
    type: "generic",
    severity: "high" as const,
    severitySource: "GitHub advisory",
    fixedVersion: "1.1.12",
    state: "fixed" as const,
    advisory: { id: "CVE-2024-21626", source: "Plimsoll's facts" },
    decision: "runc: 1.0.0-rc93 <= 1.1.5 < 1.1.12",
  };
}
