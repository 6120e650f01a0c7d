import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { AppError } from "../../core/errors.ts";
import { describesCode, ElfFile, sectionTablePlace } from "../../formats/elf.ts";

/** Smaller programs are read whole: nothing is won. */
const smallest = 8 * 1024 ** 2;
const headSize = 64;
/** Section names are short and few. */
const largestNames = 65_536;
const noBits = 8;

/**
 * The bytes of a large program without its instructions and symbols, which are zeros instead: every offset stays, and memory that nothing was written
 * to costs none. Undefined for what is no such program or cannot be read this way; it is then to be read whole. `path` is a path on this machine.
 */
export function programWithoutCode(path: string, maxBytes: number): Uint8Array<ArrayBuffer> | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const { size } = fstatSync(file);
    return size < smallest || size > maxBytes ? undefined : partsOf(file, size, path);
  } catch (error) {
    // Whoever reads the file whole tells what is wrong with it.
    if (error instanceof AppError || (error instanceof Error && "code" in error)) return undefined;
    throw error;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function partsOf(file: number, size: number, path: string): Uint8Array<ArrayBuffer> | undefined {
  const head = Buffer.alloc(headSize);
  readSync(file, head, 0, headSize, 0);
  const table = sectionTablePlace(head);
  if (table === undefined || table.offset + table.size > size) return undefined;
  const bytes = Buffer.alloc(size);
  const read = (offset: number, length: number) => readPart(file, bytes, offset, Math.min(length, size - offset));
  read(0, largestNames);
  read(table.offset, table.size);
  const names = new ElfFile(bytes, path).sections[table.names];
  if (names === undefined || names.size > largestNames) return undefined;
  read(names.offset, names.size);
  for (const section of new ElfFile(bytes, path).sections)
    if (section.type !== noBits && !describesCode(section)) read(section.offset, section.size);
  return bytes;
}

function readPart(file: number, bytes: Buffer, offset: number, length: number): void {
  for (let done = 0; done < length; ) {
    const count = readSync(file, bytes, offset + done, length - done, offset + done);
    if (count === 0) return;
    done += count;
  }
}
