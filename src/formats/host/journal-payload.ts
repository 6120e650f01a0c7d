import { corrupt, limitExceeded } from "../../core/errors.ts";
import { decompressLz4, xxh32 } from "../lz4.ts";
import { unxz } from "../xz.ts";
import { unzstd } from "../zstd.ts";

/** How a data object of the journal is compressed: flags of its object header (systemd, docs/JOURNAL_FILE_FORMAT.md). */
export const journalCompressions = { xz: 1, lz4: 2, zstd: 4 } as const;

/** Largest block of an LZ4 frame, so the most that one field may hold in it. */
const largestBlock = 4 * 1024 ** 2;

/**
 * The beginning of a compressed payload of the journal, `mostBytes` of it at most. `flags` are those of its object; more than one compression at a time is
 * damage. Throws `CORRUPT_INPUT`, `LIMIT_EXCEEDED`.
 */
export async function journalPayload(
  flags: number,
  payload: Uint8Array,
  name: string,
  mostBytes: number,
): Promise<Uint8Array> {
  switch (flags & 7) {
    case journalCompressions.xz:
      return beginning(unxz(once(payload), name), mostBytes);
    case journalCompressions.lz4:
      return lz4Payload(payload, name).subarray(0, mostBytes);
    case journalCompressions.zstd:
      return beginning(unzstd(once(payload), name), mostBytes);
    default:
      throw corrupt(name, `an object compressed in an unknown way (${flags})`);
  }
}

/** The size of the content, eight bytes, then one bare block: put into a frame here, as that is what is read. */
function lz4Payload(payload: Uint8Array, name: string): Uint8Array {
  if (payload.length < 9) throw corrupt(name, "a compressed object without content");
  const size = Number(new DataView(payload.buffer, payload.byteOffset, 8).getBigUint64(0, true));
  if (size > largestBlock) throw limitExceeded(name, `${largestBlock} bytes of one compressed field`);
  const block = payload.subarray(8);
  // Version 1 with independent blocks of at most 4 MB; no checksums but the header's.
  const descriptor = Uint8Array.of(0x60, 0x70);
  const frame = Buffer.alloc(15 + block.length);
  frame.writeUInt32LE(0x184d2204, 0);
  frame.set(descriptor, 4);
  frame[6] = (xxh32(descriptor) >>> 8) & 0xff;
  frame.writeUInt32LE(block.length, 7);
  frame.set(block, 11);
  const content = decompressLz4(frame, name, largestBlock);
  if (content.length !== size) throw corrupt(name, `a compressed object of ${content.length} bytes instead of ${size}`);
  return content;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield bytes;
}

/** Stops as soon as enough came out: a small payload may hold gigabytes. */
async function beginning(pieces: AsyncIterable<Uint8Array>, mostBytes: number): Promise<Uint8Array> {
  const kept: Uint8Array[] = [];
  let size = 0;
  for await (const piece of pieces) {
    kept.push(piece.slice(0, mostBytes - size));
    size += piece.length;
    if (size >= mostBytes) break;
  }
  return Buffer.concat(kept);
}
