import { AppError, corrupt, limitExceeded } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import type { PackageRecord } from "../package-record.ts";
import {
  isSqlite,
  overflowPiece,
  type PageGeometry,
  parseRecord,
  parseTablePage,
  readWriteAheadLog,
  SqliteFile,
  type TableCell,
} from "../sqlite.ts";
import { bdbBlobs, isBdbHash } from "./bdb.ts";
import { parseRpmHeader } from "./header.ts";
import { isNdb, ndbBlobs } from "./ndb.ts";

/** What an rpm database holds. Plain JSON. */
export interface RpmDatabase {
  readonly packages: readonly PackageRecord[];
  /** Why single headers could not be read; the others were. */
  readonly problems: readonly string[];
  /** SQLite only: how the packages lie in the table, so that a write-ahead log can be laid over it. */
  readonly table?: RpmTable;
}

/** The pages of the `Packages` table: rows are places in `packages`, by row number. */
export interface RpmTable {
  readonly root: number;
  readonly pages: Readonly<Record<string, RpmTablePage>>;
  /** Row number to index in `packages`; -1 where the row is a key or was not readable. */
  readonly rows: Readonly<Record<string, number>>;
}

/** One page: inner pages name their children, leaves their rows. */
export type RpmTablePage = { readonly children: readonly number[] } | { readonly rows: readonly number[] };

/** What a write-ahead log says over a database. Plain JSON. */
export interface RpmLog {
  readonly packages: readonly PackageRecord[];
  readonly problems: readonly string[];
  readonly pages: Readonly<Record<string, RpmTablePage>>;
  readonly rows: Readonly<Record<string, number>>;
}

/** The packages of an rpm database of any kind, told by its first bytes: SQLite, ndb, Berkeley DB hash. Throws `CORRUPT_INPUT` for anything else. */
export function parseRpmDatabase(bytes: Uint8Array, name: string): RpmDatabase {
  if (isSqlite(bytes)) return parseSqlite(bytes, name);
  const packages = new Collection(name);
  if (isNdb(bytes)) for (const blob of ndbBlobs(bytes, name)) packages.add(blob);
  else if (isBdbHash(bytes)) for (const blob of bdbBlobs(bytes, name)) packages.add(blob);
  else throw corrupt(name, "is no rpm database: neither SQLite nor ndb nor a Berkeley DB hash", 0);
  return { packages: packages.records, problems: packages.problems };
}

/** The headers of an rpm database of any kind, as parsed by `RpmHeader`. A write-ahead log beside it is not laid over it. Throws `CORRUPT_INPUT`. */
export function* rpmHeaderBlobs(bytes: Uint8Array, name: string): Generator<Uint8Array> {
  if (isNdb(bytes)) yield* ndbBlobs(bytes, name);
  else if (isBdbHash(bytes)) yield* bdbBlobs(bytes, name);
  else if (isSqlite(bytes)) yield* sqliteBlobs(bytes, name);
  else throw corrupt(name, "is no rpm database: neither SQLite nor ndb nor a Berkeley DB hash", 0);
}

function* sqliteBlobs(bytes: Uint8Array, name: string): Generator<Uint8Array> {
  const file = new SqliteFile(bytes, name);
  const root = file.rootOf("Packages");
  if (root === undefined) throw corrupt(name, "has no table Packages");
  for (const { page } of file.tree(root)) {
    for (const cell of page.kind === "leaf" ? page.cells : []) {
      const blob = parseRecord(file.record(cell), name)[1];
      if (blob instanceof Uint8Array) yield blob;
    }
  }
}

