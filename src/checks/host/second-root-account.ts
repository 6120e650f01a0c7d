import { defineCheck, failEach } from "../../core/check.ts";
import { accounts } from "../../facts/host/accounts.ts";

export default defineCheck({
  title: "Another account has the rights of root",
  severity: "critical",
  clauses: ["4.5.4-c", "8176-4.1-pre"],
  why: "What an account with uid 0 does is recorded as root's, and locking root does not lock it.",
  fix: "Remove the account or give it a uid of its own.",
  needs: { accounts },
  references: [
    "CIS Distribution Independent Linux 2.0.0 6.2.5",
    "CIS Debian Linux 12 1.1.0 5.4.2.1",
    "CIS Red Hat Enterprise Linux 9 2.0.0 5.4.2.1",
  ],
  evaluate({ accounts: { users } }) {
    const items = users
      .filter(({ name, uid }) => uid === 0 && name !== "root")
      .map(({ name }) => ({
        at: "/etc/passwd",
        found: `${name} has uid 0`,
        expected: "root alone",
        key: name,
      }));
    return failEach(items, { at: "/etc/passwd", found: "root alone has uid 0" });
  },
  examples: {
    pass: [
      {
        accounts: {
          users: [{ name: "root", uid: 0, gid: 0, home: "/root", shell: "/bin/bash", interactive: true }],
          groups: [],
          shadow: true,
        },
      },
    ],
    fail: [
      {
        accounts: {
          users: [{ name: "toor", uid: 0, gid: 0, home: "/root", shell: "/bin/sh", interactive: true }],
          groups: [],
          shadow: true,
        },
      },
    ],
  },
});
