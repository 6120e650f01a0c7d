import { corrupt } from "../../core/errors.ts";

/** What the header of a file of systemd's journal says of it. */
export interface JournalHeader {
  /** Whether its entries are sealed with keys that go forward in time (journalctl(1), --setup-keys). */
  readonly sealed: boolean;
  /** Whether it is being written, was closed, or was put away. */
  readonly state: "offline" | "online" | "archived";
}

/** Bytes of a file that tell it. */
export const journalHeaderBytes = 17;

const states = ["offline", "online", "archived"] as const;

/** Reads the beginning of a journal (systemd, docs/JOURNAL_FILE_FORMAT.md, Header). Throws `CORRUPT_INPUT`. */
export function parseJournalHeader(bytes: Uint8Array, name: string): JournalHeader {
  if (bytes.length < journalHeaderBytes || Buffer.from(bytes.subarray(0, 8)).toString("latin1") !== "LPKSHHRH")
    throw corrupt(name, "is no file of systemd's journal", 0);
  const state = states[bytes[16]!];
  if (state === undefined) throw corrupt(name, `a state ${bytes[16]}`, 16);
  return { sealed: (bytes[8]! & 1) !== 0, state };
}
