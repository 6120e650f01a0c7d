import type { z } from "zod";
import { messageOf } from "../../core/errors.ts";
import { logins } from "../../facts/host/logins.ts";
import { type LastLogin, parseLastlog, parseLastlog2, parseWtmpdb } from "../../formats/host/login-database.ts";
import { type LoginRecord, parseLoginRecords } from "../../formats/host/utmp.ts";
import { defineHostCollector } from "../host-collector.ts";

type Value = z.input<typeof logins.schema>;

const mostSessions = 1_000;
const mostFailures = 200;

export default defineHostCollector<typeof logins.schema>({
  reads: "host",
  provides: logins,
  async *collect(root) {
    const files: Value["files"] = [];
    const unread: NonNullable<Value["unread"]> = [];
    const read = async (path: string): Promise<LoginRecord[]> => {
      const result = await root.readBytes(path);
      if (!("bytes" in result)) {
        if (result.missing !== "absent") unread.push({ path, reason: result.reason });
        return [];
      }
      try {
        const records = parseLoginRecords(result.bytes, path);
        const mode = ((await root.stat(path))?.mode ?? 0) & 0o7777;
        const zeroed = records.filter((record) => record.type === "empty" && record.time === 0).length;
        files.push({ path, records: records.length, mode: mode.toString(8).padStart(4, "0"), zeroed });
        return records;
      } catch (error) {
        unread.push({ path, reason: messageOf(error) });
        return [];
      }
    };
    const sessions = [...(await read("/var/log/wtmp.1")), ...(await read("/var/log/wtmp"))];
    const failures = [...(await read("/var/log/btmp.1")), ...(await read("/var/log/btmp"))];
    const kept = sessions.map(sessionOf).filter((session) => session !== undefined);
    const last: NonNullable<Value["last"]> = [];
    for (const { path, parse } of databases) {
      const target = await root.linkTarget(path);
      if (target !== undefined && databases.some((other) => other.path.endsWith(target.replace(/^[./]*/, "/"))))
        continue;
      const result = await root.readBytes(path);
      if (!("bytes" in result)) {
        if (result.missing !== "absent") unread.push({ path, reason: result.reason });
        continue;
      }
      try {
        const found = parse(result.bytes, path);
        const mode = ((await root.stat(path))?.mode ?? 0) & 0o7777;
        files.push({ path, records: found.records, mode: mode.toString(8).padStart(4, "0") });
        kept.push(...found.sessions);
        last.push(...found.last);
        if (((await root.stat(`${path}-wal`))?.size ?? 0) > 0)
          unread.push({ path: `${path}-wal`, reason: "what was written last lies in the database's log" });
      } catch (error) {
        unread.push({ path, reason: messageOf(error) });
      }
    }
    const source = "/var/log/wtmp, /var/log/btmp, /var/lib/wtmpdb, /var/lib/lastlog";
    if (files.length === 0 && unread.length === 0) {
      yield { subject: root.subject, source, value: { files: [] } };
      return;
    }
    yield {
      subject: root.subject,
      source,
      value: {
        files,
        sessions: newest(kept),
        failures: failuresOf(failures),
        backwards: backwards(sessions),
        last: newest(last),
        unread,
      },
    };
  },
});

type Session = NonNullable<Value["sessions"]>[number];
type Last = NonNullable<Value["last"]>[number];
interface LoginDatabase {
  readonly path: string;
  readonly parse: (
    bytes: Uint8Array,
    path: string,
  ) => { readonly records: number; readonly sessions: readonly Session[]; readonly last: readonly Last[] };
}

/** Databases and the older lastlog; where one is a link to another, that is read. */
const databases: readonly LoginDatabase[] = [
  { path: "/var/lib/wtmpdb/wtmp.db", parse: wtmpdb },
  { path: "/var/log/wtmp.db", parse: wtmpdb },
  { path: "/var/lib/lastlog/lastlog2.db", parse: lastLogins(parseLastlog2) },
  { path: "/var/log/lastlog", parse: lastLogins(parseLastlog) },
];

function wtmpdb(bytes: Uint8Array, path: string): ReturnType<LoginDatabase["parse"]> {
  const records = parseWtmpdb(bytes, path);
  const sessions = records
    .filter(({ type }) => type === "user")
    .map(({ user, line, host, login }) => ({ user, line, from: host, time: login }));
  return { records: records.length, sessions, last: [] };
}

function lastLogins(parse: (bytes: Uint8Array, path: string) => readonly LastLogin[]): LoginDatabase["parse"] {
  return (bytes, path) => {
    const last = parse(bytes, path).map(({ user, time, line, host }) => ({
      user: String(user),
      time,
      line,
      from: host,
    }));
    return { records: last.length, sessions: [], last };
  };
}

function sessionOf({ type, user, line, host, address, time }: LoginRecord): Session | undefined {
  return type === "user" ? { user, line, from: host || (address ?? ""), time } : undefined;
}

function newest<T extends { readonly time: number }>(entries: readonly T[]): T[] {
  return entries.toSorted((a, b) => b.time - a.time).slice(0, mostSessions);
}

function failuresOf(records: readonly LoginRecord[]): NonNullable<Value["failures"]> {
  const bySource = new Map<string, LoginRecord[]>();
  for (const record of records) {
    const from = record.host || (record.address ?? record.line);
    bySource.set(from, [...(bySource.get(from) ?? []), record]);
  }
  return [...bySource]
    .map(([from, group]) => ({
      from,
      count: group.length,
      users: [...new Set(group.map((record) => record.user))].sort().slice(0, 20),
      first: group.reduce((least, record) => Math.min(least, record.time), group[0]!.time),
      last: group.reduce((most, record) => Math.max(most, record.time), group[0]!.time),
    }))
    .sort((a, b) => b.count - a.count)
    .slice(0, mostFailures);
}

function backwards(records: readonly LoginRecord[]): number {
  let count = 0;
  let latest = 0;
  for (const record of records) {
    if (record.type === "old-time" || record.type === "new-time") latest = 0;
    if (record.time > 0 && record.time + 60 < latest) count++;
    latest = Math.max(latest, record.time);
  }
  return count;
}
