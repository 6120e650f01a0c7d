import { describe, expect, it } from "vitest";
import { survivesAnyBytesLater } from "../../../test/hostile-input.ts";
import { type MadeEntry, madeJournal } from "../../../test/made-journal.ts";
import { AppError } from "../../core/errors.ts";
import { sudoCommandsIn } from "./authentication-log.ts";
import { parseJournal } from "./journal.ts";

const programs = new Set(["sudo", "sshd"]);

/** A message of 874 bytes: what journald compresses. */
const long = `dev : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/usr/bin/docker exec web sh ${"-c long ".repeat(100)}`;
/** The same with its field's name as `xz -0 --check=none` and `zstd --no-check` write it. */
const xz = Buffer.from(
  "/Td6WFoAAAD/EtlBA8Bn8gYhAQwAAAAA8cnQh+ADcQBfXQAmkUas0G90uKYHHuMaIcGW7yy9XZn9QD8yGIzkd556IQumNdSsC3XmUi7cv98v/i84j+w++lHI+6H3Stzjbe8zKTpqxsLOou9x++TolLXKnfvTI/K/TX/3cQ4Hdy6TAAAAAAF38gYAAABFte3CqAAK/AIAAAAAAFla",
  "base64",
);
const zstd = Buffer.from(
  "KLUv/QBY9QIAkgUVG1BNdS/Ekk3ysGhlMSgZKnQsCJQQyqtpzMzMEArYjjvlC/nGkjue8CM3XD+FjKZRQnTR4ChFCNx8dsc1pHW4uS5CFG6+qJyPTTB2wCP8NgnOWkkFAQCZxVUlCg==",
  "base64",
);

/** A size and one block of the LZ4 Block Format that is nothing but literals. */
function lz4(text: string): Buffer {
  const rest = text.length - 15;
  const lengths = [...Array<number>(Math.floor(rest / 255)).fill(255), rest % 255];
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([size, Uint8Array.of(0xf0, ...lengths), Buffer.from(text)]);
}

const compressions = [
  ["xz", 1, xz],
  ["lz4", 2, lz4(`MESSAGE=${long}`)],
  ["zstd", 4, zstd],
] as const;

const entries: readonly MadeEntry[] = [
  {
    time: 1_768_467_900,
    fields: [
      "MESSAGE=dev : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/usr/bin/docker exec web sh",
      "SYSLOG_IDENTIFIER=sudo",
    ],
  },
  { time: 1_768_467_901, fields: ["SYSLOG_IDENTIFIER=cron", "MESSAGE=not asked for"] },
  {
    time: 1_768_467_902,
    fields: ["SYSLOG_IDENTIFIER=sudo", "MESSAGE="],
    compressed: { flags: 4, bytes: zstd },
  },
  {
    time: 1_768_467_903,
    fields: ["SYSLOG_IDENTIFIER=sshd", "MESSAGE=Accepted publickey for dev from 192.0.2.7 port 1 ssh2"],
  },
];

describe.each([false, true])("a journal (compact: %s)", (compact) => {
  const bytes = madeJournal(entries, compact);

  it("gives the messages of the named programs", async () => {
    const messages = await parseJournal(bytes, "j", programs);
    expect(messages.map(({ time, program }) => [time, program])).toEqual([
      [1_768_467_900, "sudo"],
      [1_768_467_902, "sudo"],
      [1_768_467_903, "sshd"],
    ]);
    expect(messages[1]!.text).toBe(long);
    expect(sudoCommandsIn(messages)).toMatchObject([
      { user: "dev", command: "/usr/bin/docker exec web sh" },
      { user: "dev", command: expect.stringMatching(/^\/usr\/bin\/docker exec web sh -c long/) },
    ]);
  });

  it.each(compressions)("reads a message that %s compressed", async (_name, flags, payload) => {
    const made = madeJournal(
      [{ time: 1, fields: ["MESSAGE=", "SYSLOG_IDENTIFIER=sudo"], compressed: { flags, bytes: payload } }],
      compact,
    );
    expect(await parseJournal(made, "j", programs)).toEqual([{ time: 1, program: "sudo", text: long }]);
  });

  it.each(compressions)("refuses a message whose %s is damaged, or compressed twice", async (_name, flags, payload) => {
    const damaged = (of: number, given: Uint8Array) =>
      madeJournal(
        [{ time: 1, fields: ["MESSAGE=", "SYSLOG_IDENTIFIER=sudo"], compressed: { flags: of, bytes: given } }],
        compact,
      );
    await expect(parseJournal(damaged(flags, payload.subarray(0, 40)), "j", programs)).rejects.toThrow(AppError);
    await expect(parseJournal(damaged(7, payload), "j", programs)).rejects.toThrow(/unknown way/);
  });

  it("keeps 64 KiB of a message, and refuses one that claims more than a block can hold", async () => {
    const of = (payload: Buffer) =>
      madeJournal(
        [{ time: 1, fields: ["MESSAGE=", "SYSLOG_IDENTIFIER=sudo"], compressed: { flags: 2, bytes: payload } }],
        compact,
      );
    const [message] = await parseJournal(of(lz4(`MESSAGE=${"x".repeat(100_000)}`)), "j", programs);
    expect(message!.text).toHaveLength(65_536);
    const claims = lz4(`MESSAGE=${long}`);
    claims.writeBigUInt64LE(2n ** 40n);
    await expect(parseJournal(of(claims), "j", programs)).rejects.toThrow(/bytes of one compressed field/);
    claims.writeBigUInt64LE(10n);
    await expect(parseJournal(of(claims), "j", programs)).rejects.toThrow(/instead of 10/);
  });

  it("is refused where it is none or ends within an object", async () => {
    await expect(parseJournal(Buffer.from("text"), "j", programs)).rejects.toThrow(AppError);
    const cut = bytes.subarray(0, 264 + 100);
    await expect(parseJournal(cut, "j", programs)).rejects.toThrow(/reaches beyond the end/);
  });

  it("survives any bytes", async () => {
    await survivesAnyBytesLater((input) => parseJournal(input, "j", programs), bytes);
  });
});
