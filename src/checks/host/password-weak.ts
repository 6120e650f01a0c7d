import { defineCheck, failEach, unknown } from "../../core/check.ts";
import type { Severity } from "../../core/severity.ts";
import { accounts } from "../../facts/host/accounts.ts";
import { shellWord } from "./shell.ts";

const weak: Readonly<Record<string, readonly [string, Severity]>> = {
  none: ["no password", "critical"],
  des: ["a DES hash", "high"],
  md5: ["an MD5 hash", "high"],
  sha1: ["a SHA-1 hash", "medium"],
};

export default defineCheck({
  title: "Account without password, or with one that is easily found",
  severity: "high",
  clauses: ["4.5.4-a"],
  why: "An empty password lets anyone in; old hashes are tried at billions a second.",
  fix: "Set ENCRYPT_METHOD YESCRYPT in /etc/login.defs, then set the passwords anew or lock the accounts.",
  needs: { accounts },
  references: [
    "CIS Distribution Independent Linux 2.0.0 6.2.1",
    "CIS Red Hat Enterprise Linux 9 2.0.0 7.2.2",
    "CIS Red Hat Enterprise Linux 9 2.0.0 5.4.1.4",
    "CIS Debian Linux 12 1.1.0 7.2.2",
    "CIS Debian Linux 12 1.1.0 5.4.1.4",
  ],
  evaluate({ accounts: { users, shadow, loginDefaults } }) {
    if (!shadow && users.every(({ password }) => password === undefined))
      return unknown("/etc/shadow could not be read", "collect the facts with root's rights");
    const items = users.flatMap(({ name, password, shell }) => {
      const known = password === undefined ? undefined : weak[password];
      return known
        ? [
            {
              at: "/etc/shadow",
              found: `${name} has ${known[0]} (shell ${shell || "/bin/sh"})`,
              expected: "yescrypt, SHA-512 or a locked password",
              key: name,
              severity: known[1],
              fix: `usermod --lock ${shellWord(name)}`,
            },
          ]
        : [];
    });
    const method = loginDefaults["ENCRYPT_METHOD"];
    if (method !== undefined && ["DES", "MD5"].includes(method))
      items.push({
        at: "/etc/login.defs",
        found: `ENCRYPT_METHOD ${method}`,
        expected: "YESCRYPT or SHA512",
        key: "ENCRYPT_METHOD",
        severity: "high",
        fix: "sed -i 's/^ENCRYPT_METHOD.*/ENCRYPT_METHOD YESCRYPT/' /etc/login.defs",
      });
    return failEach(items, { at: "/etc/shadow", found: `${users.length} accounts, each locked or with a strong hash` });
  },
  examples: {
    pass: [
      {
        accounts: {
          users: [
            { name: "root", uid: 0, gid: 0, home: "/root", shell: "/bin/bash", interactive: true, password: "locked" },
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
              name: "a",
              uid: 1000,
              gid: 1000,
              home: "/home/a",
              shell: "/bin/bash",
              interactive: true,
              password: "none",
            },
          ],
          groups: [],
          shadow: true,
        },
      },
      { accounts: { users: [], groups: [], shadow: true, loginDefaults: { ENCRYPT_METHOD: "MD5" } } },
    ],
    unknown: [
      {
        accounts: {
          users: [{ name: "a", uid: 1000, gid: 1000, home: "/home/a", shell: "/bin/bash", interactive: true }],
          groups: [],
          shadow: false,
        },
      },
    ],
  },
});
