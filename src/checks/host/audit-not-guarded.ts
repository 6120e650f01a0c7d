import type { Evidence } from "../../core/check.ts";
import { defineCheck, failEach, notApplicable } from "../../core/check.ts";
import { audit } from "../../facts/host/audit.ts";

export default defineCheck({
  title: "Audit can be switched off or runs out of space silently",
  severity: "low",
  clauses: ["4.5.4-a"],
  why: "An intruder with root's rights first stops the audit; rules locked until the next start force a restart that is seen.",
  fix: "End the rules with -e 2; in auditd.conf set space_left_action = email or syslog, admin_space_left_action = single or halt, max_log_file_action = keep_logs.",
  needs: { audit },
  references: [
    "CIS Red Hat Enterprise Linux 9 2.0.0 6.3.2",
    "CIS Red Hat Enterprise Linux 9 2.0.0 6.3.3.20",
    "CIS Debian Linux 12 1.1.0 6.2.2",
    "CIS Debian Linux 12 1.1.0 6.2.3.20",
  ],
  evaluate({ audit: { installed, controls, configuration, problems } }) {
    if (!installed) return notApplicable("the host does not audit; see host/audit-missing");
    const items: Evidence[] = [];
    const setting = (name: string) => (configuration[name] ?? "").toLowerCase();
    if (controls["e"] !== "2")
      items.push({
        at: "/etc/audit/rules.d",
        found: `-e ${controls["e"] ?? "not given"}`,
        expected: "-e 2",
        key: "immutable",
        fix: "printf '%s\\n' '-e 2' > /etc/audit/rules.d/99-finalize.rules && augenrules --load",
      });
    if (setting("space_left_action") === "ignore")
      items.push({
        at: "/etc/audit/auditd.conf",
        found: "space_left_action = ignore",
        expected: "email, exec or syslog",
        key: "space_left_action",
      });
    if (["ignore", "suspend"].includes(setting("disk_full_action")))
      items.push({
        at: "/etc/audit/auditd.conf",
        found: `disk_full_action = ${setting("disk_full_action")}`,
        expected: "halt, single or syslog",
        key: "disk_full_action",
      });
    for (const { file, line, reason } of problems)
      items.push({
        at: file,
        location: { file, line },
        found: reason,
        expected: "a rule that loads",
        key: `${file} problem`,
        severity: "medium",
      });
    return failEach(items, { at: "/etc/audit", found: "rules are locked until the next start" });
  },
  examples: {
    pass: [
      { audit: { installed: true, rules: [], controls: { e: "2" }, configuration: { space_left_action: "email" } } },
    ],
    fail: [
      { audit: { installed: true, rules: [], controls: {} } },
      {
        audit: {
          installed: true,
          rules: [],
          controls: { e: "2" },
          problems: [{ file: "a.rules", line: 3, reason: "a watch names no absolute path" }],
        },
      },
    ],
    notApplicable: [{ audit: { installed: false, rules: [] } }],
  },
});
