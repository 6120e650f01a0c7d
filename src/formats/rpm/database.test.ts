import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sharedData } from "../../../test/shared-data.ts";
import { AppError } from "../../core/errors.ts";
import { applyLog, parseRpmDatabase, parseRpmLog, type RpmDatabase } from "./database.ts";
import { parseRpmManifest } from "./manifest.ts";

const databases = [
  {
    kind: "SQLite",
    path: "rpmdb/cbl-mariner-2.0/rpmdb.sqlite",
    count: 129,
    has: { name: "glibc", version: "2.34-2.cm2", vendor: "Microsoft Corporation", sourceName: "glibc" },
  },
  {
    kind: "ndb",
    path: "rpmdb/sle15-bci/Packages.db",
    count: 35,
    has: { name: "glibc", version: "2.31-9.3.2", vendor: "SUSE LLC <https://www.suse.com/>" },
  },
  {
    kind: "Berkeley DB",
    path: "rpmdb/libuuid/Packages",
    count: 1,
    has: { name: "libuuid", version: "2.32.1-42.el8_8", sourceName: "util-linux", vendor: "Red Hat, Inc." },
  },
];

describe.each(databases)("a real $kind database (skipped where rpmdb is absent)", ({ path, count, has }) => {
  const file = sharedData(path);
  const bytes = file === undefined ? Buffer.alloc(0) : readFileSync(file);

  it.skipIf(!file)(`holds ${count} packages`, () => {
    const { packages, problems } = parseRpmDatabase(bytes, path);
    expect(packages).toHaveLength(count);
    expect(problems).toEqual([]);
    expect(packages).toContainEqual(expect.objectContaining(has));
    expect(packages.every(({ fileCount }) => fileCount !== undefined)).toBe(true);
  });

  it.skipIf(!file)(
    "yields only AppErrors, in bounded time, when bits are flipped or its end is cut off",
    () => {
      // Most of a database is package data; the structure that leads to it is what must be hit, so its first pages are hit more often.
      const smallOffset = fc.nat(Math.min(16_384, bytes.length) - 1);
      const anyOffset = fc.nat(Math.max(0, bytes.length - 1));
      const flips = fc.array(fc.tuple(fc.oneof(smallOffset, anyOffset), fc.nat(7)), { minLength: 1, maxLength: 30 });
      const cut = fc.option(fc.integer({ min: 0, max: bytes.length }), { freq: 2 });
      let read = 0;
      let refused = 0;
      fc.assert(
        fc.property(flips, cut, (edits, length) => {
          const damaged = Buffer.from(bytes.subarray(0, length ?? bytes.length));
          for (const [at, bit] of edits) if (at < damaged.length) damaged[at]! ^= 1 << bit;
          try {
            parseRpmDatabase(damaged, path);
            read++;
          } catch (error) {
            expect(error).toBeInstanceOf(AppError);
            refused++;
          }
        }),
        { numRuns: 400 },
      );
      expect(read).toBeGreaterThan(0);
      expect(refused).toBeGreaterThan(0);
    },
    60_000,
  );
});

/** A write-ahead log that commits pages, with the checksums that SQLite would write (file format, §4.2). */
function writeAheadLog(pages: readonly (readonly [number: number, page: Uint8Array])[], pageSize: number): Buffer {
  const log = Buffer.alloc(32 + pages.length * (24 + pageSize));
  [0x377f0682, 3_007_000, pageSize, 0, 0x1234, 0x5678].forEach((value, index) => {
    log.writeUInt32BE(value, index * 4);
  });
  let sum: [number, number] = [0, 0];
  const add = (start: number, length: number) => {
    for (let at = start; at < start + length; at += 8) {
      const first = (sum[0] + log.readUInt32LE(at) + sum[1]) >>> 0;
      sum = [first, (sum[1] + log.readUInt32LE(at + 4) + first) >>> 0];
    }
  };
  const write = (at: number) => {
    log.writeUInt32BE(sum[0], at);
    log.writeUInt32BE(sum[1], at + 4);
  };
  add(0, 24);
  write(24);
  pages.forEach(([number, page], index) => {
    const at = 32 + index * (24 + pageSize);
    log.writeUInt32BE(number, at);
    log.writeUInt32BE(index === pages.length - 1 ? 1_000 : 0, at + 4);
    log.writeUInt32BE(0x1234, at + 8);
    log.writeUInt32BE(0x5678, at + 12);
    log.set(page, at + 24);
    add(at, 8);
    add(at + 24, pageSize);
    write(at + 16);
  });
  return log;
}

