import { z } from "zod";
import { defineCheck, fail, pass, unknown } from "../../core/check.ts";
import { sessionLimits } from "../../facts/host/session-limits.ts";

export default defineCheck({
  title: "A forgotten session on the host stays open",
  severity: "low",
  clauses: ["4.5.4-d"],
  why: "Whoever finds an open session acts under another one's name, and the log blames the wrong person.",
  fix: "Put `readonly TMOUT=900; export TMOUT` into /etc/profile.d/timeout.sh, or StopIdleSessionSec=15min below [Login] in /etc/systemd/logind.conf.d/timeout.conf.",
  references: ["CIS Debian Linux 12 1.1.0 5.4.3.2", "CIS Red Hat Enterprise Linux 9 2.0.0 5.4.3.2"],
  needs: { sessionLimits },
  params: z.object({ mostSeconds: z.number().int().positive().default(900) }),
  evaluate({ sessionLimits: { shell, logind, unread } }, { params: { mostSeconds } }) {
    const expected = `${mostSeconds} seconds or fewer, which users cannot change`;
    if (logind !== undefined && logind.seconds <= mostSeconds)
      return pass({ at: logind.file, found: `sessions end after ${logind.seconds} seconds`, expected });
    const kept = shell.find(({ seconds, fixed }) => fixed && seconds <= mostSeconds);
    if (kept) return pass({ at: kept.file, found: `shells end after ${kept.seconds} seconds`, expected });
    if (unread.length > 0)
      return unknown(unread.map(({ reason }) => reason).join("; "), "collect the facts with root's rights");
    const found = [
      ...shell.map(
        ({ file, seconds, fixed }) => `${file}: ${seconds} seconds${fixed ? "" : ", which users may change"}`,
      ),
      ...(logind === undefined ? [] : [`${logind.file}: ${logind.seconds} seconds`]),
    ].join("; ");
    return fail({ at: "/etc/profile.d", found: found || "no time limit is set", expected });
  },
  examples: {
    pass: [
      { sessionLimits: { shell: [{ file: "/etc/profile.d/t.sh", seconds: 900, fixed: true }] } },
      { sessionLimits: { logind: { file: "/etc/systemd/logind.conf", seconds: 600 } } },
    ],
    fail: [
      { sessionLimits: {} },
      { sessionLimits: { shell: [{ file: "/etc/profile", seconds: 300, fixed: false }] } },
      { sessionLimits: { logind: { file: "/etc/systemd/logind.conf", seconds: 7200 } } },
    ],
    unknown: [{ sessionLimits: { unread: [{ path: "/etc/profile", reason: "/etc/profile may not be read" }] } }],
  },
});
