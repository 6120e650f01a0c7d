import { corrupt, limitExceeded } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import { type ColumnValue, parseRecord, SqliteFile } from "../sqlite.ts";

/** One record of a database of wtmpdb, which keeps sessions past the year 2038 (wtmpdb(8)). */
export interface WtmpdbRecord {
  readonly type: "boot" | "run-level" | "user" | "other";
  readonly user: string;
  /** Seconds since 1970-01-01 UTC, whole. */
  readonly login: number;
  /** The same; undefined while the session lasts. */
  readonly logout: number | undefined;
  readonly line: string;
  /** Where from; empty for a local session. */
  readonly host: string;
  /** PAM service that made the record. */
  readonly service: string;
}

/** The last logon of one account (lastlog2(8), lastlog(8)). */
export interface LastLogin {
  /** Name, or the number of the account in the older file, which has no names. */
  readonly user: string | number;
  /** Seconds since 1970-01-01 UTC. */
  readonly time: number;
  readonly line: string;
  readonly host: string;
}

const wtmpdbTypes: Readonly<Record<number, WtmpdbRecord["type"]>> = { 1: "boot", 2: "run-level", 3: "user" };

/** Reads a database of wtmpdb: sessions in the order in which they were written. Throws `CORRUPT_INPUT` where it is none. */
export function parseWtmpdb(bytes: Uint8Array, name: string): WtmpdbRecord[] {
  return rowsOf(bytes, "wtmp", name).map(([, type, user, login, logout, line, host, service]) => {
    if (typeof type !== "number" || typeof user !== "string" || typeof login !== "number")
      throw corrupt(name, "a row of the table wtmp is no session");
    return {
      type: wtmpdbTypes[type] ?? "other",
      user,
      login: Math.floor(login / 1e6),
      logout: typeof logout === "number" ? Math.floor(logout / 1e6) : undefined,
      line: textOf(line),
      host: textOf(host),
      service: textOf(service),
    };
  });
}

/** Reads a database of lastlog2. Throws `CORRUPT_INPUT` where it is none. */
export function parseLastlog2(bytes: Uint8Array, name: string): LastLogin[] {
  return rowsOf(bytes, "Lastlog2", name).map(([user, time, line, host]) => {
    if (typeof user !== "string" || typeof time !== "number")
      throw corrupt(name, "a row of the table Lastlog2 is no logon");
    return { user, time, line: textOf(line), host: textOf(host) };
  });
}

function rowsOf(bytes: Uint8Array, table: string, name: string): ColumnValue[][] {
  const file = new SqliteFile(bytes, name);
  const root = file.rootOf(table);
  if (root === undefined) throw corrupt(name, `has no table ${table}`);
  const rows: ColumnValue[][] = [];
  for (const { cell } of file.cells(root)) {
    if (rows.length >= limits.records) throw limitExceeded(name, `${limits.records} records`);
    rows.push(parseRecord(file.record(cell), name));
  }
  return rows;
}

function textOf(value: ColumnValue | undefined): string {
  return typeof value === "string" ? value : "";
}

const lastlogSize = 292;

/** Reads the older lastlog: a record for each account at its number's place, little-endian; those who never logged on are left out. Throws `CORRUPT_INPUT`. */
export function parseLastlog(bytes: Uint8Array, name: string): LastLogin[] {
  if (bytes.length % lastlogSize !== 0) throw corrupt(name, `${bytes.length} bytes are no whole number of records`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const logins: LastLogin[] = [];
  for (let at = 0; at < bytes.length; at += lastlogSize) {
    const time = view.getUint32(at, true);
    if (time === 0) continue;
    if (logins.length >= limits.records) throw limitExceeded(name, `${limits.records} records`);
    logins.push({
      user: at / lastlogSize,
      time,
      line: paddedText(bytes.subarray(at + 4, at + 36)),
      host: paddedText(bytes.subarray(at + 36, at + lastlogSize)),
    });
  }
  return logins;
}

function paddedText(field: Uint8Array): string {
  const end = field.indexOf(0);
  return Buffer.from(end < 0 ? field : field.subarray(0, end)).toString("utf8");
}
