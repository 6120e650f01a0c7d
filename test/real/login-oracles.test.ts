import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import loginsCollector from "../../src/collectors/host/logins.ts";
import { HostRoot } from "../../src/collectors/host-root.ts";
import { parseLastlog, parseLastlog2, parseWtmpdb } from "../../src/formats/host/login-database.ts";
import { parseLoginRecords } from "../../src/formats/host/utmp.ts";

/** Records of logons, read as wtmpdb, lastlog2 and last read them. Times are compared in UTC. */
const scratch = mkdtempSync(join(tmpdir(), "logins-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const utc = { ...process.env, TZ: "UTC" };

function has(program: string): boolean {
  return spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
}
function title(text: string, program: string, present: boolean): string {
  return present ? text : `${text} (skipped: ${program} is not installed)`;
}

interface Entry {
  readonly type: number;
  readonly pid: number;
  readonly line: string;
  readonly user: string;
  readonly host: string;
  readonly time: number;
}

/** A record of utmp(5) as 64-bit PCs write it. */
function record({ type, pid, line, user, host, time }: Entry): Buffer {
  const bytes = Buffer.alloc(384);
  bytes.writeUInt16LE(type, 0);
  bytes.writeInt32LE(pid, 4);
  bytes.write(line, 8, 32);
  bytes.write(user, 44, 32);
  bytes.write(host, 76, 256);
  bytes.writeUInt32LE(time, 340);
  return bytes;
}

/** Sessions one after another on four lines, the first after a start of the system; the last of each line lasts on. */
function wtmpOf(count: number): Buffer {
  const start = 1_748_772_000;
  const records = [{ type: 2, pid: 0, line: "~", user: "reboot", host: "6.12.0", time: start }].map(record);
  for (let index = 0; index < count; index++) {
    const line = `pts/${index % 4}`;
    const time = start + 60 * (index + 1);
    if (index >= 4) records.push(record({ type: 8, pid: 1_000 + index - 4, line, user: "", host: "", time: time - 1 }));
    const user = ["alice", "bob", "root"][index % 3]!;
    records.push(record({ type: 7, pid: 1_000 + index, line, user, host: `198.51.100.${index % 250}`, time }));
  }
  return Buffer.concat(records);
}

interface TheirSession {
  readonly user: string;
  readonly tty: string;
  readonly hostname?: string;
  readonly login: string;
  readonly logout: string;
}
const iso = (time: number) => new Date(time * 1_000).toISOString().slice(0, 19);

describe("wtmp and wtmpdb", () => {
  const present = has("wtmpdb");
  it.skipIf(!present)(title("3,000 sessions as wtmpdb imports and prints them", "wtmpdb", present), async () => {
    const root = join(scratch, "wtmpdb-root");
    mkdirSync(join(root, "var/log"), { recursive: true });
    mkdirSync(join(root, "usr"));
    const wtmp = wtmpOf(3_000);
    writeFileSync(join(root, "var/log/wtmp"), wtmp);
    const database = join(root, "var/log/wtmp.db");
    execFileSync("wtmpdb", ["import", "-f", database, join(root, "var/log/wtmp")]);
    const printed = execFileSync("wtmpdb", ["last", "-f", database, "-j", "--time-format", "iso"], {
      encoding: "utf8",
      env: utc,
      maxBuffer: 64 * 1024 ** 2,
    });
    const theirs = (JSON.parse(printed) as { entries: TheirSession[] }).entries
      .filter(({ user }) => user !== "reboot")
      .map(({ user, tty, hostname, login }) => [user, tty, hostname ?? "", login.slice(0, 19)].join(" "));
    expect(theirs).toHaveLength(3_000);
    const fromDatabase = parseWtmpdb(readFileSync(database), "wtmp.db").filter(({ type }) => type === "user");
    const ours = fromDatabase.map(({ user, line, host, login }) => [user, line, host, iso(login)].join(" "));
    expect(ours.toReversed()).toEqual(theirs);
    const fromFile = parseLoginRecords(wtmp, "wtmp")
      .filter(({ type }) => type === "user")
      .map(({ user, line, host, time }) => [user, line, host, iso(time)].join(" "));
    expect(fromFile.toReversed()).toEqual(theirs);
    const ended = (JSON.parse(printed) as { entries: TheirSession[] }).entries.filter(({ logout }) =>
      /^\d/.test(logout),
    );
    expect(fromDatabase.filter(({ logout }) => logout !== undefined)).toHaveLength(ended.length);
    for await (const found of loginsCollector.collect(new HostRoot(root, "host/x", false), {
      signal: new AbortController().signal,
      now: new Date(),
    }))
      expect("value" in found && found.value.files?.map(({ path, records }) => [path, records])).toEqual([
        ["/var/log/wtmp", wtmp.length / 384],
        ["/var/log/wtmp.db", parseWtmpdb(readFileSync(database), "wtmp.db").length],
      ]);
  });

  const older = /util-linux/.test(spawnSync("last", ["--version"], { encoding: "utf8" }).stdout ?? "");
  it.skipIf(!older)(title("sessions as last prints them", "last of util-linux", older), () => {
    const path = join(scratch, "wtmp");
    const wtmp = wtmpOf(200);
    writeFileSync(path, wtmp);
    const printed = execFileSync("last", ["-f", path, "--time-format", "iso", "-w"], { encoding: "utf8", env: utc });
    const theirs = [...printed.matchAll(/^(\S+) +(pts\/\S+) +(\S+) +(\d{4}-\S{14})/gm)].map((found) =>
      found.slice(1, 5).join(" "),
    );
    const ours = parseLoginRecords(wtmp, "wtmp")
      .filter(({ type }) => type === "user")
      .map(({ user, line, host, time }) => [user, line, host, iso(time)].join(" "));
    expect(ours.toReversed()).toEqual(theirs);
  });
});

describe("lastlog and lastlog2", () => {
  const present = has("lastlog2");
  it.skipIf(!present)(title("last logons as lastlog2 imports and prints them", "lastlog2", present), () => {
    const accounts = readFileSync("/etc/passwd", "utf8")
      .split("\n")
      .map((line) => line.split(":"))
      .filter(([, , id]) => id !== undefined && Number(id) < 100)
      .map(([name, , id]) => ({ name: name!, id: Number(id) }));
    const bytes = Buffer.alloc(292 * 100);
    for (const { id } of accounts) {
      bytes.writeUInt32LE(1_748_772_000 + id, id * 292);
      bytes.write(`pts/${id}`, id * 292 + 4);
      bytes.write(`192.0.2.${id}`, id * 292 + 36);
    }
    const older = join(scratch, "lastlog");
    const database = join(scratch, "lastlog2.db");
    writeFileSync(older, bytes);
    execFileSync("lastlog2", ["-d", database, "-i", older]);
    const printed = execFileSync("lastlog2", ["-d", database, "-a"], {
      encoding: "utf8",
      env: { ...utc, LC_ALL: "C" },
    });
    const theirs = printed
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => {
        const [user, tty, host, ...time] = line.split(/\s+/);
        return [user, tty, host, new Date(time.join(" ")).getTime() / 1_000].join(" ");
      });
    const ours = parseLastlog2(readFileSync(database), "x");
    expect(ours.map(({ user, line, host, time }) => [user, line, host, time].join(" ")).sort()).toEqual(theirs.sort());
    const named = parseLastlog(bytes, "x").map((login) => ({
      ...login,
      user: accounts.find(({ id }) => id === login.user)?.name,
    }));
    const byName = (a: { user?: string | number | undefined }, b: { user?: string | number | undefined }) =>
      String(a.user) < String(b.user) ? -1 : 1;
    expect(named.sort(byName)).toEqual(ours.toSorted(byName));
    expect(ours.length).toBeGreaterThan(10);
  });
});
