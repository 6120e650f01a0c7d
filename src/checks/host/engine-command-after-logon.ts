import { z } from "zod";
import type { Evidence } from "../../core/check.ts";
import { defineCheck, failEach, notApplicable, unknown } from "../../core/check.ts";
import type { Severity } from "../../core/severity.ts";
import { engineCommands } from "../../facts/host/engine-commands.ts";
import { logins } from "../../facts/host/logins.ts";
import { roles, rolesInForce, runsContainers } from "../../facts/host/roles.ts";

const day = 86_400;
const hour = 3_600;
/** Verbs that only look. */
const looks =
  /^(ps|ls|list|images|info|version|inspect|get|describe|logs|top|stats|events|history|explain|api-resources|config|help|search|pods|imagefsinfo|inspecti|inspectp|statsp|port)$/;

interface Logon {
  readonly time: number;
  readonly user: string;
  readonly from: string;
}

export default defineCheck({
  title: "Somebody logged on to the host and reached containers by commands",
  severity: "medium",
  clauses: ["4.5.4-d", "4.5.4-b"],
  why: "Who handles containers on the host itself passes the orchestrator's rights, its approvals and its log.",
  fix: "Ask the named person what it was for; give people access by the orchestrator, and take logons to the host and the engine's group away.",
  needs: { engineCommands, logins, roles },
  params: z.object({
    /** Days that are looked back. */
    days: z.number().positive().default(30),
    /** Hours after a logon in which a command of the same user belongs to it. */
    hours: z.number().positive().default(12),
    /** Whether commands that only look count too. */
    looking: z.boolean().default(false),
  }),
  evaluate({ engineCommands: seen, logins: recorded, roles: found }, { now, params, settings }) {
    if (seen.commands.length === 0 && !runsContainers(rolesInForce(found, settings)))
      return notApplicable("the host runs no containers, as far as its engines show");
    const since = now.getTime() / 1000 - params.days * day;
    const logons: Logon[] = [...recorded.sessions, ...seen.logons];
    const counted = seen.commands.filter(
      ({ time, verb }) => (time === undefined || time >= since) && (params.looking || !looks.test(verb)),
    );
    const items = new Map<string, Evidence & { count: number }>();
    for (const command of counted) {
      const { time, user, as, tool, verb, by, source } = command;
      const what = `${tool}${verb === "" ? "" : ` ${verb}`}`;
      const logon = time === undefined ? undefined : logonBefore(logons, user, time, params.hours);
      const key = `${user} ${what}${logon ? ` logon ${moment(logon.time)}` : ""}`;
      const known = items.get(key);
      const count = (known?.count ?? 0) + 1;
      items.set(key, {
        at: source,
        found: sentence(user, what, as, time, logon, count, by),
        expected: "no handling of containers past the orchestrator",
        key,
        severity: severityOf(tool, verb, logon),
        details: {
          user,
          ...(time === undefined ? {} : { time: moment(time) }),
          ...(logon ? { from: logon.from } : {}),
        },
        count,
      });
    }
    const evidence = [...items.values()].map(({ count: _, ...item }) => item);
    if (evidence.length > 0) return failEach(evidence, evidence[0]!);
    const witnesses = seen.sources.filter(({ by, records }) => by === "audit" && records > 0);
    if (witnesses.length === 0) return unknown(...whyUnknown(seen));
    return failEach([], {
      at: witnesses.map(({ path }) => path).join(", "),
      found: `${witnesses.reduce((sum, { records }) => sum + records, 0)} started programs${oldest(witnesses)}, none that reached a container after a logon`,
    });
  },
  examples: {
    pass: [
      {
        engineCommands: {
          commands: [],
          sources: [{ path: "/var/log/audit/audit.log", by: "audit", records: 900, since: 1_767_000_000 }],
        },
        logins: { files: [] },
        roles: { roles: [{ role: "docker", shownBy: ["/usr/bin/dockerd"] }] },
      },
    ],
    fail: [
      {
        engineCommands: {
          commands: [
            {
              time: 1_767_200_300,
              user: "dev",
              as: "root",
              tool: "docker",
              verb: "exec",
              by: "audit",
              source: "/var/log/audit/audit.log",
            },
          ],
        },
        logins: {
          files: [{ path: "/var/log/wtmp", records: 4, mode: "0664" }],
          sessions: [{ user: "dev", line: "pts/0", from: "192.0.2.7", time: 1_767_200_000 }],
        },
        roles: { roles: [{ role: "docker", shownBy: ["/usr/bin/dockerd"] }] },
      },
    ],
    notApplicable: [{ engineCommands: { commands: [] }, logins: { files: [] }, roles: { roles: [] } }],
    unknown: [
      {
        engineCommands: {
          commands: [],
          unread: [
            {
              path: "/var/log/audit/audit.log",
              reason: "/var/log/audit/audit.log may not be read without root's rights",
            },
          ],
        },
        logins: { files: [] },
        roles: { roles: [{ role: "docker", shownBy: ["/usr/bin/dockerd"] }] },
      },
      {
        engineCommands: { commands: [], sources: [{ path: "/var/log/auth.log", by: "sudo", records: 3 }] },
        logins: { files: [] },
        roles: { roles: [{ role: "docker", shownBy: ["/usr/bin/dockerd"] }] },
      },
    ],
  },
});

