import type { z } from "zod";
import { messageOf } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { engineCommands } from "../../facts/host/engine-commands.ts";
import { parsePasswd } from "../../formats/host/accounts.ts";
import { parseAuditLog } from "../../formats/host/audit-log.ts";
import {
  type LogMessage,
  logonsIn,
  parseAuthenticationLog,
  sudoCommandsIn,
} from "../../formats/host/authentication-log.ts";
import { engineCommand, shellCommands } from "../../formats/host/engine-command.ts";
import { parseJournal } from "../../formats/host/journal.ts";
import { parseShellHistory } from "../../formats/host/shell-history.ts";
import { defineHostCollector } from "../host-collector.ts";
import type { HostRoot } from "../host-root.ts";

type Value = z.output<typeof engineCommands.schema>;
type Command = Value["commands"][number];

const auditLogs = ["", ".1", ".2", ".3", ".4"].map((ending) => `/var/log/audit/audit.log${ending}`);
const authenticationLogs = ["/var/log/auth.log", "/var/log/auth.log.1", "/var/log/secure", "/var/log/secure.1"];
const histories = [".bash_history", ".zsh_history", ".local/share/fish/fish_history", ".ash_history", ".sh_history"];
const journalFolders = ["/var/log/journal", "/run/log/journal"];
/** Programs that write of logons and of commands through sudo. */
const journalPrograms = new Set(["sudo", "sshd", "sshd-session", "login"]);
/** Journals may take gigabytes; the newest of them tell of the days that count. */
const mostJournalBytes = 512 * 1024 ** 2;
const mostCommands = 2_000;

export default defineHostCollector<typeof engineCommands.schema>({
  reads: "host",
  provides: engineCommands,
  async *collect(root, { now }) {
    const reader = new CommandReader(root, Math.floor(now.getTime() / 1000), await accountsOf(root));
    for (const path of auditLogs) await reader.audit(path);
    for (const path of authenticationLogs) await reader.authentications(path);
    await reader.journal();
    await reader.histories();
    yield {
      subject: root.subject,
      source: "audit log, authentication log, journal, shell histories",
      value: reader.value(),
    };
  },
});

interface Account {
  readonly name: string;
  readonly uid: number;
  readonly home: string;
}

async function accountsOf(root: HostRoot): Promise<readonly Account[]> {
  const text = await root.text("/etc/passwd");
  return text === undefined ? [] : parsePasswd(text, "/etc/passwd");
}

class CommandReader {
  readonly #root: HostRoot;
  readonly #now: number;
  readonly #accounts: readonly Account[];
  readonly #commands: Command[] = [];
  readonly #logons: Value["logons"] = [];
  readonly #sources: Value["sources"] = [];
  readonly #unread: Value["unread"] = [];

  constructor(root: HostRoot, now: number, accounts: readonly Account[]) {
    this.#root = root;
    this.#now = now;
    this.#accounts = accounts;
  }

  value(): Value {
    const newest = this.#commands.sort((a, b) => (b.time ?? 0) - (a.time ?? 0));
    return {
      commands: newest.slice(0, mostCommands),
      logons: this.#logons.sort((a, b) => b.time - a.time).slice(0, mostCommands),
      sources: this.#sources,
      unread: this.#unread,
      unlisted: Math.max(0, newest.length - mostCommands),
    };
  }

  /** A command that no logon started is a service's. */
  async audit(path: string): Promise<void> {
    const text = await this.#text(path);
    if (text === undefined) return;
    const log = parseAuditLog(text, path);
    this.#sources.push({ path, by: "audit", records: log.started, since: log.first });
    for (const { time, loginUser, user, arguments: words } of log.commands) {
      if (loginUser === undefined) continue;
      const as = user === undefined || user === loginUser ? undefined : this.#name(user);
      this.#note(words, { time, user: this.#name(loginUser), as, by: "audit", source: path });
    }
    for (const { time, user, from, terminal } of log.logons)
      this.#logons.push({ time, user: this.#name(user), from: from || terminal, source: path });
  }

