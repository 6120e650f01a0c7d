import { describe, expect, it } from "vitest";
import { survivesAnyBytes } from "../../../test/hostile-input.ts";
import { AppError } from "../../core/errors.ts";
import { sudoCommandsIn } from "./authentication-log.ts";
import { parseJournal } from "./journal.ts";

const programs = new Set(["sudo", "sshd"]);

interface MadeEntry {
  readonly time: number;
  readonly fields: readonly string[];
  /** Marks its message as compressed by zstd. */
  readonly compressed?: boolean;
}

/** A file of the journal as journald lays it out, regular or compact, without its hash tables. */
function madeJournal(entries: readonly MadeEntry[], compact: boolean): Buffer {
  const start = 264;
  const parts: Buffer[] = [];
  let at = start;
  const add = (type: number, flags: number, body: Buffer): number => {
    const object = Buffer.alloc(Math.ceil((16 + body.length) / 8) * 8);
    object[0] = type;
    object[1] = flags;
    object.writeBigUInt64LE(BigInt(16 + body.length), 8);
    body.copy(object, 16);
    parts.push(object);
    at += object.length;
    return at - object.length;
  };
  for (const { time, fields, compressed } of entries) {
    const offsets = fields.map((field) =>
      add(
        1,
        compressed && field.startsWith("MESSAGE=") ? 4 : 0,
        Buffer.concat([Buffer.alloc(compact ? 56 : 48), Buffer.from(field)]),
      ),
    );
    const body = Buffer.alloc(48 + offsets.length * (compact ? 4 : 16));
    body.writeBigUInt64LE(BigInt(time) * 1_000_000n, 8);
    offsets.forEach((offset, index) => {
      if (compact) body.writeUInt32LE(offset, 48 + index * 4);
      else body.writeBigUInt64LE(BigInt(offset), 48 + index * 16);
    });
    add(3, 0, body);
  }
  const header = Buffer.alloc(start);
  header.write("LPKSHHRH", 0, "latin1");
  header.writeUInt32LE(compact ? 16 : 0, 12);
  header.writeBigUInt64LE(BigInt(start), 88);
  header.writeBigUInt64LE(BigInt(at - start + 1024), 96);
  return Buffer.concat([header, ...parts, Buffer.alloc(1024)]);
}

const entries: readonly MadeEntry[] = [
  {
    time: 1_768_467_900,
    fields: [
      "MESSAGE=dev : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/usr/bin/docker exec web sh",
      "SYSLOG_IDENTIFIER=sudo",
    ],
  },
  { time: 1_768_467_901, fields: ["SYSLOG_IDENTIFIER=cron", "MESSAGE=not asked for"] },
  { time: 1_768_467_902, fields: ["SYSLOG_IDENTIFIER=sshd", "MESSAGE=long"], compressed: true },
  {
    time: 1_768_467_903,
    fields: ["SYSLOG_IDENTIFIER=sshd", "MESSAGE=Accepted publickey for dev from 192.0.2.7 port 1 ssh2"],
  },
];

describe.each([false, true])("a journal (compact: %s)", (compact) => {
  const bytes = madeJournal(entries, compact);

  it("gives the messages of the named programs", () => {
    const messages = parseJournal(bytes, "j", programs);
    expect(messages.map(({ time, program }) => [time, program])).toEqual([
      [1_768_467_900, "sudo"],
      [1_768_467_903, "sshd"],
    ]);
    expect(sudoCommandsIn(messages)).toMatchObject([{ user: "dev", command: "/usr/bin/docker exec web sh" }]);
  });

  it("is refused where it is none or ends within an object", () => {
    expect(() => parseJournal(Buffer.from("text"), "j", programs)).toThrow(AppError);
    const cut = bytes.subarray(0, 264 + 100);
    expect(() => parseJournal(cut, "j", programs)).toThrow(/reaches beyond the end/);
  });

  it("survives any bytes", () => {
    survivesAnyBytes((input) => parseJournal(input, "j", programs), bytes);
  });
});
