import { z } from "zod";
import type { Evidence } from "../../core/check.ts";
import { defineCheck, failEach, unknown } from "../../core/check.ts";
import { logins } from "../../facts/host/logins.ts";

const day = 86_400;

export default defineCheck({
  title: "Unusual logons to the host",
  severity: "medium",
  clauses: ["4.5.4-b", "4.5.4-d"],
  why: "Direct logons by root, success after many failures, and records that were changed are how a break-in looks afterwards.",
  fix: "Find out who it was and why; revoke the key or password, and block the source.",
  needs: { logins },
  params: z.object({ days: z.number().positive().default(30), failures: z.number().int().positive().default(20) }),
  evaluate({ logins: { files, sessions, failures, backwards, unread } }, { now, params }) {
    if (files.length === 0)
      return unknown(
        unread.length > 0
          ? unread.map(({ path, reason }) => `${path}: ${reason}`).join("; ")
          : "the host keeps no record of logons (wtmp, btmp)",
        "keep wtmp and btmp, or send authentication messages to a log that is watched",
      );
    const since = now.getTime() / 1000 - params.days * day;
    const recent = sessions.filter(({ time }) => time >= since);
    const items: Evidence[] = [];
    const root = recent.filter(({ user, from }) => user === "root" && from !== "");
    for (const from of new Set(root.map((session) => session.from))) {
      items.push({
        at: placeOf(files, /wtmp/, "/var/log/wtmp"),
        found: `root logged on from ${from}, ${root.filter((session) => session.from === from).length} times in ${params.days} days`,
        expected: "a person's account, then sudo",
        key: `root from ${from}`,
      });
    }
    for (const { from, count, users, last } of failures) {
      if (count < params.failures || last < since) continue;
      const success = recent.find((session) => session.from === from && session.time >= last - day);
      items.push({
        at: placeOf(files, /btmp/, "/var/log/btmp"),
        found: `${count} failures from ${from} for ${users.slice(0, 5).join(", ")}${success ? `, then ${success.user} got in` : ""}`,
        expected: `fewer than ${params.failures}`,
        key: `failures from ${from}`,
        severity: success ? "critical" : "medium",
      });
    }
    const zeroed = files.reduce((sum, file) => sum + file.zeroed, 0);
    if (zeroed > 0)
      items.push({
        at: files.map(({ path }) => path).join(", "),
        found: `${zeroed} records overwritten with zeros`,
        expected: "none",
        key: "zeroed records",
        severity: "high",
      });
    if (backwards > 0)
      items.push({
        at: placeOf(files, /wtmp/, "/var/log/wtmp"),
        found: `${backwards} records older than the one before them`,
        expected: "times that rise",
        key: "times backwards",
        severity: "low",
      });
    if (items.length === 0 && unread.length > 0)
      return unknown(
        unread.map(({ path, reason }) => `${path}: ${reason}`).join("; "),
        "collect the facts with root's rights",
      );
    return failEach(items, {
      at: files.map(({ path }) => path).join(", "),
      found: `${recent.length} logons in ${params.days} days, none unusual`,
    });
  },
  examples: {
    pass: [
      {
        logins: {
          files: [{ path: "/var/log/wtmp", records: 4, mode: "0664" }],
          sessions: [{ user: "admin", line: "pts/0", from: "192.0.2.7", time: 1_767_200_000 }],
        },
      },
    ],
    fail: [
      {
        logins: {
          files: [{ path: "/var/log/wtmp", records: 4, mode: "0664" }],
          sessions: [{ user: "root", line: "pts/0", from: "192.0.2.7", time: 1_767_200_000 }],
        },
      },
      {
        logins: {
          files: [{ path: "/var/log/btmp", records: 90, mode: "0660" }],
          failures: [{ from: "198.51.100.9", count: 90, users: ["admin"], first: 1_767_100_000, last: 1_767_200_000 }],
        },
      },
      { logins: { files: [{ path: "/var/log/wtmp", records: 4, mode: "0664", zeroed: 2 }] } },
    ],
    unknown: [{ logins: { files: [] } }],
  },
});

/** The files of one kind that were read: older systems keep logins in wtmp, newer ones in a database. */
function placeOf(files: readonly { readonly path: string }[], kind: RegExp, usual: string): string {
  const paths = files.filter(({ path }) => kind.test(path)).map(({ path }) => path);
  return paths.join(", ") || usual;
}
