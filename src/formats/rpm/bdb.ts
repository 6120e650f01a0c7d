import { corrupt } from "../../core/errors.ts";
import { joinBytes } from "../byte-source.ts";
import { BytesView } from "./bytes-view.ts";

const hashMagic = 0x00061561;
const magicOffset = 12;
/** Page types (Berkeley DB dbinc/db_page.h). */
const pageType = { unsortedHash: 2, overflow: 7, hashMeta: 8, hash: 13 } as const;
/** Item types on a hash page. */
const itemType = { inline: 1, offPage: 3 } as const;
const pageHeaderSize = 26;
const offPageItemSize = 12;

/** Whether the bytes begin as a Berkeley DB hash database, of either byte order. */
export function isBdbHash(bytes: Uint8Array): boolean {
  if (bytes.length < 512) return false;
  return [true, false].some((littleEndian) => new BytesView(bytes, "bdb", littleEndian).u32(magicOffset) === hashMagic);
}

/**
 * The header blobs of a Berkeley DB hash database (`Packages` of rpm up to 4.15): every hash page is read, its values follow chains of
 * overflow pages. The record of key 0 is rpm's counter, not a package. Throws `CORRUPT_INPUT` for broken or circular chains.
 */
export function* bdbBlobs(bytes: Uint8Array, name: string): Generator<Uint8Array> {
  const database = new BdbFile(bytes, name);
  for (let page = 1; page <= database.lastPage; page++) yield* database.valuesOn(page);
}

class BdbFile {
  readonly lastPage: number;
  readonly #view: BytesView;
  readonly #name: string;
  readonly #pageSize: number;
  /** Overflow pages that a value was read from; no two values share one. */
  readonly #used = new Set<number>();

  constructor(bytes: Uint8Array, name: string) {
    const littleEndian = new BytesView(bytes, name, true).u32(magicOffset) === hashMagic;
    this.#view = new BytesView(bytes, name, littleEndian);
    this.#name = name;
    if (this.#view.u32(magicOffset) !== hashMagic)
      throw corrupt(name, "does not begin as a Berkeley DB hash", magicOffset);
    const version = this.#view.u32(16);
    if (version < 7 || version > 10) throw corrupt(name, `hash version ${version} is unknown`, 16);
    this.#pageSize = this.#view.u32(20);
    const isPowerOfTwo = (this.#pageSize & (this.#pageSize - 1)) === 0;
    if (!isPowerOfTwo || this.#pageSize < 512 || this.#pageSize > 65_536)
      throw corrupt(name, `page size ${this.#pageSize}`, 20);
    if (this.#view.u8(24) !== 0) throw corrupt(name, "the database is encrypted", 24);
    if (this.#view.u8(25) !== pageType.hashMeta) throw corrupt(name, `first page is of type ${this.#view.u8(25)}`, 25);
    this.lastPage = this.#view.u32(32);
    if ((this.lastPage + 1) * this.#pageSize > bytes.length)
      throw corrupt(name, `page ${this.lastPage} lies beyond the end`, 32);
  }

  /** The values on a page, if it is a hash page; items lie in pairs of key and value, from the page's end towards its start. */
  *valuesOn(page: number): Generator<Uint8Array> {
    const start = page * this.#pageSize;
    const type = this.#view.u8(start + 25);
    if (type !== pageType.hash && type !== pageType.unsortedHash) return;
    const items = this.#view.u16(start + 20);
    if (items % 2 !== 0) throw corrupt(this.#name, `${items} items are not pairs`, start + 20);
    if (pageHeaderSize + items * 2 > this.#pageSize)
      throw corrupt(this.#name, `${items} items do not fit on a page`, start + 20);
    for (let index = 0; index < items; index += 2) {
      if (this.#isCounter(start, index)) continue;
      const value = this.#item(start, index + 1);
      if (value) yield value;
    }
  }

  #isCounter(start: number, index: number): boolean {
    const key = this.#item(start, index);
    return key !== undefined && key.length === 4 && key.every((byte) => byte === 0);
  }

  #item(start: number, index: number): Uint8Array | undefined {
    const at = this.#offset(start, index);
    const type = this.#view.u8(start + at);
    if (type === itemType.offPage) return this.#chain(start + at);
    if (type !== itemType.inline) throw corrupt(this.#name, `item of type ${type}`, start + at);
    const end = index === 0 ? this.#pageSize : this.#offset(start, index - 1);
    if (end <= at) throw corrupt(this.#name, "items overlap", start + at);
    return this.#view.slice(start + at + 1, end - at - 1);
  }

  #offset(start: number, index: number): number {
    const at = this.#view.u16(start + pageHeaderSize + index * 2);
    if (at < pageHeaderSize || at >= this.#pageSize)
      throw corrupt(this.#name, "item lies outside its page", start + pageHeaderSize + index * 2);
    return at;
  }

  #chain(item: number): Uint8Array {
    this.#view.slice(item, offPageItemSize);
    const length = this.#view.u32(item + 8);
    if (length > this.#view.length) throw corrupt(this.#name, `value of ${length} bytes`, item + 8);
    const pieces: Uint8Array[] = [];
    let read = 0;
    for (let page = this.#view.u32(item + 4); read < length; ) {
      const piece = this.#overflowPage(page);
      pieces.push(piece.data);
      read += piece.data.length;
      page = piece.next;
    }
    if (read !== length) throw corrupt(this.#name, `chain of ${read} bytes for a value of ${length}`, item);
    return joinBytes(pieces, length);
  }

  #overflowPage(page: number): { data: Uint8Array; next: number } {
    const start = page * this.#pageSize;
    if (page === 0 || page > this.lastPage) throw corrupt(this.#name, `overflow page ${page} does not exist`);
    if (this.#used.has(page)) throw corrupt(this.#name, `overflow page ${page} is used twice`, start);
    this.#used.add(page);
    if (this.#view.u8(start + 25) !== pageType.overflow)
      throw corrupt(this.#name, `page ${page} is no overflow page`, start + 25);
    const length = this.#view.u16(start + 22);
    if (length === 0 || pageHeaderSize + length > this.#pageSize)
      throw corrupt(this.#name, `overflow page holds ${length} bytes`, start + 22);
    return { data: this.#view.slice(start + pageHeaderSize, length), next: this.#view.u32(start + 16) };
  }
}