/** Headers read so far. One header that is damaged costs itself only. */
class Collection {
  readonly records: PackageRecord[] = [];
  readonly problems: string[] = [];
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  /** Adds the package of a header; gives its place, or -1 where it has none. */
  add(blob: Uint8Array): number {
    if (this.records.length + this.problems.length > limits.records)
      throw limitExceeded(this.#name, `${limits.records} packages`);
    try {
      const record = parseRpmHeader(blob, `${this.#name}: header ${this.records.length + this.problems.length + 1}`);
      return record === undefined ? -1 : this.records.push(record) - 1;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.problems.push(error.message);
      return -1;
    }
  }
}

function parseSqlite(bytes: Uint8Array, name: string): RpmDatabase {
  const file = new SqliteFile(bytes, name);
  const root = file.rootOf("Packages");
  if (root === undefined) throw corrupt(name, "has no table Packages");
  const packages = new Collection(name);
  const pages: Record<string, RpmTablePage> = {};
  const rows: Record<string, number> = {};
  for (const { number, page } of file.tree(root)) {
    pages[number] =
      page.kind === "inner" ? { children: page.children } : { rows: page.cells.map(({ rowId }) => rowId) };
    if (page.kind === "leaf")
      for (const cell of page.cells) rows[cell.rowId] = addRow(packages, file.record(cell), name);
  }
  return { packages: packages.records, problems: packages.problems, table: { root, pages, rows } };
}

function addRow(packages: Collection, record: Uint8Array, name: string): number {
  const blob = parseRecord(record, name)[1];
  return packages.add(blob instanceof Uint8Array ? blob : new Uint8Array());
}

/**
 * The table pages that a write-ahead log has committed with the packages whose records lie in it whole. The log does not say which table a
 * page belongs to; `applyLog` reaches only those of the right one.
 */
export function parseRpmLog(bytes: Uint8Array, name: string): RpmLog {
  const log = readWriteAheadLog(bytes, name);
  const geometry = { pageSize: log.pageSize, usable: log.pageSize };
  const packages = new Collection(name);
  const pages: Record<string, RpmTablePage> = {};
  const rows: Record<string, number> = {};
  for (const [number, bytesOfPage] of log.pages) {
    const page = tablePage(bytesOfPage, number, geometry, name);
    if (page === undefined) continue;
    pages[number] =
      page.kind === "inner" ? { children: page.children } : { rows: page.cells.map(({ rowId }) => rowId) };
    if (page.kind !== "leaf") continue;
    for (const cell of page.cells) {
      const blob = headerIn(recordInLog(cell, log.pages, geometry), name);
      if (blob) rows[cell.rowId] = packages.add(blob);
    }
  }
  return { packages: packages.records, problems: packages.problems, pages, rows };
}

/** Overflow pages have no mark of their own, so one may look like a page of a table and then break its rules. */
function tablePage(bytes: Uint8Array, number: number, geometry: PageGeometry, name: string) {
  try {
    return parseTablePage(bytes, number, geometry, name);
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

/** The record of a cell where all its overflow pages are in the log; one of a lower page is in the database as it was. */
function recordInLog(
  cell: TableCell,
  pages: ReadonlyMap<number, Uint8Array>,
  geometry: PageGeometry,
): Uint8Array | undefined {
  const pieces = [cell.local];
  let read = cell.local.length;
  const seen = new Set<number>();
  for (let number = cell.overflow; read < cell.size; ) {
    const page = pages.get(number);
    if (page === undefined || seen.has(number)) return undefined;
    seen.add(number);
    const { data, next } = overflowPiece(page, cell.size - read, geometry);
    pieces.push(data);
    read += data.length;
    number = next;
  }
  return Buffer.concat(pieces);
}

/** The blob of a row of the form (NULL, blob), or undefined: a row of another table. */
function headerIn(record: Uint8Array | undefined, name: string): Uint8Array | undefined {
  if (record === undefined) return undefined;
  try {
    const columns = parseRecord(record, name);
    const blob = columns[1];
    return columns.length === 2 && columns[0] === null && blob instanceof Uint8Array ? blob : undefined;
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

/** The packages of a database as its write-ahead log leaves them: the tree is walked with the log's pages in place of the older ones. Throws `CORRUPT_INPUT` where the two do not fit. */
export function applyLog(database: RpmDatabase, log: RpmLog, name: string): PackageRecord[] {
  const { table } = database;
  if (table === undefined) throw corrupt(name, "a write-ahead log beside a database that is not SQLite");
  const packages: PackageRecord[] = [];
  const seen = new Set<number>();
  const pending = [table.root];
  for (let number = pending.pop(); number !== undefined; number = pending.pop()) {
    const page = log.pages[number] ?? table.pages[number];
    if (page === undefined || seen.has(number))
      throw corrupt(name, `page ${number} of the table is missing or met twice`);
    seen.add(number);
    if ("children" in page) pending.push(...[...page.children].reverse());
    else for (const row of page.rows) packages.push(...packageOfRow(row, database, table, log, name));
  }
  return packages;
}

function packageOfRow(row: number, database: RpmDatabase, table: RpmTable, log: RpmLog, name: string): PackageRecord[] {
  const [packages, index] =
    log.rows[row] === undefined ? [database.packages, table.rows[row]] : [log.packages, log.rows[row]];
  if (index === undefined) throw corrupt(name, `row ${row} is neither in the log nor in the database`);
  const record = packages[index];
  return record === undefined ? [] : [record];
}
