import { corrupt, limitExceeded } from "../core/errors.ts";
import { limits } from "../core/limits.ts";
import { joinBytes } from "./byte-source.ts";

/** One page of a table's b-tree: inner pages lead on, leaves hold rows. */
export type TablePage =
  | { readonly kind: "inner"; readonly children: readonly number[] }
  | { readonly kind: "leaf"; readonly cells: readonly TableCell[] };

/** A row as its leaf page holds it. */
export interface TableCell {
  readonly rowId: number;
  /** Bytes of the whole record. */
  readonly size: number;
  /** What of the record lies on the leaf page. */
  readonly local: Uint8Array;
  /** First overflow page, 0 for none. */
  readonly overflow: number;
}

/** A column of a record: NULL, a number (integers beyond 2^53 lose precision), text or a blob. */
export type ColumnValue = null | number | string | Uint8Array;

const headerText = "SQLite format 3\u0000";
const pageTypes = { innerTable: 0x05, leafTable: 0x0d } as const;

/** Whether the bytes begin as an SQLite 3 database. */
export function isSqlite(bytes: Uint8Array): boolean {
  return bytes.length >= 100 && Buffer.from(bytes.subarray(0, 16)).toString("latin1") === headerText;
}

/** Sizes that all pages of a database share. */
export interface PageGeometry {
  readonly pageSize: number;
  /** Page size less the bytes that extensions reserve at each page's end. */
  readonly usable: number;
}

/** An SQLite 3 database that is only read (SQLite database file format, §1 and §2): tables by name, rows by page. Throws `CORRUPT_INPUT`. */
export class SqliteFile {
  readonly geometry: PageGeometry;
  readonly pages: number;
  readonly #bytes: Uint8Array;
  readonly #name: string;
  /** Overflow pages that a record was read from; no two records share one. */
  readonly #used = new Set<number>();

  constructor(bytes: Uint8Array, name: string) {
    if (!isSqlite(bytes)) throw corrupt(name, "does not begin as an SQLite 3 database", 0);
    this.#bytes = bytes;
    this.#name = name;
    this.geometry = geometryOf(bytes, name);
    this.pages = Math.floor(bytes.length / this.geometry.pageSize);
    if (viewOf(bytes).getUint32(56) !== 1) throw corrupt(name, "text is not UTF-8", 56);
  }

