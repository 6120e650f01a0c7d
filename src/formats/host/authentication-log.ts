import { limits } from "../../core/limits.ts";

/** One message of a program to the log of authentications. */
export interface LogMessage {
  /** Seconds since 1970-01-01 UTC. */
  readonly time: number;
  /** Program that wrote it: `sshd`, `sudo`. */
  readonly program: string;
  readonly text: string;
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const day = 86_400;

/**
 * Reads lines of syslog: times of RFC 5424 or of RFC 3164, which have neither year nor zone. The latter count as UTC and as of the last year in which
 * they do not lie after `now` (seconds since 1970-01-01 UTC). Lines of another form are left out.
 */
export function parseAuthenticationLog(text: string, now: number): LogMessage[] {
  const messages: LogMessage[] = [];
  for (const line of text.split("\n")) {
    if (line.length > limits.line) continue;
    const modern =
      /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)) \S+ ([\w.-]+)(?:\[\d+\])?: (.*)$/.exec(line);
    const old = modern
      ? null
      : /^([A-Z][a-z]{2}) +(\d{1,2}) (\d\d):(\d\d):(\d\d) \S+ ([\w.-]+)(?:\[\d+\])?: (.*)$/.exec(line);
    if (modern) add(messages, Date.parse(modern[1]!) / 1000, modern[2]!, modern[3]!);
    else if (old) add(messages, timeOf(old.slice(1, 6), now), old[6]!, old[7]!);
  }
  return messages;
}

function add(messages: LogMessage[], time: number, program: string, text: string): void {
  if (Number.isFinite(time)) messages.push({ time: Math.floor(time), program, text: text.replaceAll("#011", "\t") });
}

function timeOf([month, ...numbers]: readonly string[], now: number): number {
  const index = months.indexOf(month!);
  const [date, hour, minute, second] = numbers.map(Number) as [number, number, number, number];
  if (index < 0) return Number.NaN;
  const year = new Date(now * 1000).getUTCFullYear();
  const time = Date.UTC(year, index, date, hour, minute, second) / 1000;
  return time > now + day ? Date.UTC(year - 1, index, date, hour, minute, second) / 1000 : time;
}

/** A logon that a message tells of. */
export interface LoggedLogon {
  readonly time: number;
  readonly user: string;
  readonly from: string;
  readonly by: string;
}

/** A command that was run through sudo. */
export interface LoggedCommand {
  readonly time: number;
  readonly user: string;
  /** The user as whom it ran. */
  readonly as: string;
  readonly command: string;
}

/** Who logged on, by sshd's `Accepted … for USER from ADDRESS` and by sessions that login and display managers open. */
export function logonsIn(messages: readonly LogMessage[]): LoggedLogon[] {
  return messages.flatMap(({ time, program, text }) => {
    const [, user, from] = /^Accepted \S+ for (\S+) from (\S+) port \d+/.exec(text) ?? [];
    if (/^sshd/.test(program) && user && from) return [{ time, user, from, by: "ssh" }];
    const local = /^pam_unix\(login:session\): session opened for user ([\w.-]+)/.exec(text)?.[1];
    return local === undefined ? [] : [{ time, user: local, from: "", by: "console" }];
  });
}

/** What was run through sudo (sudoers(5), "Accepted command log entries"). Refused commands ran nothing and are left out. */
export function sudoCommandsIn(messages: readonly LogMessage[]): LoggedCommand[] {
  return messages.flatMap(({ time, program, text }) => {
    if (program !== "sudo") return [];
    const [, user, fields, command] = /^\s*(\S+) : (.*?\bTTY=.*?|.*?\bPWD=.*?); COMMAND=(.+)$/.exec(text) ?? [];
    if (user === undefined || command === undefined || !/(^|; ?)(TTY|PWD|HOST)=/.test(fields!)) return [];
    if (/command not allowed|incorrect password|NOT in sudoers|user NOT/.test(fields!)) return [];
    return [{ time, user, as: /\bUSER=(\S+)/.exec(fields!)?.[1] ?? "root", command }];
  });
}
