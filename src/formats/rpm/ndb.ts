import { corrupt } from "../../core/errors.ts";
import { BytesView } from "./bytes-view.ts";

const headerMagic = 0x506d7052; // "RpmP"
const slotMagic = 0x746f6c53; // "Slot"
const blobMagic = 0x53626c42; // "BlbS"
const pageSize = 4096;
const slotSize = 16;
/** Slots 0 and 1 of the first page hold the database's own header. */
const firstSlot = 2;
const blockSize = 16;
const blobHeaderSize = 16;

/** Whether the bytes begin as a database of rpm's ndb backend. */
export function isNdb(bytes: Uint8Array): boolean {
  return bytes.length >= 32 && new BytesView(bytes, "ndb", true).u32(0) === headerMagic;
}

/**
 * The header blobs of an ndb database (`Packages.db`; rpm lib/backend/ndb/rpmpkg.c): 4,096-byte pages of slots, each of which names a
 * package's blocks. Little-endian. Throws `CORRUPT_INPUT` when a slot names what is not there.
 */
export function* ndbBlobs(bytes: Uint8Array, name: string): Generator<Uint8Array> {
  const view = new BytesView(bytes, name, true);
  if (!isNdb(bytes)) throw corrupt(name, "does not begin as an ndb database", 0);
  if (view.u32(4) !== 0) throw corrupt(name, `ndb version ${view.u32(4)} is unknown`, 4);
  const slotPages = view.u32(12);
  if (slotPages === 0 || slotPages * pageSize > bytes.length)
    throw corrupt(name, `${slotPages} pages of slots do not fit`, 12);
  let total = 0;
  for (let at = firstSlot * slotSize; at < slotPages * pageSize; at += slotSize) {
    if (view.u32(at) !== slotMagic) throw corrupt(name, "slot without its mark", at);
    const packageIndex = view.u32(at + 4);
    // Freed slots keep their mark and name package 0.
    if (packageIndex === 0) continue;
    const blob = blobAt(view, name, view.u32(at + 8) * blockSize, packageIndex);
    total += blob.length;
    if (total > bytes.length) throw corrupt(name, "slots share their blocks", at);
    yield blob;
  }
}

function blobAt(view: BytesView, name: string, start: number, packageIndex: number): Uint8Array {
  if (view.u32(start) !== blobMagic) throw corrupt(name, "blob without its mark", start);
  if (view.u32(start + 4) !== packageIndex)
    throw corrupt(name, `blob of package ${view.u32(start + 4)}, not ${packageIndex}`, start + 4);
  return view.slice(start + blobHeaderSize, view.u32(start + 12));
}
