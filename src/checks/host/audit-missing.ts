import { defineCheck, fail, pass } from "../../core/check.ts";
import { audit } from "../../facts/host/audit.ts";

export default defineCheck({
  title: "Host does not audit",
  severity: "high",
  clauses: ["4.5.4-a", "4.5.4-c"],
  why: "Without an audit trail nobody can tell who logged on, rose to root, or reached into containers.",
  fix: "apt-get install auditd (or dnf install audit), then systemctl enable --now auditd.",
  needs: { audit },
  references: [
    "CIS Distribution Independent Linux 2.0.0 4.1.2",
    "CIS Distribution Independent Linux 2.0.0 4.1.3",
    "CIS Debian Linux 12 1.1.0 6.2.1",
    "CIS Red Hat Enterprise Linux 9 2.0.0 6.3.1",
  ],
  evaluate({ audit: { installed, running, rules } }) {
    const at = "/usr/sbin/auditd";
    if (!installed && running !== true) return fail({ at, found: "not installed", expected: "installed and running" });
    if (running === false)
      return fail({ at, found: "installed, not running", expected: "running", fix: "systemctl enable --now auditd" });
    if (running === undefined)
      return {
        status: "unknown",
        reason: "auditd is installed; whether it runs could not be seen",
        remedy: "assess the running host with root's rights",
      };
    return pass({ at, found: `runs with ${rules.length} rules` });
  },
  examples: {
    pass: [{ audit: { installed: true, running: true, rules: [] } }],
    fail: [{ audit: { installed: false, rules: [] } }, { audit: { installed: true, running: false, rules: [] } }],
    unknown: [{ audit: { installed: true, rules: [] } }],
  },
});
