import { defineCheck, fail, notApplicable, pass, unknown } from "../../core/check.ts";
import { updates } from "../../facts/host/updates.ts";
import { refreshCommand, staleReason } from "./update-lists.ts";

export default defineCheck({
  title: "Recommended updates of components wait to be installed",
  severity: "low",
  clauses: ["4.5.3-c", "4.5.3-b"],
  why: "The guide asks for all recommended updates, above all of kernel and runtime, not only for those marked as security.",
  fix: "Install them (apt-get upgrade, dnf upgrade, zypper update, apk upgrade), or replace the host by one built from a current image.",
  needs: { updates },
  evaluate({ updates }, { now }) {
    const { manager, pending, unknownBecause } = updates;
    if (manager === "none") return notApplicable("the host has no package manager; its system is updated as a whole");
    if (unknownBecause !== undefined) return unknown(unknownBecause, refreshCommand(manager));
    const other = pending.filter(({ security }) => !security);
    const stale = other.length === 0 ? staleReason(updates, now) : undefined;
    if (stale !== undefined) return unknown(stale, refreshCommand(manager));
    const named = other
      .slice(0, 10)
      .map(({ package: name, available }) => `${name} ${available}`)
      .join(", ");
    const evidence = {
      at: `${manager} lists`,
      found: other.length === 0 ? "none" : `${other.length}: ${named}${other.length > 10 ? " …" : ""}`,
      expected: "none",
    };
    return other.length === 0 ? pass(evidence) : fail(evidence);
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
          pending: [{ package: "tzdata", installed: "1", available: "2", origin: "Debian", security: false }],
        },
      },
    ],
    notApplicable: [{ updates: { manager: "none", rebootRequired: false } }],
    unknown: [
      { updates: { manager: "pacman", rebootRequired: false, unknownBecause: "the lists of pacman are not read" } },
      { updates: { manager: "apt", rebootRequired: false } },
    ],
  },
});
