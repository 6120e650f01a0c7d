import { describe, expect, it } from "vitest";
import { survivesAnyBytes } from "../../../test/hostile-input.ts";
import { parseLastlog, parseLastlog2, parseWtmpdb } from "./login-database.ts";

/** A column of a record: NULL, a number of eight bytes or text of up to 57 bytes. */
type Column = null | number | string;

/** A database of two pages: the schema and one table with these rows (SQLite database file format). */
function database(table: string, rows: readonly (readonly Column[])[]): Buffer {
  const pages = Buffer.alloc(8_192);
  pages.write("SQLite format 3\0", 0, "latin1");
  pages.writeUInt16BE(4_096, 16);
  pages.writeUInt32BE(1, 56);
  leaf(pages.subarray(0, 4_096), 100, [["table", table, table, 2, "CREATE"]]);
  leaf(pages.subarray(4_096), 0, rows);
  return pages;
}

function leaf(page: Buffer, start: number, rows: readonly (readonly Column[])[]): void {
  page[start] = 0x0d;
  page.writeUInt16BE(rows.length, start + 3);
  let end = page.length;
  for (const [index, row] of rows.entries()) {
    const record = recordOf(row);
    end -= record.length + 3;
    page.set([0x80 | (record.length >> 7), record.length & 0x7f, index + 1], end);
    page.set(record, end + 3);
    page.writeUInt16BE(end, start + 8 + index * 2);
  }
}

function recordOf(row: readonly Column[]): Buffer {
  const types = row.map((column) => (column === null ? 0 : typeof column === "number" ? 6 : 13 + 2 * column.length));
  const bodies = row.map((column) => {
    if (column === null) return Buffer.alloc(0);
    if (typeof column === "string") return Buffer.from(column);
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64BE(BigInt(column));
    return bytes;
  });
  return Buffer.concat([Buffer.from([types.length + 1, ...types]), ...bodies]);
}

const sessions = database("wtmp", [
  [null, 1, "reboot", 1_748_772_000_000_000, null, "~", "6.1.0", null],
  [null, 3, "alice", 1_748_773_230_500_000, 1_748_776_830_000_000, "pts/0", "198.51.100.7", "sshd"],
]);
const lasts = database("Lastlog2", [["bob", 1_748_780_430, "pts/1", "host.example", "sshd"]]);

function lastlogRecord(time: number, line: string, host: string): Buffer {
  const bytes = Buffer.alloc(292);
  bytes.writeUInt32LE(time, 0);
  bytes.write(line, 4, 32);
  bytes.write(host, 36, 256);
  return bytes;
}
const older = Buffer.concat([lastlogRecord(0, "", ""), lastlogRecord(1_748_780_430, "tty1", "")]);

describe("login databases", () => {
  it("reads sessions of wtmpdb", () => {
    expect(parseWtmpdb(sessions, "wtmp.db")).toEqual([
      { type: "boot", user: "reboot", login: 1_748_772_000, logout: undefined, line: "~", host: "6.1.0", service: "" },
      {
        type: "user",
        user: "alice",
        login: 1_748_773_230,
        logout: 1_748_776_830,
        line: "pts/0",
        host: "198.51.100.7",
        service: "sshd",
      },
    ]);
  });

  it("reads last logons, old and new", () => {
    expect(parseLastlog2(lasts, "x")).toEqual([
      { user: "bob", time: 1_748_780_430, line: "pts/1", host: "host.example" },
    ]);
    expect(parseLastlog(older, "x")).toEqual([{ user: 1, time: 1_748_780_430, line: "tty1", host: "" }]);
  });

  it.each([
    ["another table", () => parseWtmpdb(lasts, "x")],
    ["a row that is no session", () => parseWtmpdb(database("wtmp", [["x"]]), "x")],
    ["a row that is no logon", () => parseLastlog2(database("Lastlog2", [[1, "x"]]), "x")],
    ["no database", () => parseWtmpdb(new Uint8Array(400), "x")],
    ["part of a record", () => parseLastlog(new Uint8Array(291), "x")],
  ])("refuses %s", (_, parse) => {
    expect(parse).toThrow(expect.objectContaining({ code: "CORRUPT_INPUT" }));
  });

  it("answers any bytes", () => {
    survivesAnyBytes((bytes) => parseWtmpdb(bytes, "x"), sessions);
    survivesAnyBytes((bytes) => parseLastlog2(bytes, "x"), lasts);
    survivesAnyBytes((bytes) => parseLastlog(bytes, "x"), older);
  });
});