  async authentications(path: string): Promise<void> {
    const text = await this.#text(path);
    if (text !== undefined) this.#messages(path, parseAuthenticationLog(text, this.#now));
  }

  /** The newest files of every machine's journal that the host keeps, archived ones among them, as many as a fixed number of bytes allows. */
  async journal(): Promise<void> {
    const files: { path: string; size: number; written: number }[] = [];
    for (const folder of journalFolders) {
      const machines = await this.#root.list(folder);
      for (const machine of "names" in machines ? machines.names : [])
        files.push(...(await this.#journalFiles(`${folder}/${machine}`)));
    }
    let left = mostJournalBytes;
    for (const { path, size } of files.sort((one, other) => other.written - one.written)) {
      left -= size;
      if (left < 0)
        this.#unread.push({ path, reason: `more than ${mostJournalBytes} bytes of newer journals were read` });
      else await this.#journalFile(path);
    }
  }

  async #journalFiles(folder: string): Promise<{ path: string; size: number; written: number }[]> {
    const listed = await this.#root.list(folder);
    if ("missing" in listed && listed.missing === "denied") this.#unread.push({ path: folder, reason: listed.reason });
    const files = [];
    for (const name of "names" in listed ? listed.names : []) {
      if (!/^system.*\.journal~?$/.test(name)) continue;
      const stats = await this.#root.stat(`${folder}/${name}`);
      if (stats?.isFile()) files.push({ path: `${folder}/${name}`, size: stats.size, written: stats.mtimeMs });
    }
    return files;
  }

  async #journalFile(path: string): Promise<void> {
    const result = await this.#root.readBytes(path, limits.analysedFile);
    if (!("bytes" in result)) {
      this.#unread.push({ path, reason: result.reason });
      return;
    }
    try {
      this.#messages(path, await parseJournal(result.bytes, path, journalPrograms));
    } catch (error) {
      this.#unread.push({ path, reason: messageOf(error) });
    }
  }

  #messages(path: string, messages: readonly LogMessage[]): void {
    const since = messages.reduce((least, { time }) => Math.min(least, time), Number.POSITIVE_INFINITY);
    this.#sources.push({
      path,
      by: "sudo",
      records: messages.filter(({ program }) => program === "sudo").length,
      ...(Number.isFinite(since) ? { since } : {}),
    });
    for (const { time, user, as, command } of sudoCommandsIn(messages))
      this.#note(command.split(/\s+/), { time, user, as: as === user ? undefined : as, by: "sudo", source: path });
    for (const { time, user, from, by } of logonsIn(messages))
      this.#logons.push({ time, user, from: from || by, source: path });
  }

  async histories(): Promise<void> {
    for (const { name, home } of this.#accounts) {
      if (home === "/" || home === "" || home === "/nonexistent") continue;
      for (const file of histories) {
        const path = `${home}/${file}`;
        const text = await this.#text(path);
        if (text === undefined) continue;
        const lines = parseShellHistory(text);
        const times = lines.flatMap(({ time }) => time ?? []);
        const since = times.length === 0 ? {} : { since: times.reduce((least, time) => Math.min(least, time)) };
        this.#sources.push({ path, by: "history", records: lines.length, ...since });
        for (const { line, time } of lines)
          for (const words of shellCommands(line)) this.#note(words, { time, user: name, by: "history", source: path });
      }
    }
  }

  #note(words: readonly string[], of: Omit<Command, "tool" | "verb">): void {
    const found = engineCommand(words);
    if (found) this.#commands.push({ ...of, ...found });
  }

  #name(uid: number): string {
    return this.#accounts.find((account) => account.uid === uid)?.name ?? `uid ${uid}`;
  }

  async #text(path: string): Promise<string | undefined> {
    try {
      const result = await this.#root.read(path);
      if ("text" in result) return result.text;
      if (result.missing !== "absent") this.#unread.push({ path, reason: result.reason });
    } catch (error) {
      this.#unread.push({ path, reason: messageOf(error) });
    }
    return undefined;
  }
}