describe("a write-ahead log over a real SQLite database (skipped where rpmdb is absent)", () => {
  const file = sharedData("rpmdb/cbl-mariner-2.0/rpmdb.sqlite");
  const bytes = file === undefined ? Buffer.alloc(0) : readFileSync(file);
  const pageSize = 4_096;
  const page = (number: number) => Buffer.from(bytes.subarray((number - 1) * pageSize, number * pageSize));

  function leafOf(table: NonNullable<RpmDatabase["table"]>): { number: number; rows: readonly number[] } {
    const [number, leaf] = Object.entries(table.pages).find(([, one]) => "rows" in one && one.rows.length > 1)!;
    return { number: Number(number), rows: (leaf as { rows: readonly number[] }).rows };
  }

  it.skipIf(!file)("takes a row away that a newer page lacks and keeps what lies in older overflow pages", () => {
    const database = parseRpmDatabase(bytes, "rpmdb.sqlite");
    const { number, rows } = leafOf(database.table!);
    const newer = page(number);
    newer.writeUInt16BE(rows.length - 1, 3);
    const log = parseRpmLog(writeAheadLog([[number, newer]], pageSize), "wal");
    const gone = database.packages[database.table!.rows[rows.at(-1)!]!];
    expect(
      applyLog(database, log, "wal")
        .map(({ name }) => name)
        .sort(),
    ).toEqual(
      database.packages
        .filter((one) => one !== gone)
        .map(({ name }) => name)
        .sort(),
    );
  });

  it.skipIf(!file)("does not count frames that were never committed or whose checksum is wrong", () => {
    const { number } = leafOf(parseRpmDatabase(bytes, "rpmdb.sqlite").table!);
    const uncommitted = writeAheadLog([[number, page(number)]], pageSize);
    uncommitted.writeUInt32BE(0, 32 + 4);
    const damaged = writeAheadLog([[number, page(number)]], pageSize);
    damaged[200]! ^= 1;
    for (const log of [uncommitted, damaged]) expect(parseRpmLog(log, "wal").pages).toEqual({});
  });

  it.skipIf(!file)("yields only AppErrors for damaged pages with right checksums", () => {
    const database = parseRpmDatabase(bytes, "rpmdb.sqlite");
    const numbers = Object.keys(database.table!.pages).map(Number);
    const edits = fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(fc.constantFrom(...numbers), edits, (number, changes) => {
        const newer = page(number);
        for (const [at, value] of changes) newer[at] = value;
        try {
          applyLog(database, parseRpmLog(writeAheadLog([[number, newer]], pageSize), "wal"), "wal");
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("parseRpmDatabase", () => {
  it("refuses what is no database", () => {
    for (const bytes of [new Uint8Array(), Buffer.from("SQLite format 3"), new Uint8Array(8_192)]) {
      expect(() => parseRpmDatabase(bytes, "Packages")).toThrow(AppError);
    }
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 4_096 }),
        (bytes) => void expect(() => parseRpmDatabase(bytes, "Packages")).toThrow(AppError),
      ),
    );
  });

  it("refuses a log that is none", () => {
    expect(() => parseRpmLog(new Uint8Array(64), "wal")).toThrow(AppError);
  });
});

describe("parseRpmManifest", () => {
  const line =
    "glibc\t2.35-6.cm2\t1700000000\t1690000000\tMicrosoft Corporation\t(none)\t10\tx86_64\t0\tglibc-2.35-6.cm2.src.rpm";

  it("reads the manifest of distroless images", () => {
    expect(parseRpmManifest(`${line}\n`)).toMatchObject({
      packages: [
        {
          name: "glibc",
          version: "2.35-6.cm2",
          epoch: 0,
          architecture: "x86_64",
          sourceName: "glibc",
          vendor: "Microsoft Corporation",
        },
      ],
      rejected: 0,
    });
    expect(parseRpmManifest(line.replace("(none)", "2")).packages[0]?.epoch).toBe(2);
  });

  it("counts the lines that it does not know", () => {
    expect(parseRpmManifest(`${line}\nglibc 2.35\n`)).toMatchObject({ packages: [{ name: "glibc" }], rejected: 1 });
  });
});
