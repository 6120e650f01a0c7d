import { defineCheck, failEach, notApplicable, unknown } from "../../core/check.ts";
import type { Severity } from "../../core/severity.ts";
import { type Updates, updates } from "../../facts/host/updates.ts";
import { shellWord } from "./shell.ts";
import { listsDate, refreshCommand, staleReason, upgradeCommand } from "./update-lists.ts";

/** Packages whose flaws open the kernel, the engines or the way in. */
const vital =
  /^(linux-image|linux-modules|kernel|containerd|docker|runc|crun|podman|cri-o|kubelet|openssh-server|sudo|libc6|glibc|systemd|openssl|libssl)/;

export default defineCheck({
  title: "Security updates wait to be installed",
  severity: "high",
  clauses: ["4.5.3-b", "4.5.1-f", "4.5.3-a"],
  why: "The fix is out, and so is the knowledge of what it closes.",
  fix: "Install them (apt-get upgrade, dnf upgrade --security, zypper patch), or replace the host by one built from a current image.",
  needs: { updates },
  references: ["CIS Debian Linux 12 1.1.0 1.2.2.1", "CIS Red Hat Enterprise Linux 9 2.0.0 1.2.2.1"],
  evaluate({ updates }, { now }) {
    const { manager, pending, unknownBecause } = updates;
    if (manager === "none") return notApplicable("the host has no package manager; its system is updated as a whole");
    if (unknownBecause !== undefined) return unknown(unknownBecause, refreshCommand(manager));
    const items = pending.filter(({ security }) => security).map((update) => itemOf(manager, update));
    if (items.length > 0) return failEach(items, { at: `${manager} lists`, found: "security updates" });
    if (manager === "apt" && !updates.indexes.some(({ security }) => security))
      return unknown(
        "none of the package lists is that of a security archive",
        "add the distribution's security archive to the sources (Debian: trixie-security, Ubuntu: noble-security), then apt-get update",
      );
    const stale = staleReason(updates, now);
    if (stale !== undefined) return unknown(stale, refreshCommand(manager));
    const unclassified = pending.filter(({ classified }) => !classified);
    if (unclassified.length > 0)
      return unknown(
        `${unclassified.length} updates wait (${unclassified[0]!.package} ${unclassified[0]!.available} …), and the lists do not say which are for security`,
        `${upgradeCommand(manager)} each of them, or give advisory data (--advisories) to see which vulnerabilities they close`,
      );
    return failEach([], {
      at: `${manager} lists`,
      found: `none; lists of ${listsDate(updates)}; ${pending.length} other updates wait`,
    });
  },
  examples: {
    pass: [
      {
        updates: {
          manager: "apt",
          rebootRequired: false,
          indexes: [
            {
              file: "InRelease",
              origin: "Debian-Security",
              suite: "stable-security",
              date: "2025-12-31T10:00:00Z",
              signed: true,
              security: true,
            },
          ],
        },
      },
    ],
    fail: [
      {
        updates: {
          manager: "dnf",
          rebootRequired: false,
          pending: [
            {
              package: "openssl-libs",
              installed: "1:3.0.7-1.el9",
              available: "1:3.0.7-2.el9",
              origin: "baseos",
              security: true,
              advisories: ["RHSA-2025:1"],
            },
          ],
        },
      },
      {
        updates: {
          manager: "apt",
          rebootRequired: false,
          pending: [
            { package: "openssl", installed: "3.0.1", available: "3.0.2", origin: "Debian-Security", security: true },
          ],
        },
      },
    ],
    notApplicable: [{ updates: { manager: "none", rebootRequired: false } }],
    unknown: [
      {
        updates: {
          manager: "apt",
          rebootRequired: false,
          indexes: [
            { file: "InRelease", origin: "Debian", suite: "stable", date: "2025-12-31T10:00:00Z", signed: true },
          ],
        },
      },
      { updates: { manager: "pacman", rebootRequired: false, unknownBecause: "the lists of pacman are not read" } },
      {
        updates: {
          manager: "apk",
          rebootRequired: false,
          indexes: [{ file: "APKINDEX", origin: "v3.21", suite: "", date: "2025-12-31T10:00:00Z", signed: false }],
          pending: [
            {
              package: "musl",
              installed: "1.2.5-r8",
              available: "1.2.5-r9",
              origin: "v3.21",
              security: false,
              classified: false,
            },
          ],
        },
      },
      {
        updates: {
          manager: "apt",
          rebootRequired: false,
          indexes: [
            {
              file: "InRelease",
              origin: "Debian-Security",
              suite: "stable-security",
              date: "2025-11-01T10:00:00Z",
              signed: true,
              security: true,
            },
          ],
        },
      },
    ],
  },
});

function itemOf(manager: string, update: Updates["pending"][number]) {
  const { package: name, held, pinned, advisories } = update;
  const kept = pinned ? " (kept away by the preferences)" : held ? " (held back)" : "";
  const named = advisories.length > 0 ? `, ${advisories.slice(0, 3).join(", ")}` : "";
  const unhold = held && manager === "apt" ? `apt-mark unhold ${shellWord(name)} && ` : "";
  return {
    at: `${manager}: ${update.origin}${named}`,
    found: `${name} ${update.installed}, ${update.available} is out${kept}`,
    expected: update.available,
    key: name,
    severity: vital.test(name) ? ("high" as const) : ("medium" as const satisfies Severity),
    fix: pinned
      ? `take the pin of ${name} out of /etc/apt/preferences and /etc/apt/preferences.d, then ${upgradeCommand(manager)} ${shellWord(name)}`
      : `${unhold}${upgradeCommand(manager)} ${shellWord(name)}`,
  };
}
