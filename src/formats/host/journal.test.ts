import { describe, expect, it } from "vitest";
import { survivesAnyBytes } from "../../../test/hostile-input.ts";
import { type MadeEntry, madeJournal } from "../../../test/made-journal.ts";
import { AppError } from "../../core/errors.ts";
import { sudoCommandsIn } from "./authentication-log.ts";
import { parseJournal } from "./journal.ts";

const programs = new Set(["sudo", "sshd"]);

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
