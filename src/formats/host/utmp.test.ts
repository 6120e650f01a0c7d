import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { survivesAnyBytes } from "../../../test/hostile-input.ts";
import { parseLoginRecords } from "./utmp.ts";

interface Entry {
  readonly type: number;
  readonly user: string;
  readonly line: string;
  readonly host: string;
  readonly time: number;
}

/** A record of the layout with 32-bit times (384 bytes) or 64-bit ones (400). */
function record(entry: Entry, long: boolean): Buffer {
  const bytes = Buffer.alloc(long ? 400 : 384);
  bytes.writeUInt16LE(entry.type, 0);
  bytes.writeInt32LE(4711, 4);
  bytes.write(entry.line, 8, 32);
  bytes.write(entry.user, 44, 32);
  bytes.write(entry.host, 76, 256);
  if (long) bytes.writeBigInt64LE(BigInt(entry.time), 344);
  else bytes.writeUInt32LE(entry.time, 340);
  bytes.set([192, 0, 2, 7], long ? 360 : 348);
  return bytes;
}

const sample: Entry = { type: 7, user: "root", line: "pts/0", host: "198.51.100.1", time: 1_700_000_000 };

describe("login records", () => {
  it.each([false, true])("reads both layouts (64-bit times: %s)", (long) => {
    expect(
      parseLoginRecords(
        Buffer.concat([record({ ...sample, type: 2, user: "reboot" }, long), record(sample, long)]),
        "wtmp",
      )[1],
    ).toEqual({
      type: "user",
      pid: 4711,
      line: "pts/0",
      user: "root",
      host: "198.51.100.1",
      address: "192.0.2.7",
      time: 1_700_000_000,
    });
  });

  it("reads back whatever was written", () => {
    const text = fc.stringMatching(/^[ -~]{0,31}$/);
    const entry = fc.record({
      type: fc.integer({ min: 0, max: 9 }),
      user: text,
      line: text,
      host: text,
      time: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
    });
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 8 }), fc.boolean(), (entries, long) => {
        const records = parseLoginRecords(Buffer.concat(entries.map((one) => record(one, long))), "wtmp");
        expect(records.map(({ user, line, host, time }) => ({ user, line, host, time }))).toEqual(
          entries.map(({ user, line, host, time }) => ({ user, line, host, time })),
        );
      }),
    );
  });

  it("refuses a file of another length", () => {
    expect(() => parseLoginRecords(new Uint8Array(383), "wtmp")).toThrow(
      expect.objectContaining({ code: "CORRUPT_INPUT" }),
    );
  });

  it("answers any bytes", () => {
    survivesAnyBytes(
      (bytes) => parseLoginRecords(bytes, "wtmp"),
      Buffer.concat([record(sample, false), record(sample, false)]),
    );
  });
});
