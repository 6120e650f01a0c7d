import { limitExceeded } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";

/** A program that was started, as the kernel's audit records it. */
export interface AuditedCommand {
  /** Seconds since 1970-01-01 UTC. */
  readonly time: number;
  /** The user who logged on, kept through sudo and su; undefined for what no logon started. */
  readonly loginUser: number | undefined;
  /** The user as whom it ran. */
  readonly user: number | undefined;
  readonly session: number | undefined;
  readonly arguments: readonly string[];
}

/** A logon that the audit records. */
export interface AuditedLogon {
  readonly time: number;
  readonly user: number;
  /** Address or host name; empty for a local terminal. */
  readonly from: string;
  readonly terminal: string;
}

/** What an audit log holds of programs and logons. */
export interface AuditLog {
  readonly commands: readonly AuditedCommand[];
  readonly logons: readonly AuditedLogon[];
  /** Times of the first and last record; undefined for a log without any. */
  readonly first: number | undefined;
  readonly last: number | undefined;
  /** Records of started programs (EXECVE): without any, the log is no witness of commands. */
  readonly started: number;
}

/** The audit sets all bits where nobody logged on (linux/audit.h, AUDIT_UID_UNSET). */
const unset = 4_294_967_295;
const mostArguments = 64;

interface Draft {
  time: number;
  loginUser?: number | undefined;
  user?: number | undefined;
  session?: number | undefined;
  words?: string[];
}

/** Reads the log of auditd(8), raw or enriched. Records of one event are joined by its serial number; lines of another form are left out. */
export function parseAuditLog(text: string, name: string): AuditLog {
  const events = new Map<string, Draft>();
  const logons: AuditedLogon[] = [];
  let [first, last, started]: [number | undefined, number | undefined, number] = [undefined, undefined, 0];
  for (const raw of linesOf(text)) {
    const match = /^(?:node=\S+ )?type=([A-Z_]+) msg=audit\((\d{1,12})(?:\.\d+)?:(\d{1,20})\): ?(.*)$/.exec(raw);
    if (match === null) continue;
    const [, type, seconds, serial, rest] = match as unknown as [string, string, string, string, string];
    const time = Number(seconds);
    first = first === undefined ? time : Math.min(first, time);
    last = last === undefined ? time : Math.max(last, time);
    const body = rest.split("\x1d")[0]!;
    if (type === "USER_LOGIN") logons.push(...logonOf(body, time));
    if (type !== "EXECVE" && type !== "SYSCALL" && type !== "USER_CMD") continue;
    if (events.size > limits.records) throw limitExceeded(name, `${limits.records} events`);
    const event = events.get(`${seconds}:${serial}`) ?? { time };
    if (type === "SYSCALL") Object.assign(event, usersOf(body));
    else if (type === "EXECVE") {
      started++;
      event.words = [...(event.words ?? []), ...argumentsOf(body)].slice(0, mostArguments);
    } else Object.assign(event, usersOf(body), { words: commandOf(body) });
    events.set(`${seconds}:${serial}`, event);
  }
  const commands = [...events.values()].flatMap(({ time, loginUser, user, session, words }) =>
    words === undefined || words.length === 0 ? [] : [{ time, loginUser, user, session, arguments: words }],
  );
  return { commands, logons, first, last, started };
}

function* linesOf(text: string): Generator<string> {
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf("\n", at);
    const stop = end < 0 ? text.length : end;
    if (stop - at <= limits.line) yield text.slice(at, stop);
    at = stop + 1;
  }
}

function usersOf(body: string): Pick<Draft, "loginUser" | "user" | "session"> {
  const number = (field: string) => {
    const found = new RegExp(`(?:^|[ '])${field}=(\\d{1,10})\\b`).exec(body)?.[1];
    return found === undefined || Number(found) === unset ? undefined : Number(found);
  };
  return { loginUser: number("auid"), user: number("uid"), session: number("ses") };
}

/** A text is in quotes; one with unusual characters is in hexadecimal without them. */
function argumentsOf(body: string): string[] {
  const words: string[] = [];
  for (const [, quoted, hexadecimal] of body.matchAll(/\ba\d{1,6}(?:\[\d{1,6}\])?=(?:"([^"]*)"|([0-9A-F]*))/g)) {
    if (words.length >= mostArguments) break;
    words.push(quoted ?? fromHexadecimal(hexadecimal ?? ""));
  }
  return words;
}

/** sudo's own record holds the whole command in hexadecimal, or in quotes where it has one word. */
function commandOf(body: string): string[] {
  const [, quoted, hexadecimal] = /\bcmd=(?:"([^"]*)"|([0-9A-F]+))/.exec(body) ?? [];
  const text = quoted ?? (hexadecimal === undefined ? "" : fromHexadecimal(hexadecimal));
  return text.split(/\s+/).filter(Boolean).slice(0, mostArguments);
}

function fromHexadecimal(text: string): string {
  return Buffer.from(text, "hex").toString("utf8").replaceAll("\0", " ");
}

function logonOf(body: string, time: number): AuditedLogon[] {
  if (!/\bres=(success|1)\b/.test(body)) return [];
  const user = Number(/\bid=(\d{1,10})\b/.exec(body)?.[1] ?? Number.NaN);
  const address = /\baddr=([0-9A-Fa-f.:]+)/.exec(body)?.[1] ?? "";
  const terminal = /\bterminal=(\S+)/.exec(body)?.[1]?.replace(/'$/, "") ?? "";
  return Number.isNaN(user) || user === unset ? [] : [{ time, user, from: address, terminal }];
}
