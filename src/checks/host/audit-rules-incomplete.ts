import { defineCheck, failEach, notApplicable } from "../../core/check.ts";
import type { Severity } from "../../core/severity.ts";
import { audit } from "../../facts/host/audit.ts";

const groups: Readonly<Record<string, readonly [string, Severity]>> = {
  identity: ["accounts and how they are checked", "medium"],
  privilege: ["rises to root", "high"],
  kernel: ["mounts and kernel modules", "medium"],
  containers: ["engines, their settings and sockets", "high"],
  time: ["changes of the clock", "low"],
};

export default defineCheck({
  title: "Audit rules miss what must be recorded",
  severity: "medium",
  clauses: ["4.5.4-a", "4.5.4-c", "4.5.4-d"],
  why: "What no rule covers leaves no trace: changed accounts, rises to root, commands against containers.",
  fix: "Add the rules to a file of /etc/audit/rules.d and load them with augenrules --load.",
  needs: { audit },
  references: [
    "CIS Docker 1.6.0 1.1.3",
    "CIS Docker 1.6.0 1.1.18",
    "CIS Distribution Independent Linux 2.0.0 4.1",
    "CIS Red Hat Enterprise Linux 9 2.0.0 6.3.3",
    "CIS Debian Linux 12 1.1.0 6.2.3",
  ],
  evaluate({ audit: { installed, running, uncovered, files, rules } }) {
    if (!installed && running !== true && rules.length === 0)
      return notApplicable("the host does not audit; see host/audit-missing");
    const at = files.join(", ") || "/etc/audit/rules.d";
    const items = uncovered.map(({ what, group }) => ({
      at,
      found: `no rule records ${what}`,
      expected: `${groups[group]![0]} recorded`,
      key: what,
      severity: groups[group]![1],
      fix: ruleFor(what),
    }));
    return failEach(items, { at, found: `${rules.length} rules cover all that was asked` });
  },
  examples: {
    pass: [{ audit: { installed: true, running: true, rules: [], files: ["/etc/audit/rules.d/50.rules"] } }],
    fail: [
      {
        audit: {
          installed: true,
          running: true,
          rules: [],
          uncovered: [{ what: "runs of /usr/bin/dockerd", group: "containers" }],
        },
      },
    ],
    notApplicable: [{ audit: { installed: false, rules: [] } }],
  },
});

function ruleFor(what: string): string {
  const file = "/etc/audit/rules.d/90-plimsoll.rules";
  const call = /^system call (\w+)$/.exec(what)?.[1];
  const path = /(\/\S+)$/.exec(what)?.[1] ?? "";
  const rule = call
    ? `-a always,exit -F arch=b64 -S ${call} -k ${call}`
    : `-w ${path} -p ${what.startsWith("runs") ? "x" : "wa"} -k ${path.split("/").at(-1)}`;
  return `grep -qxF -e '${rule}' ${file} 2>/dev/null || printf '%s\\n' '${rule}' >> ${file}; augenrules --load`;
}
