import { defineCheck, failEach, unknown } from "../../core/check.ts";
import type { Severity } from "../../core/severity.ts";
import { persistence } from "../../facts/host/persistence.ts";

const severities: Readonly<Record<string, Severity>> = {
  preload: "critical",
  helper: "critical",
  "core-dump": "high",
  generator: "high",
  "static-pod": "medium",
  path: "high",
};

export default defineCheck({
  title: "Code is set to run again by itself in an unusual place",
  severity: "high",
  clauses: ["4.5.3-g", "4.5.5-a"],
  why: "Libraries loaded into every program, helpers that the kernel starts and scripts from open folders are how intruders stay, and how containers are left.",
  fix: "Find out who set it; remove it, and replace the host if nobody knows.",
  needs: { persistence },
  references: ["CIS Red Hat Enterprise Linux 9 2.0.0 5.4.2.5", "CIS Debian Linux 12 1.1.0 5.4.2.5"],
  evaluate({ persistence: { points, lookedAt, unread } }) {
    const items = points
      .filter(({ suspicious }) => suspicious !== undefined)
      .map(({ kind, at, what, suspicious }) => ({
        at,
        found: `${what}: ${suspicious}`,
        expected: "nothing, or what a package brought",
        key: `${kind} ${at}`,
        severity: severities[kind] ?? "medium",
      }));
    if (items.length === 0 && unread.length > 0)
      return unknown(
        unread.map(({ reason }) => reason).join("; "),
        "collect the facts of the running host with root's rights",
      );
    return failEach(items, { at: lookedAt.join(", "), found: `${points.length} places, none unusual` });
  },
  examples: {
    pass: [
      {
        persistence: {
          points: [{ kind: "cron", at: "/etc/crontab", what: "root: run-parts /etc/cron.daily" }],
          lookedAt: ["/etc/crontab"],
        },
      },
    ],
    unknown: [
      {
        persistence: {
          points: [],
          unread: [{ path: "/var/spool/cron", reason: "/var/spool/cron may not be read without root's rights" }],
        },
      },
    ],
    fail: [
      {
        persistence: {
          points: [
            {
              kind: "preload",
              at: "/etc/ld.so.preload",
              what: "/lib/x.so",
              suspicious: "it is loaded into every program",
            },
          ],
        },
      },
    ],
  },
});
