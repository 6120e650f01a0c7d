import { defineCheck, fail, pass, unknown } from "../../core/check.ts";
import { services } from "../../facts/host/services.ts";

export default defineCheck({
  title: "Host starts into a graphical session",
  severity: "low",
  clauses: ["4.5.1-d"],
  why: "A desktop brings hundreds of packages and privileged services that containers never use.",
  fix: "systemctl set-default multi-user.target, then remove the display manager.",
  needs: { services },
  references: ["CIS Red Hat Enterprise Linux 9 2.0.0 2.1.20", "CIS Debian Linux 12 1.1.0 2.1.20"],
  evaluate({ services: { manager, defaultTarget, units } }) {
    if (manager !== "systemd") return unknown("the host's services are not systemd's", "only systemd's units are read");
    const display = units.find(
      (unit) => /^(gdm\d?|lightdm|sddm|xdm|display-manager)\.service$/.test(unit.name) && !unit.masked,
    );
    const evidence = {
      at: "default.target",
      found: `${defaultTarget ?? "not set"}${display ? `, ${display.name} installed` : ""}`,
      expected: "multi-user.target",
    };
    // Distributions ship graphical.target as the default of the default; without a display manager it is multi-user in all but name.
    return display !== undefined && defaultTarget !== "multi-user.target" ? fail(evidence) : pass(evidence);
  },
  examples: {
    pass: [
      { services: { manager: "systemd", defaultTarget: "multi-user.target", units: [] } },
      { services: { manager: "systemd", defaultTarget: "graphical.target", units: [] } },
    ],
    fail: [
      {
        services: {
          manager: "systemd",
          defaultTarget: "graphical.target",
          units: [{ name: "gdm.service", enabled: true, masked: false, file: "/usr/lib/systemd/system/gdm.service" }],
        },
      },
    ],
    unknown: [{ services: { manager: "other", units: [] } }],
  },
});
