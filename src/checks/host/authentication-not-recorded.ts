import { defineCheck, fail, pass, unknown } from "../../core/check.ts";
import { logging } from "../../facts/host/logging.ts";
import { logins } from "../../facts/host/logins.ts";

export default defineCheck({
  title: "Logons leave no lasting record",
  severity: "high",
  clauses: ["4.5.4-a", "4.5.4-b"],
  why: "A journal in memory is gone at the next start, and with it who logged on.",
  fix: "mkdir -p /var/log/journal and set Storage=persistent in /etc/systemd/journald.conf, or install rsyslog.",
  needs: { logging, logins },
  references: ["CIS Red Hat Enterprise Linux 9 2.0.0 6.2.2.4", "CIS Debian Linux 12 1.1.0 6.1.2.4"],
  evaluate({ logging: { journalStorage, journalFolder, writers, authenticationLogs }, logins: { files } }) {
    const kept: string[] = [];
    if (
      journalStorage === "persistent" ||
      (journalStorage !== undefined && journalStorage !== "volatile" && journalStorage !== "none" && journalFolder)
    )
      kept.push("journal on disk");
    kept.push(
      ...authenticationLogs.filter(({ path, size }) => size > 0 && !path.includes("lastlog")).map(({ path }) => path),
    );
    const wtmp = files.some(({ path }) => /\/wtmp(\.db)?$/.test(path));
    const evidence = {
      at: "/var/log, /etc/systemd/journald.conf",
      found: `${kept.join(", ") || "no log of authentications is kept"}; wtmp ${wtmp ? "kept" : "absent"}`,
      expected: "journal on disk or a log of authentications",
    };
    if (kept.length > 0) return pass(evidence);
    if (writers === undefined && journalStorage === undefined)
      return unknown(
        "neither the journal's settings nor what writes logs could be seen",
        "assess the running host with root's rights",
      );
    return fail(evidence);
  },
  examples: {
    pass: [
      { logging: { journalStorage: "persistent", journalFolder: true }, logins: { files: [] } },
      {
        logging: { journalFolder: false, authenticationLogs: [{ path: "/var/log/auth.log", size: 512, mode: "0640" }] },
        logins: { files: [] },
      },
    ],
    fail: [
      {
        logging: { journalStorage: "volatile", journalFolder: true, writers: ["systemd-journald"] },
        logins: { files: [] },
      },
    ],
    unknown: [{ logging: { journalFolder: false }, logins: { files: [] } }],
  },
});
