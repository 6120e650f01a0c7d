import type { z } from "zod";
import { messageOf } from "../../core/errors.ts";
import { logins } from "../../facts/host/logins.ts";
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
    for (const path of ["/var/lib/wtmpdb/wtmp.db", "/var/log/wtmp.db"]) {
      if (await root.exists(path))
        unread.push({ path, reason: "a database of wtmpdb, which only its own program reads" });
    }
    const source = "/var/log/wtmp, /var/log/btmp";
    if (files.length === 0 && unread.length === 0) {
      yield { subject: root.subject, source, value: { files: [] } };
      return;
    }
    yield {
      subject: root.subject,
      source,
      value: {
        files,
        sessions: sessionsOf(sessions),
        failures: failuresOf(failures),
        backwards: backwards(sessions),
        unread,
      },
    };
  },
});

function sessionsOf(records: readonly LoginRecord[]): NonNullable<Value["sessions"]> {
  return records
    .filter((record) => record.type === "user")
    .map(({ user, line, host, address, time }) => ({ user, line, from: host || (address ?? ""), time }))
    .sort((a, b) => b.time - a.time)
    .slice(0, mostSessions);
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
