import { defineCheck, failEach, notApplicable, unknown } from "../../core/check.ts";
import type { Severity } from "../../core/severity.ts";
import { updates } from "../../facts/host/updates.ts";
import { shellWord } from "./shell.ts";

/** Packages whose flaws open the kernel, the engines or the way in. */
const vital =
  /^(linux-image|linux-modules|kernel|containerd|docker|runc|crun|podman|cri-o|kubelet|openssh-server|sudo|libc6|glibc|systemd|openssl|libssl)/;
const staleDays = 7;

export default defineCheck({
  title: "Security updates wait to be installed",
  severity: "high",
  clauses: ["4.5.3-b", "4.5.1-f", "4.5.3-a"],
  why: "The fix is out, and so is the knowledge of what it closes.",
  fix: "apt-get update && apt-get upgrade, or replace the host by one built from a current image.",
  needs: { updates },
  evaluate({ updates: { manager, pending, unknownBecause, indexes } }, { now }) {
    if (manager === "none") return notApplicable("the host has no package manager; its system is updated as a whole");
    if (unknownBecause !== undefined)
      return unknown(unknownBecause, "run the package manager's update of its lists, and keep them");
    const security = pending.filter((update) => update.security);
    const items = security.map((update) => ({
      at: `${manager}: ${update.origin}`,
      found: `${update.package} ${update.installed}, ${update.available} is out${update.held ? " (held back)" : ""}`,
      expected: update.available,
      key: update.package,
      severity: vital.test(update.package) ? ("high" as const) : ("medium" as const satisfies Severity),
      fix: `${update.held ? `apt-mark unhold ${shellWord(update.package)} && ` : ""}apt-get install --only-upgrade ${shellWord(update.package)}`,
    }));
    const newest = indexes
      .flatMap(({ date }) => date ?? [])
      .sort()
      .at(-1);
    const age = newest === undefined ? undefined : Math.floor((now.getTime() - Date.parse(newest)) / 86_400_000);
    if (items.length === 0 && (age === undefined || age > staleDays))
      return unknown(
        age === undefined
          ? "the package lists do not say when they were made"
          : `the package lists are ${age} days old`,
        "apt-get update",
      );
    return failEach(items, {
      at: `${manager} lists`,
      found: `none; lists of ${newest}; ${pending.length} other updates wait`,
    });
  },
  examples: {
    pass: [
      {
        updates: {
          manager: "apt",
          rebootRequired: false,
          indexes: [
            { file: "InRelease", origin: "Debian", suite: "stable", date: "2025-12-31T10:00:00Z", signed: true },
          ],
        },
      },
    ],
    fail: [
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
      { updates: { manager: "dnf", rebootRequired: false, unknownBecause: "only the lists of apt are read" } },
      {
        updates: {
          manager: "apt",
          rebootRequired: false,
          indexes: [
            { file: "InRelease", origin: "Debian", suite: "stable", date: "2025-11-01T10:00:00Z", signed: true },
          ],
        },
      },
    ],
  },
});
