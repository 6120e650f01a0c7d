import { describe, expect, it } from "vitest";
import { survivesAnyBytes } from "../../../test/hostile-input.ts";
import { madeJournal } from "../../../test/made-journal.ts";
import { AppError } from "../../core/errors.ts";
import { parseJournalHeader } from "./journal-header.ts";

describe("the header of a journal", () => {
  it("says whether it is sealed and in which state it is", () => {
    expect(parseJournalHeader(madeJournal([], true, true), "j")).toEqual({ sealed: true, state: "offline" });
    const online = madeJournal([], false);
    online[16] = 1;
    expect(parseJournalHeader(online, "j")).toEqual({ sealed: false, state: "online" });
  });

  it("is refused where it is none, too short or in no known state", () => {
    const bytes = madeJournal([], false);
    expect(() => parseJournalHeader(bytes.subarray(0, 16), "j")).toThrow(AppError);
    expect(() => parseJournalHeader(Buffer.alloc(64), "j")).toThrow(/no file of systemd/);
    bytes[16] = 9;
    expect(() => parseJournalHeader(bytes, "j")).toThrow(/state 9/);
  });

  it("survives any bytes", () => {
    survivesAnyBytes((input) => parseJournalHeader(input, "j"), madeJournal([], false).subarray(0, 64));
  });
});
