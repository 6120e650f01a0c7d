import { z } from "zod";
import { defineCheck, failEach, unknown } from "../../core/check.ts";
import { accounts } from "../../facts/host/accounts.ts";
import { shellWord } from "./shell.ts";

export default defineCheck({
  title: "More people can log on to the host than its work needs",
  severity: "medium",
  clauses: ["4.5.4-d", "8176-4.1-pre"],
  why: "Containers are managed through the orchestrator; every account with a shell is a way around it.",
  fix: "Remove accounts that nobody needs; give services the shell /usr/sbin/nologin.",
  needs: { accounts },
  references: ["CIS Red Hat Enterprise Linux 9 2.0.0 5.4.2.7", "CIS Debian Linux 12 1.1.0 5.4.2.7"],
  params: z.object({ mostAccounts: z.number().int().nonnegative().default(3) }),
  evaluate({ accounts: { users, shadow } }, { params }) {
    if (!shadow)
      return unknown(
        "/etc/shadow could not be read, so which accounts have a password is not known",
        "collect the facts with root's rights",
      );
    const system = users.filter(
      ({ uid, interactive, password, name }) =>
        uid > 0 && uid < 1000 && interactive && password !== "locked" && name !== "sync",
    );
    const people = users.filter(({ uid, interactive }) => uid >= 1000 && uid < 60_000 && interactive);
    const items = system.map(({ name, shell }) => ({
      at: "/etc/passwd",
      found: `system account ${name} has the shell ${shell} and a password`,
      expected: "nologin or a locked password",
      key: name,
      fix: `usermod --shell /usr/sbin/nologin --lock ${shellWord(name)}`,
    }));
    if (people.length > params.mostAccounts) {
      items.push({
        at: "/etc/passwd",
        found: `${people.length} accounts with a shell: ${people.map(({ name }) => name).join(", ")}`,
        expected: `${params.mostAccounts} or fewer`,
        key: "accounts of people",
        fix: "userdel ACCOUNT, for each that is not needed",
      });
    }
    return failEach(items, { at: "/etc/passwd", found: `${people.length} accounts of people with a shell` });
  },
  examples: {
    pass: [
      {
        accounts: {
          users: [
            {
              name: "admin",
              uid: 1000,
              gid: 1000,
              home: "/home/admin",
              shell: "/bin/bash",
              interactive: true,
              password: "yescrypt",
            },
          ],
          groups: [],
          shadow: true,
        },
      },
    ],
    fail: [
      {
        accounts: {
          users: [
            {
              name: "games",
              uid: 5,
              gid: 60,
              home: "/usr/games",
              shell: "/bin/bash",
              interactive: true,
              password: "sha512",
            },
          ],
          groups: [],
          shadow: true,
        },
      },
    ],
    unknown: [{ accounts: { users: [], groups: [], shadow: false } }],
  },
});