function logonBefore(logons: readonly Logon[], user: string, time: number, hours: number): Logon | undefined {
  let latest: Logon | undefined;
  for (const logon of logons) {
    if (logon.user !== user || logon.time > time || logon.time < time - hours * hour) continue;
    if (latest === undefined || logon.time > latest.time) latest = logon;
  }
  return latest;
}

function sentence(
  user: string,
  what: string,
  as: string | undefined,
  time: number | undefined,
  logon: Logon | undefined,
  count: number,
  by: string,
): string {
  const times = count === 1 ? "" : `, ${count} times`;
  const rights = as === undefined ? "" : ` as ${as}`;
  if (time === undefined) return `${user} ran ${what} (the shell's history keeps no time)${times}`;
  const first = logon
    ? `${user} logged on${logon.from === "" ? "" : ` from ${logon.from}`} at ${moment(logon.time)}, then`
    : user;
  return `${first} ran ${what}${rights} at ${moment(time)} (${by})${times}`;
}

function severityOf(tool: string, verb: string, logon: Logon | undefined): Severity {
  if (looks.test(verb)) return "info";
  if (tool === "nsenter" || verb === "exec" || verb === "attach" || verb === "debug") return logon ? "high" : "medium";
  return logon ? "medium" : "low";
}

function moment(time: number): string {
  return `${new Date(time * 1000).toISOString().slice(0, 16)}Z`;
}

function oldest(sources: readonly { readonly since?: number | undefined }[]): string {
  const times = sources.flatMap(({ since }) => since ?? []);
  return times.length === 0 ? "" : ` since ${moment(times.reduce((least, time) => Math.min(least, time)))}`;
}

function whyUnknown({
  sources,
  unread,
}: {
  readonly sources: readonly { readonly by: string }[];
  readonly unread: readonly { readonly path: string; readonly reason: string }[];
}): [reason: string, remedy: string] {
  const record =
    "record started programs: auditctl -a always,exit -F arch=b64 -S execve -F auid>=1000 -F auid!=unset -k exec, and assess with root's rights";
  if (unread.length > 0)
    return [
      unread.map(({ path, reason }) => (reason.includes(path) ? reason : `${path}: ${reason}`)).join("; "),
      "assess with root's rights",
    ];
  if (sources.length === 0)
    return ["the host has no audit log, no authentication log, no journal and no shell history", record];
  return [
    "only commands through sudo and shell histories were seen: what the engine's group or root runs leaves no record there",
    record,
  ];
}
