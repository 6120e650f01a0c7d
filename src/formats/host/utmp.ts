import { corrupt, limitExceeded } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";

/** One record of utmp, wtmp or btmp (utmp(5)). */
export interface LoginRecord {
  readonly type:
    | "empty"
    | "run-level"
    | "boot"
    | "new-time"
    | "old-time"
    | "init"
    | "login"
    | "user"
    | "dead"
    | "accounting";
  readonly pid: number;
  /** Terminal: `pts/0`, `tty1`, `ssh:notty`. */
  readonly line: string;
  readonly user: string;
  /** Where from: a host name or address, the kernel release for a boot. */
  readonly host: string;
  /** Address in text, where one is recorded. */
  readonly address: string | undefined;
  /** Seconds since 1970-01-01 UTC. */
  readonly time: number;
}

const types = [
  "empty",
  "run-level",
  "boot",
  "new-time",
  "old-time",
  "init",
  "login",
  "user",
  "dead",
  "accounting",
] as const;

interface Layout {
  readonly size: number;
  readonly time: number;
  readonly longTime: boolean;
  readonly address: number;
}
/** glibc keeps 32-bit times on most machines and 64-bit ones on some (aarch64): the records differ in length. */
const layouts: readonly Layout[] = [
  { size: 384, time: 340, longTime: false, address: 348 },
  { size: 400, time: 344, longTime: true, address: 360 },
];

/** Reads a file of login records of either layout, little-endian. Throws `CORRUPT_INPUT` where the length fits neither or a record has no known type. */
export function parseLoginRecords(bytes: Uint8Array, name: string): LoginRecord[] {
  if (bytes.length === 0) return [];
  const fitting = layouts.filter((layout) => bytes.length % layout.size === 0);
  if (fitting.length === 0) throw corrupt(name, `${bytes.length} bytes are no whole number of login records`);
  const layout = fitting.find((candidate) => isPlausible(bytes, candidate)) ?? fitting[0]!;
  if (bytes.length / layout.size > limits.records) throw limitExceeded(name, `${limits.records} records`);
  const records: LoginRecord[] = [];
  for (let at = 0; at < bytes.length; at += layout.size)
    records.push(recordAt(bytes.subarray(at, at + layout.size), layout, name, at));
  return records;
}

function isPlausible(bytes: Uint8Array, layout: Layout): boolean {
  for (let at = 0; at < bytes.length; at += layout.size) if (bytes[at]! > 9 || bytes[at + 1] !== 0) return false;
  return true;
}

function recordAt(record: Uint8Array, layout: Layout, name: string, offset: number): LoginRecord {
  const view = new DataView(record.buffer, record.byteOffset, record.length);
  const type = types[view.getUint16(0, true)];
  if (type === undefined) throw corrupt(name, `a login record has the type ${view.getUint16(0, true)}`, offset);
  return {
    type,
    pid: view.getInt32(4, true),
    line: textAt(record, 8, 32),
    user: textAt(record, 44, 32),
    host: textAt(record, 76, 256),
    address: addressAt(record, layout.address),
    time: layout.longTime ? Number(view.getBigInt64(layout.time, true)) : view.getUint32(layout.time, true),
  };
}

function textAt(record: Uint8Array, start: number, length: number): string {
  const field = record.subarray(start, start + length);
  const end = field.indexOf(0);
  return Buffer.from(end < 0 ? field : field.subarray(0, end)).toString("utf8");
}

/** Four words; an IPv4 address fills the first only. */
function addressAt(record: Uint8Array, start: number): string | undefined {
  const bytes = record.subarray(start, start + 16);
  if (bytes.every((byte) => byte === 0)) return undefined;
  if (bytes.subarray(4).every((byte) => byte === 0)) return bytes.subarray(0, 4).join(".");
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((bytes[index * 2]! << 8) | bytes[index * 2 + 1]!).toString(16),
  );
  return groups.join(":");
}
