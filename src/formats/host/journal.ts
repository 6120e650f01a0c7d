import { corrupt, limitExceeded } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import type { LogMessage } from "./authentication-log.ts";
import { journalPayload } from "./journal-payload.ts";

const signature = "LPKSHHRH";
/** Object types and where their parts lie (systemd, docs/JOURNAL_FILE_FORMAT.md). */
const dataType = 1;
const entryType = 3;
const objectHeader = 16;
const leastHeader = 208;
const compactFlag = 16;
const compressedFlags = 7;
const identifierField = "SYSLOG_IDENTIFIER=";
const messageField = "MESSAGE=";
/** Bytes of one message that are kept. */
const longestMessage = 65_536;
/** Characters of all messages of one journal together: entries without number may point at one long message. */
const mostText = 256 * 1024 ** 2;

/**
 * Messages of the named programs in a file of systemd's journal, in the order of writing. Reads the objects one after another, as its hash tables may be damaged.
 * Compressed messages, as those above 512 bytes are, are read up to 64 KiB. Throws `CORRUPT_INPUT`, `LIMIT_EXCEEDED`.
 */
export async function parseJournal(
  bytes: Uint8Array,
  name: string,
  programs: ReadonlySet<string>,
): Promise<LogMessage[]> {
  const file = new JournalFile(bytes, name);
  const identifiers = new Map<number, string>();
  const messages: LogMessage[] = [];
  let characters = 0;
  for (const { at, type, size } of file.objects()) {
    if (type === dataType) {
      const program = file.field(at, size, identifierField);
      if (program !== undefined && programs.has(program)) identifiers.set(at, program);
    } else if (type === entryType) {
      const message = await messageOf(file, at, size, identifiers);
      if (!message) continue;
      messages.push(message);
      characters += message.text.length;
      if (messages.length > limits.records) throw limitExceeded(name, `${limits.records} messages`);
      if (characters > mostText) throw limitExceeded(name, `${mostText} characters of messages`);
    }
  }
  return messages;
}

async function messageOf(
  file: JournalFile,
  at: number,
  size: number,
  identifiers: ReadonlyMap<number, string>,
): Promise<LogMessage | undefined> {
  const items = file.items(at, size);
  const program = items.map((item) => identifiers.get(item)).find((found) => found !== undefined);
  if (program === undefined) return undefined;
  for (const item of items) {
    const text = file.fieldAt(item, messageField);
    if (text !== undefined) return { time: file.time(at), program, text };
  }
  // Fields in clear are looked at first: they cost nothing.
  for (const item of items) {
    const text = await file.compressedFieldAt(item, messageField);
    if (text !== undefined) return { time: file.time(at), program, text };
  }
  return undefined;
}

class JournalFile {
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  readonly #name: string;
  readonly #start: number;
  readonly #end: number;
  readonly #payload: number;
  readonly #itemSize: number;

  constructor(bytes: Uint8Array, name: string) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#bytes = bytes;
    this.#name = name;
    if (bytes.length < leastHeader || Buffer.from(bytes.subarray(0, 8)).toString("latin1") !== signature)
      throw corrupt(name, "is no file of systemd's journal", 0);
    const compact = (this.#view.getUint32(12, true) & compactFlag) !== 0;
    this.#payload = compact ? 72 : 64;
    this.#itemSize = compact ? 4 : 16;
    this.#start = this.#number(88);
    if (this.#start < leastHeader || this.#start > bytes.length)
      throw corrupt(name, `a header of ${this.#start} bytes`, 88);
    // A journal is made larger than what is in it; what was cut off ends it.
    this.#end = Math.min(bytes.length, this.#start + this.#number(96));
  }

  /** Every object from the first on. One that is still unused ends them. */
  *objects(): Generator<{ at: number; type: number; size: number }> {
    for (let at = this.#start; at + objectHeader <= this.#end; ) {
      const type = this.#bytes[at]!;
      const size = this.#number(at + 8);
      if (type === 0 && size === 0) return;
      if (size < objectHeader) throw corrupt(this.#name, `an object of ${size} bytes`, at);
      if (at + size > this.#end) throw corrupt(this.#name, `an object of ${size} bytes reaches beyond the end`, at);
      yield { at, type, size };
      at += Math.ceil(size / 8) * 8;
    }
  }

  /** What follows the beginning in a data object; undefined where it begins otherwise or is compressed. */
  field(at: number, size: number, beginning: string): string | undefined {
    if ((this.#bytes[at + 1]! & compressedFlags) !== 0 || size < this.#payload + beginning.length) return undefined;
    const start = at + this.#payload;
    for (let index = 0; index < beginning.length; index++)
      if (this.#bytes[start + index] !== beginning.charCodeAt(index)) return undefined;
    const end = Math.min(at + size, start + beginning.length + longestMessage);
    return Buffer.from(this.#bytes.subarray(start + beginning.length, end)).toString("utf8");
  }

  /** As `field`, of an object that an entry points at: whatever it points at may be wrong. */
  fieldAt(at: number, beginning: string): string | undefined {
    if (at < this.#start || at + objectHeader > this.#end || this.#bytes[at] !== dataType) return undefined;
    const size = this.#number(at + 8);
    return size < objectHeader || at + size > this.#end ? undefined : this.field(at, size, beginning);
  }

  /** As `fieldAt`, of an object that is compressed; undefined for one that is not. */
  async compressedFieldAt(at: number, beginning: string): Promise<string | undefined> {
    if (at < this.#start || at + objectHeader > this.#end || this.#bytes[at] !== dataType) return undefined;
    const flags = this.#bytes[at + 1]! & compressedFlags;
    const size = this.#number(at + 8);
    if (flags === 0 || size < this.#payload || at + size > this.#end) return undefined;
    const payload = this.#bytes.subarray(at + this.#payload, at + size);
    const content = Buffer.from(await journalPayload(flags, payload, this.#name, beginning.length + longestMessage));
    if (content.subarray(0, beginning.length).toString("latin1") !== beginning) return undefined;
    return content.toString("utf8", beginning.length);
  }

  /** Where the data objects of an entry lie. */
  items(at: number, size: number): number[] {
    const found: number[] = [];
    for (let item = at + 64; item + this.#itemSize <= at + size; item += this.#itemSize)
      found.push(this.#itemSize === 4 ? this.#view.getUint32(item, true) : this.#number(item));
    return found;
  }

  /** When an entry was written, in seconds since 1970-01-01 UTC. */
  time(at: number): number {
    return Math.floor(this.#number(at + 24) / 1e6);
  }

  #number(at: number): number {
    if (at + 8 > this.#bytes.length) throw corrupt(this.#name, "ends within a number", at);
    return Number(this.#view.getBigUint64(at, true));
  }
}
