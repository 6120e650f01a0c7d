import { z } from "zod";
import { defineFact } from "../../core/fact.ts";

/** Where the host's logs go, and whether its clock can be trusted. */
export const logging = defineFact({
  id: "host/logging",
  summary: "where the host's logs go and how its clock is set",
  obtain: "plimsoll assess host",
  schema: z.object({
    /** Storage= of journald.conf with its drop-ins; `auto` where nothing is set. */
    journalStorage: z.string().optional(),
    /** Whether /var/log/journal is there. */
    journalFolder: z.boolean(),
    forwardsToSyslog: z.boolean().optional(),
    /** What writes logs: `systemd-journald`, `rsyslogd`, `syslog-ng`; absent where processes could not be seen. */
    writers: z.array(z.string()).optional(),
    /** Files of authentication messages with their size in bytes and octal mode. */
    authenticationLogs: z.array(z.object({ path: z.string(), size: z.number(), mode: z.string() })).default([]),
    /** What sends logs away: forwarding rules and running agents. */
    forwarding: z.array(z.string()).default([]),
    /** Programs that set the clock: running or enabled. */
    clockPrograms: z.array(z.string()).default([]),
    /** Servers that the clock is set by, where a configuration names them. */
    clockServers: z.array(z.string()).default([]),
    clockAuthenticated: z.boolean().default(false),
  }),
});
