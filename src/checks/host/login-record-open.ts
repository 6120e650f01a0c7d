import { defineCheck, failEach, notApplicable, unknown } from "../../core/check.ts";
import { logging } from "../../facts/host/logging.ts";
import { logins } from "../../facts/host/logins.ts";
import { shellWord } from "./shell.ts";

export default defineCheck({
  title: "Records of logons can be changed or read by everyone",
  severity: "medium",
  clauses: ["4.5.4-a", "4.5.4-b"],
  why: "Who can write the record can remove himself from it; failed attempts often hold passwords typed in the wrong place.",
  fix: "chmod 0664 /var/log/wtmp, 0660 /var/log/btmp, 0640 the logs of authentications.",
  needs: { logins, logging },
  evaluate({ logins: { files, unread }, logging: { authenticationLogs } }) {
    const all = [
      ...files.map(({ path, mode }) => ({ path, mode })),
      ...authenticationLogs.map(({ path, mode }) => ({ path, mode })),
    ];
    if (all.length === 0 && unread.length === 0) return notApplicable("the host has no such files");
    const items = all.flatMap(({ path, mode }) => {
      const bits = Number.parseInt(mode, 8);
      const forbidden = /wtmp|lastlog/.test(path) ? 0o002 : 0o006;
      if ((bits & forbidden) === 0) return [];
      return [
        {
          at: path,
          found: `mode ${mode}`,
          expected: forbidden === 0o002 ? "not writable by others" : "nothing for others",
          key: path,
          fix: `chmod ${forbidden === 0o002 ? "o-w" : "o-rwx"} ${shellWord(path)}`,
        },
      ];
    });
    if (items.length === 0 && unread.length > 0)
      return unknown(unread.map(({ reason }) => reason).join("; "), "collect the facts with root's rights");
    return failEach(items, { at: [...new Set(all.map(({ path }) => path))].join(", "), found: "guarded" });
  },
  examples: {
    pass: [
      { logins: { files: [{ path: "/var/log/wtmp", records: 1, mode: "0664" }] }, logging: { journalFolder: true } },
    ],
    fail: [
      { logins: { files: [{ path: "/var/log/wtmp", records: 1, mode: "0666" }] }, logging: { journalFolder: true } },
      {
        logins: { files: [] },
        logging: { journalFolder: true, authenticationLogs: [{ path: "/var/log/auth.log", size: 1, mode: "0644" }] },
      },
    ],
    notApplicable: [{ logins: { files: [] }, logging: { journalFolder: true } }],
  },
});
