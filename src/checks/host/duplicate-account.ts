import { defineCheck, failEach } from "../../core/check.ts";
import { accounts } from "../../facts/host/accounts.ts";

export default defineCheck({
  title: "Accounts or groups share a name or number",
  severity: "medium",
  clauses: ["4.5.4-a"],
  why: "Two accounts with one number cannot be told apart in files and logs.",
  fix: "Give each account and group a name and number of its own (usermod -u, groupmod -g).",
  needs: { accounts },
  references: [
    "CIS Distribution Independent Linux 2.0.0 6.2.16",
    "CIS Distribution Independent Linux 2.0.0 6.2.17",
    "CIS Distribution Independent Linux 2.0.0 6.2.18",
    "CIS Distribution Independent Linux 2.0.0 6.2.19",
    "CIS Debian Linux 12 1.1.0 7.2",
    "CIS Red Hat Enterprise Linux 9 2.0.0 7.2",
  ],
  evaluate({ accounts: { users, groups } }) {
    const items = [
      ...doubles(users.filter(({ uid }) => uid !== 0).map(({ name, uid }) => [String(uid), name] as const)).map(
        ([uid, names]) => item("/etc/passwd", `uid ${uid}`, names),
      ),
      ...doubles(users.map(({ name, uid }) => [name, String(uid)] as const)).map(([name, uids]) =>
        item("/etc/passwd", `user ${name}`, uids),
      ),
      ...doubles(groups.map(({ name, gid }) => [String(gid), name] as const)).map(([gid, names]) =>
        item("/etc/group", `gid ${gid}`, names),
      ),
      ...doubles(groups.map(({ name, gid }) => [name, String(gid)] as const)).map(([name, gids]) =>
        item("/etc/group", `group ${name}`, gids),
      ),
    ];
    return failEach(items, {
      at: "/etc/passwd, /etc/group",
      found: `${users.length} accounts, ${groups.length} groups, each unique`,
    });
  },
  examples: {
    pass: [
      {
        accounts: {
          users: [{ name: "a", uid: 1, gid: 1, home: "/", shell: "", interactive: false }],
          groups: [{ name: "a", gid: 1, members: [] }],
          shadow: true,
        },
      },
    ],
    fail: [
      {
        accounts: {
          users: [
            { name: "a", uid: 1, gid: 1, home: "/", shell: "", interactive: false },
            { name: "b", uid: 1, gid: 1, home: "/", shell: "", interactive: false },
          ],
          groups: [],
          shadow: true,
        },
      },
    ],
  },
});

function doubles(pairs: readonly (readonly [string, string])[]): [string, string[]][] {
  const groups = new Map<string, string[]>();
  for (const [key, value] of pairs) groups.set(key, [...(groups.get(key) ?? []), value]);
  return [...groups].filter(([, values]) => values.length > 1);
}

function item(at: string, what: string, values: readonly string[]) {
  return { at, found: `${what}: ${values.join(", ")}`, expected: "one", key: what };
}
