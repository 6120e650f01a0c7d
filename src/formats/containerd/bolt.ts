import { corrupt, limitExceeded } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";

/** What a key of a bucket holds: bytes, or a bucket of its own. */
export type BoltValue = Uint8Array | BoltBucket;

const magic = 0xed0cdaed;
const version = 2;
const pageHeader = 16;
const elementSize = 16;
const bucketHeader = 16;
const branchFlag = 0x01;
const leafFlag = 0x02;
const bucketElement = 0x01;
/** Pages from a bucket's root to its leaves; a tree of five levels already holds more than any file we read. */
const deepest = 32;

interface Meta {
  readonly pageSize: number;
  readonly root: bigint;
  readonly transaction: bigint;
}

/**
 * The root bucket of a bbolt database (go.etcd.io/bbolt, file format version 2) as of its last whole transaction. Damage is `CORRUPT_INPUT`, a
 * tree that does not end `LIMIT_EXCEEDED`.
 */
export function openBolt(bytes: Uint8Array, what: string): BoltBucket {
  const file = new BoltFile(bytes, what);
  return new BoltBucket(file, file.page(file.meta.root), 0);
}

/** The number of the last whole transaction; two that are equal saw the same content. Throws `CORRUPT_INPUT`. */
export function boltTransaction(bytes: Uint8Array, what: string): bigint {
  return new BoltFile(bytes, what).meta.transaction;
}

/** A page and those that it overflows into. Offsets are in bytes from the page's own start. */
class BoltPage {
  readonly #view: DataView;
  readonly #what: string;

