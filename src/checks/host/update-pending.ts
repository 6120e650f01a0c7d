import { defineCheck, fail, notApplicable, pass, unknown } from "../../core/check.ts";
import { updates } from "../../facts/host/updates.ts";

export default defineCheck({
  title: "Recommended updates of components wait to be installed",
  severity: "low",
  clauses: ["4.5.3-c", "4.5.3-b"],
  why: "The guide asks for all recommended updates, above all of kernel and runtime, not only for those marked as security.",
  fix: "apt-get update && apt-get upgrade, or replace the host by one built from a current image.",
  needs: { updates },
  evaluate({ updates: { manager, pending, unknownBecause } }) {
    if (manager === "none") return notApplicable("the host has no package manager; its system is updated as a whole");
    if (unknownBecause !== undefined)
      return unknown(unknownBecause, "run the package manager's update of its lists, and keep them");
    const other = pending.filter(({ security }) => !security);
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
    pass: [{ updates: { manager: "apt", rebootRequired: false } }],
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
    unknown: [{ updates: { manager: "dnf", rebootRequired: false, unknownBecause: "only the lists of apt are read" } }],
  },
});
