import type { Evidence } from "../../core/check.ts";
import { defineCheck, failEach, notApplicable } from "../../core/check.ts";
import { roles, rolesInForce } from "../../facts/host/roles.ts";
import { updates } from "../../facts/host/updates.ts";
import { shellWord } from "./shell.ts";

export default defineCheck({
  title: "Security updates do not install themselves, or are held back",
  severity: "medium",
  clauses: ["4.5.3-b", "4.5.1-f"],
  why: "Updates that wait for a person wait too long.",
  fix: "Install unattended-upgrades (apt) or dnf-automatic, or replace hosts from a current image on a schedule and declare it.",
  needs: { updates, roles },
  evaluate({ updates: { manager, automatic, automaticBy, held }, roles }, { settings }) {
    if (rolesInForce(roles, settings).has("container-os") && manager === "none")
      return notApplicable("the system is updated as a whole by its maker's agent");
    const items: Evidence[] = [];
    if (automatic !== true)
      items.push({
        at: "/etc/apt/apt.conf.d",
        found: "nothing installs security updates by itself",
        expected: "unattended-upgrades, dnf-automatic or an agent",
        key: "automatic updates",
      });
    for (const name of held)
      items.push({
        at: "/var/lib/dpkg/status",
        found: `${name} is held back`,
        expected: "not held",
        key: name,
        fix: `apt-mark unhold ${shellWord(name)}`,
      });
    return failEach(items, { at: manager, found: automaticBy ?? "updates install themselves" });
  },
  examples: {
    pass: [
      {
        updates: {
          manager: "apt",
          rebootRequired: false,
          automatic: true,
          automaticBy: "unattended-upgrades every 1 days",
        },
        roles: { roles: [] },
      },
    ],
    fail: [
      { updates: { manager: "apt", rebootRequired: false, automatic: false }, roles: { roles: [] } },
      { updates: { manager: "apt", rebootRequired: false, automatic: true, held: ["runc"] }, roles: { roles: [] } },
    ],
    notApplicable: [
      {
        updates: { manager: "none", rebootRequired: false, automatic: false },
        roles: { roles: [{ role: "container-os", shownBy: ["ID=bottlerocket"] }] },
      },
    ],
  },
});