  constructor(bytes: Uint8Array, what: string) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#what = what;
    if (bytes.byteLength < pageHeader) throw corrupt(what, "a page is cut off");
  }

  get flags(): number {
    return this.#view.getUint16(8, true);
  }

  /** How many elements it says it has; more than fit are damage. */
  get count(): number {
    const count = this.#view.getUint16(10, true);
    if (pageHeader + count * elementSize > this.#view.byteLength)
      throw corrupt(this.#what, "a page lists more than it holds");
    return count;
  }

  number(element: number, field: number): number {
    return this.#view.getUint32(this.#at(element) + field, true);
  }

  pageNumber(element: number): bigint {
    return this.#view.getBigUint64(this.#at(element) + 8, true);
  }

  /** Bytes that begin so far behind an element. */
  bytes(element: number, offset: number, length: number): Uint8Array {
    const start = this.#at(element) + offset;
    if (start + length > this.#view.byteLength) throw corrupt(this.#what, "an element reaches beyond its page");
    return new Uint8Array(this.#view.buffer, this.#view.byteOffset + start, length);
  }

  #at(element: number): number {
    return pageHeader + element * elementSize;
  }
}

class BoltFile {
  readonly what: string;
  readonly meta: Meta;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #pages = 0;

  constructor(bytes: Uint8Array, what: string) {
    this.what = what;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.meta = this.#lastMeta();
  }

  page(number: bigint): BoltPage {
    this.#pages += 1;
    if (this.#pages > limits.records) throw limitExceeded(this.what, `${limits.records} pages`);
    const start = Number(number) * this.meta.pageSize;
    if (start + pageHeader > this.#bytes.length) throw corrupt(this.what, `page ${number} lies beyond the end`);
    const overflow = this.#view.getUint32(start + 12, true);
    return new BoltPage(this.#bytes.subarray(start, start + (overflow + 1) * this.meta.pageSize), this.what);
  }

  inlinePage(bytes: Uint8Array): BoltPage {
    return new BoltPage(bytes, this.what);
  }

  /** Of the two copies the newer one that is whole: the other is of the transaction before, or was being written. */
  #lastMeta(): Meta {
    const first = this.#metaAt(0);
    // Where the first copy is damaged, the page size is not known from it: try the usual ones.
    const sizes = first ? [first.pageSize] : [4_096, 8_192, 16_384, 65_536];
    const metas = [first, ...sizes.map((size) => this.#metaAt(size))].filter((meta) => meta !== undefined);
    const [last] = metas.sort((a, b) => (a.transaction < b.transaction ? 1 : -1));
    if (last === undefined) throw corrupt(this.what, "is no bbolt database");
    return last;
  }

  #metaAt(page: number): Meta | undefined {
    const at = page + pageHeader;
    if (at + 64 > this.#bytes.length) return undefined;
    const number = (offset: number) => this.#view.getUint32(at + offset, true);
    if (number(0) !== magic || number(4) !== version) return undefined;
    if (this.#view.getBigUint64(at + 56, true) !== fnv64a(this.#bytes.subarray(at, at + 56))) return undefined;
    const pageSize = number(8);
    if (pageSize < 512 || pageSize > 1024 ** 2) return undefined;
    return {
      pageSize,
      root: this.#view.getBigUint64(at + 16, true),
      transaction: this.#view.getBigUint64(at + 48, true),
    };
  }
}

/** A bucket: keys in order of their bytes, each with a value or a bucket. */
export class BoltBucket {
  readonly #file: BoltFile;
  readonly #page: BoltPage;
  readonly #depth: number;

  constructor(file: BoltFile, page: BoltPage, depth: number) {
    if (depth > deepest) throw limitExceeded(file.what, `${deepest} buckets in each other`);
    this.#file = file;
    this.#page = page;
    this.#depth = depth;
  }

  /** The bucket of a name; undefined where there is none. */
  bucket(name: string): BoltBucket | undefined {
    for (const [key, value] of this.entries()) if (key === name && value instanceof BoltBucket) return value;
    return undefined;
  }

  /** The bytes of a key as text; undefined where there are none. */
  text(name: string): string | undefined {
    for (const [key, value] of this.entries()) if (key === name && value instanceof Uint8Array) return textOf(value);
    return undefined;
  }

  /** All keys, as text, with what they hold. */
  *entries(): Generator<[key: string, value: BoltValue], void, undefined> {
    const stack = [{ page: this.#page, level: 0 }];
    for (let at = stack.pop(); at; at = stack.pop()) {
      const { page, level } = at;
      if (level > deepest) throw limitExceeded(this.#file.what, `${deepest} levels of one bucket`);
      if ((page.flags & leafFlag) !== 0) yield* this.#leaf(page);
      else if ((page.flags & branchFlag) === 0) throw corrupt(this.#file.what, "a page is of no known kind");
      else
        for (let element = page.count - 1; element >= 0; element--)
          stack.push({ page: this.#file.page(page.pageNumber(element)), level: level + 1 });
    }
  }

  *#leaf(page: BoltPage): Generator<[key: string, value: BoltValue], void, undefined> {
    for (let element = 0, { count } = page; element < count; element++) {
      const [flags, offset, keySize, valueSize] = [0, 4, 8, 12].map((field) => page.number(element, field)) as [
        number,
        number,
        number,
        number,
      ];
      const key = textOf(page.bytes(element, offset, keySize));
      const value = page.bytes(element, offset + keySize, valueSize);
      yield [key, (flags & bucketElement) === 0 ? value : this.#inner(value)];
    }
  }

  /** Small buckets lie whole in their parent's value, behind its header (page 0). */
  #inner(value: Uint8Array): BoltBucket {
    if (value.length < bucketHeader) throw corrupt(this.#file.what, "a bucket is cut off");
    const root = new DataView(value.buffer, value.byteOffset, value.byteLength).getBigUint64(0, true);
    const page = root === 0n ? this.#file.inlinePage(value.subarray(bucketHeader)) : this.#file.page(root);
    return new BoltBucket(this.#file, page, this.#depth + 1);
  }
}

/** FNV-1a of 64 bits. */
export function fnv64a(bytes: Uint8Array): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash;
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
