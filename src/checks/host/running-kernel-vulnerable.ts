import type { Evidence } from "../../core/check.ts";
import { defineCheck, failEach, unknown } from "../../core/check.ts";
import { atLeast } from "../../core/severity.ts";
import { hostAge } from "../../facts/host/age.ts";
import { kernel } from "../../facts/host/kernel.ts";
import { flawsNamedBy } from "../../facts/host/live-patch.ts";
import { hostPackages } from "../../facts/host/packages.ts";
import { runningKernelPackages } from "../../facts/host/running-kernel.ts";
import { hostVulnerabilities } from "../../facts/host/vulnerabilities.ts";

export default defineCheck({
  title: "Running kernel has known vulnerabilities",
  severity: "high",
  clauses: ["4.5.1-f", "4.5.1-e", "4.5.3-c"],
  why: "All containers share the kernel that runs now, whatever newer one is installed beside it.",
  fix: "Install the fixed kernel, drain the host and start it anew.",
  needs: { kernel, report: hostVulnerabilities, inventory: hostPackages, age: hostAge },
  evaluate({ kernel: { release }, report, inventory, age }) {
    const own = runningKernelPackages(release, inventory.packages);
    if (own.length === 0)
      return unknown(
        `the running kernel ${release} came from none of the host's packages, so no advisory of its distribution tells of it`,
        "ask whoever supplies the kernel (hypervisor, image, own build) which flaws it has, and declare it",
      );
    const names = new Set(own.map(({ name, version }) => `${name} ${version}`));
    const hidden = report.unjudged.find(({ packages }) => own.some(({ name }) => packages.includes(name)));
    const patches = age.livePatches
      .filter(({ enabled, inTransition }) => enabled && !inTransition)
      .map(({ name }) => name);
    const closed = new Set(patches.flatMap(flawsNamedBy));
    const present = report.matches.filter(
      (match) =>
        names.has(`${match.package} ${match.version}`) &&
        (match.fixedVersion !== undefined || match.knownExploited !== undefined),
    );
    // A patch in force that names a flaw closes it; of one that names none it is only known that it may.
    const fixable = present.filter(({ id, aliases }) => ![id, ...aliases].some((name) => closed.has(name)));
    const patched = present.length - fixable.length;
    const grave = fixable.filter((match) => atLeast(match.severity, "high") || match.knownExploited !== undefined);
    const silent = patches.filter((name) => flawsNamedBy(name).length === 0);
    const credit = silent.length === 0 ? "" : `; live patches in force, which may close it: ${silent.join(", ")}`;
    const items: Evidence[] = grave.map((match) => ({
      at: "/proc/sys/kernel/osrelease",
      found: `${release} runs: ${match.id}${match.knownExploited ? ", exploited in the wild" : ""}${credit}`,
      expected: match.fixedVersion === undefined ? "a kernel without it" : `${match.fixedVersion} or newer`,
      key: match.id,
      severity: match.knownExploited ? ("critical" as const) : match.severity,
      details: { priority: match.priority, aliases: match.aliases, decision: match.decision },
    }));
    const rest = fixable.length - grave.length;
    if (rest > 0)
      items.push({
        at: "/proc/sys/kernel/osrelease",
        found: `${release} runs: ${rest} fixed flaws of medium severity or less${credit}`,
        expected: "the newest kernel of the distribution",
        key: "lesser flaws",
        severity: "low",
      });
    if (items.length === 0 && hidden !== undefined) return unknown(hidden.reason, hidden.remedy);
    return failEach(items, {
      at: report.advisories.source,
      found: `${own.map(({ name, version }) => `${name} ${version}`).join(", ")}: no flaw that a newer kernel fixes${patched === 0 ? "" : ` but ${patched} that live patches name and close: ${[...closed].join(", ")}`}`,
    });
  },
  examples: {
    pass: [
      {
        kernel: { release: "6.12.9-amd64" },
        report: { advisories: { id: "a", date: "2026-01-01", source: "debian" }, matches: [], judged: 300 },
        inventory: {
          packages: [
            {
              name: "linux-image-6.12.9-amd64",
              version: "6.12.9-1",
              type: "deb",
              purl: "pkg:deb/debian/linux-image-6.12.9-amd64@6.12.9-1",
              foundIn: [],
            },
          ],
          databases: ["dpkg"],
        },
        age: {},
      },
      {
        kernel: { release: "5.14.0-427.el9.x86_64" },
        report: {
          advisories: { id: "a", date: "2026-01-01", source: "redhat" },
          judged: 300,
          matches: [
            {
              id: "CVE-2024-1086",
              package: "kernel-core",
              version: "5.14.0-427.el9",
              purl: "pkg:rpm/redhat/kernel-core@5.14.0-427.el9",
              type: "rpm",
              severity: "high",
              severitySource: "redhat",
              fixedVersion: "5.14.0-427.13.1.el9_4",
              state: "fixed",
              advisory: { id: "RHSA-2024:2394", source: "redhat" },
              decision: "rpm: kernel-core 5.14.0-427.el9 < 5.14.0-427.13.1.el9_4",
            },
          ],
        },
        inventory: {
          packages: [
            {
              name: "kernel-core",
              version: "5.14.0-427.el9",
              type: "rpm",
              purl: "pkg:rpm/redhat/kernel-core@5.14.0-427.el9",
              foundIn: [],
            },
          ],
          databases: ["rpm"],
        },
        age: {
          livePatching: true,
          livePatches: [{ name: "kpatch_CVE_2024_1086", enabled: true, inTransition: false }],
        },
      },
    ],
    fail: [
      {
        kernel: { release: "5.14.0-427.el9.x86_64" },
        report: {
          advisories: { id: "a", date: "2026-01-01", source: "redhat" },
          judged: 300,
          matches: [
            {
              id: "CVE-2024-1086",
              package: "kernel-core",
              version: "5.14.0-427.el9",
              purl: "pkg:rpm/redhat/kernel-core@5.14.0-427.el9",
              type: "rpm",
              severity: "high",
              severitySource: "redhat",
              fixedVersion: "5.14.0-427.13.1.el9_4",
              state: "fixed",
              advisory: { id: "RHSA-2024:2394", source: "redhat" },
              decision: "rpm: kernel-core 5.14.0-427.el9 < 5.14.0-427.13.1.el9_4",
            },
          ],
        },
        inventory: {
          packages: [
            {
              name: "kernel-core",
              version: "5.14.0-427.el9",
              type: "rpm",
              purl: "pkg:rpm/redhat/kernel-core@5.14.0-427.el9",
              foundIn: [],
            },
          ],
          databases: ["rpm"],
        },
        age: {},
      },
      {
        kernel: { release: "5.14.0-427.el9.x86_64" },
        report: {
          advisories: { id: "a", date: "2026-01-01", source: "redhat" },
          judged: 300,
          matches: [
            {
              id: "CVE-2024-1086",
              package: "kernel-core",
              version: "5.14.0-427.el9",
              purl: "pkg:rpm/redhat/kernel-core@5.14.0-427.el9",
              type: "rpm",
              severity: "high",
              severitySource: "redhat",
              fixedVersion: "5.14.0-427.13.1.el9_4",
              state: "fixed",
              advisory: { id: "RHSA-2024:2394", source: "redhat" },
              decision: "rpm: kernel-core 5.14.0-427.el9 < 5.14.0-427.13.1.el9_4",
            },
          ],
        },
        inventory: {
          packages: [
            {
              name: "kernel-core",
              version: "5.14.0-427.el9",
              type: "rpm",
              purl: "pkg:rpm/redhat/kernel-core@5.14.0-427.el9",
              foundIn: [],
            },
          ],
          databases: ["rpm"],
        },
        age: {
          livePatching: true,
          livePatches: [
            { name: "kpatch_CVE_2024_1086", enabled: true, inTransition: true },
            { name: "kpatch_5_14_0_427_1_1", enabled: true, inTransition: false },
          ],
        },
      },
    ],
    unknown: [
      {
        kernel: { release: "6.18.0" },
        report: { advisories: { id: "a", date: "2026-01-01", source: "debian" }, matches: [], judged: 300 },
        inventory: { packages: [], databases: ["dpkg"] },
        age: {},
      },
    ],
  },
});