  /** The bytes of a page, counted from 1. */
  page(number: number): Uint8Array {
    if (number < 1 || number > this.pages) throw corrupt(this.#name, `page ${number} of ${this.pages} does not exist`);
    const start = (number - 1) * this.geometry.pageSize;
    return this.#bytes.subarray(start, start + this.geometry.pageSize);
  }

  /** The first page of a table, or undefined where there is no table of that name. */
  rootOf(table: string): number | undefined {
    for (const { cell } of this.cells(1)) {
      const [type, name, , root] = parseRecord(this.record(cell), this.#name);
      if (type === "table" && name === table && typeof root === "number") return root;
    }
    return undefined;
  }

  /** The cells of all leaves below a page in the order of the tree, each with its leaf. A page that is met twice is `CORRUPT_INPUT`. */
  *cells(root: number): Generator<{ readonly page: number; readonly cell: TableCell }> {
    for (const { number, page } of this.tree(root))
      if (page.kind === "leaf") for (const cell of page.cells) yield { page: number, cell };
  }

  /** All pages of the tree below a page, itself first. */
  *tree(root: number): Generator<{ readonly number: number; readonly page: TablePage }> {
    const seen = new Set<number>();
    const pending = [root];
    for (let number = pending.pop(); number !== undefined; number = pending.pop()) {
      if (seen.has(number)) throw corrupt(this.#name, `page ${number} is met twice in a tree`);
      seen.add(number);
      const page = parseTablePage(this.page(number), number, this.geometry, this.#name);
      if (page === undefined) throw corrupt(this.#name, `page ${number} is no page of a table`);
      yield { number, page };
      if (page.kind === "inner") pending.push(...[...page.children].reverse());
    }
  }

  /** The whole record of a cell, overflow pages included. */
  record(cell: TableCell): Uint8Array {
    if (cell.overflow === 0) return cell.local;
    if (cell.size > this.#bytes.length) throw corrupt(this.#name, `record of ${cell.size} bytes`);
    const pieces = [cell.local];
    let read = cell.local.length;
    for (let number = cell.overflow; read < cell.size; ) {
      if (this.#used.has(number)) throw corrupt(this.#name, `overflow page ${number} is used twice`);
      this.#used.add(number);
      const { data, next } = overflowPiece(this.page(number), cell.size - read, this.geometry);
      pieces.push(data);
      read += data.length;
      number = next;
    }
    return joinBytes(pieces, cell.size);
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function geometryOf(bytes: Uint8Array, name: string): PageGeometry {
  const stated = viewOf(bytes).getUint16(16);
  const pageSize = stated === 1 ? 65_536 : stated;
  const usable = pageSize - bytes[20]!;
  if ((pageSize & (pageSize - 1)) !== 0 || pageSize < 512) throw corrupt(name, `page size ${stated}`, 16);
  if (usable < 480) throw corrupt(name, `${bytes[20]} bytes reserved on each page`, 20);
  return { pageSize, usable };
}

/** What of a record an overflow page holds, and the page that goes on. */
export function overflowPiece(
  page: Uint8Array,
  wanted: number,
  { usable }: PageGeometry,
): { readonly data: Uint8Array; readonly next: number } {
  return { data: page.subarray(4, 4 + Math.min(wanted, usable - 4)), next: viewOf(page).getUint32(0) };
}

/** A page of a table's b-tree (§1.6), or undefined where the page is of another kind. Page 1 has the file's header before its own. */
export function parseTablePage(
  page: Uint8Array,
  number: number,
  geometry: PageGeometry,
  name: string,
): TablePage | undefined {
  const start = number === 1 ? 100 : 0;
  const type = page[start];
  if (type !== pageTypes.innerTable && type !== pageTypes.leafTable) return undefined;
  const view = viewOf(page);
  const count = view.getUint16(start + 3);
  const pointers = start + (type === pageTypes.innerTable ? 12 : 8);
  if (pointers + count * 2 > geometry.usable) throw corrupt(name, `${count} cells do not fit on page ${number}`);
  const places = Array.from({ length: count }, (_, index) => view.getUint16(pointers + index * 2));
  if (new Set(places).size !== count) throw corrupt(name, `cells share their place on page ${number}`);
  if (type === pageTypes.leafTable)
    return { kind: "leaf", cells: places.map((at) => parseCell(page, at, geometry, name)) };
  const children = places.map((at) => {
    if (at + 4 > geometry.usable) throw corrupt(name, `cell lies outside page ${number}`, at);
    return view.getUint32(at);
  });
  return { kind: "inner", children: [...children, view.getUint32(start + 8)] };
}

function parseCell(page: Uint8Array, at: number, { usable }: PageGeometry, name: string): TableCell {
  const size = readVarint(page, at, name);
  const rowId = readVarint(page, size.end, name);
  const local = localSize(size.value, usable);
  const overflows = local < size.value;
  const end = rowId.end + local + (overflows ? 4 : 0);
  if (end > usable) throw corrupt(name, `cell of ${size.value} bytes does not fit on its page`, at);
  return {
    rowId: rowId.value,
    size: size.value,
    local: page.subarray(rowId.end, rowId.end + local),
    overflow: overflows ? viewOf(page).getUint32(rowId.end + local) : 0,
  };
}

/** How much of a record stays on the leaf (§1.6, "P", "X", "M" and "K"). */
function localSize(size: number, usable: number): number {
  const most = usable - 35;
  if (size <= most) return size;
  const least = Math.floor(((usable - 12) * 32) / 255) - 23;
  const rest = least + ((size - least) % (usable - 4));
  return rest <= most ? rest : least;
}

/** A number of 1 to 9 bytes, seven bits each and eight in the ninth. */
function readVarint(bytes: Uint8Array, at: number, name: string): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let index = 0; index < 9; index++) {
    const byte = bytes[at + index];
    if (byte === undefined) throw corrupt(name, "number without end", at);
    if (index === 8) return { value: value * 256 + byte, end: at + 9 };
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return { value, end: at + index + 1 };
  }
  throw corrupt(name, "number without end", at);
}

const mostColumns = 2_000;
const integerSizes: Readonly<Record<number, number>> = { 1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8 };

/** The columns of a record (§2.1). Throws `CORRUPT_INPUT`. */
export function parseRecord(record: Uint8Array, name: string): ColumnValue[] {
  const header = readVarint(record, 0, name);
  if (header.value > record.length) throw corrupt(name, "header of a record is longer than the record");
  const columns: ColumnValue[] = [];
  let body = header.value;
  for (let at = header.end; at < header.value; ) {
    const type = readVarint(record, at, name);
    at = type.end;
    if (columns.length >= mostColumns) throw limitExceeded(name, `${mostColumns} columns`);
    const size = columnSize(type.value);
    if (body + size > record.length) throw corrupt(name, "column is longer than its record");
    columns.push(columnValue(type.value, record.subarray(body, body + size)));
    body += size;
  }
  return columns;
}

function columnSize(type: number): number {
  if (type >= 12) return Math.floor((type - 12) / 2);
  if (type === 7) return 8;
  return integerSizes[type] ?? 0;
}

function columnValue(type: number, bytes: Uint8Array): ColumnValue {
  if (type === 0) return null;
  if (type === 8 || type === 9) return type - 8;
  if (type === 7) return viewOf(bytes).getFloat64(0);
  if (type >= 12) return type % 2 === 0 ? bytes : Buffer.from(bytes).toString("utf8");
  return bytes.length === 0 ? null : integerOf(bytes);
}

function integerOf(bytes: Uint8Array): number {
  let value = bytes[0]! >= 0x80 ? bytes[0]! - 0x100 : bytes[0]!;
  for (const byte of bytes.subarray(1)) value = value * 256 + byte;
  return value;
}

const walMagics = new Set([0x377f0682, 0x377f0683]);
const walHeaderSize = 32;
const frameHeaderSize = 24;

/**
 * The pages that a write-ahead log has committed, the newest of each number (§4): frames of the log's own salt with a right checksum,
 * up to the last commit. What follows was never committed. Throws `CORRUPT_INPUT` for a log whose header is damaged.
 */
export function readWriteAheadLog(
  bytes: Uint8Array,
  name: string,
): { readonly pageSize: number; readonly pages: ReadonlyMap<number, Uint8Array> } {
  if (bytes.length < walHeaderSize) throw corrupt(name, "write-ahead log without header", 0);
  const view = viewOf(bytes);
  const magic = view.getUint32(0);
  if (!walMagics.has(magic)) throw corrupt(name, "does not begin as a write-ahead log", 0);
  const stated = view.getUint32(8);
  const pageSize = stated === 1 ? 65_536 : stated;
  if (pageSize < 512 || pageSize > 65_536 || (pageSize & (pageSize - 1)) !== 0)
    throw corrupt(name, `page size ${stated}`, 8);
  const littleEndian = magic === 0x377f0682;
  let sum = checksum([0, 0], view, 0, 24, littleEndian);
  if (sum[0] !== view.getUint32(24) || sum[1] !== view.getUint32(28))
    throw corrupt(name, "checksum of the log's header is wrong", 24);
  const committed = new Map<number, Uint8Array>();
  let pending = new Map<number, Uint8Array>();
  for (let at = walHeaderSize; at + frameHeaderSize + pageSize <= bytes.length; at += frameHeaderSize + pageSize) {
    if (view.getUint32(at + 8) !== view.getUint32(16) || view.getUint32(at + 12) !== view.getUint32(20)) break;
    sum = checksum(checksum(sum, view, at, 8, littleEndian), view, at + frameHeaderSize, pageSize, littleEndian);
    if (sum[0] !== view.getUint32(at + 16) || sum[1] !== view.getUint32(at + 20)) break;
    pending.set(view.getUint32(at), bytes.subarray(at + frameHeaderSize, at + frameHeaderSize + pageSize));
    if (view.getUint32(at + 4) === 0) continue;
    for (const [number, page] of pending) committed.set(number, page);
    pending = new Map();
    if (committed.size > limits.records) throw limitExceeded(name, `${limits.records} pages`);
  }
  return { pageSize, pages: committed };
}

function checksum(
  [a, b]: readonly [number, number],
  view: DataView,
  start: number,
  length: number,
  littleEndian: boolean,
): [number, number] {
  let [first, second] = [a, b];
  for (let at = start; at < start + length; at += 8) {
    first = (first + view.getUint32(at, littleEndian) + second) >>> 0;
    second = (second + view.getUint32(at + 4, littleEndian) + first) >>> 0;
  }
  return [first, second];
}
