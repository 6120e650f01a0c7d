import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesSource } from "./byte-source.ts";
import { bytesOfText, textOfBytes } from "./path-bytes.ts";
import { type FixtureEntry, padded, putOctal, tarOf } from "./tar/tar-fixture.ts";
import { normalisePath, readTar, readTarSource, type TarEntry } from "./tar.ts";

interface Seen {
  path: string;
  type: string;
  size: number;
  content: string;
  entry: TarEntry;
}

async function* pieces(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(bytes: Uint8Array, pieceSize = 1 << 20): Promise<Seen[]> {
  const seen: Seen[] = [];
  for await (const entry of readTar(pieces(bytes, pieceSize), "t.tar")) {
    const content = Buffer.from(await entry.bytes(1 << 20)).toString("latin1");
    seen.push({ path: entry.path, type: entry.type, size: entry.size, content, entry });
  }
  return seen;
}

async function readOne(entry: FixtureEntry): Promise<Seen> {
  return (await read(tarOf([entry])))[0]!;
}

describe("headers", () => {
  it.each<[string, FixtureEntry, Partial<TarEntry>]>([
    [
      "plain file",
      { name: "etc/passwd", content: "x", mode: 0o4755, uid: 7, gid: 8, mtime: 9 },
      { path: "etc/passwd", type: "file", size: 1, mode: 0o4755, uid: 7, gid: 8, mtime: 9, escapes: false },
    ],
    ["directory", { name: "./etc/", type: "5" }, { path: "etc", type: "directory", size: 0 }],
    ["root", { name: "./", type: "5" }, { path: "", type: "directory" }],
    ["old regular file", { name: "a", type: "\0", content: "x", magic: "none" }, { path: "a", type: "file" }],
    ["old directory, told by its slash", { name: "a/", type: "\0", magic: "none" }, { path: "a", type: "directory" }],
    [
      "symbolic link, as written",
      { name: "l", type: "2", link: "../x" },
      { type: "symlink", linkPath: "../x", escapes: false },
    ],
    [
      "hard link, below the root",
      { name: "h", type: "1", link: "./a//b" },
      { type: "hardlink", linkPath: "a/b", escapes: false },
    ],
    [
      "hard link out of the root",
      { name: "h", type: "1", link: "../../etc/shadow" },
      { linkPath: "etc/shadow", escapes: true },
    ],
    [
      "device",
      { name: "d", type: "3", edit: (block) => putOctal(block, 329, 5, 8) },
      { type: "character", deviceMajor: 5, deviceMinor: 0 },
    ],
    ["pipe", { name: "p", type: "6" }, { type: "fifo" }],
    ["type no runtime unpacks", { name: "v", type: "V" }, { type: "unreadable", typeFlag: "V" }],
    ["ustar prefix", { name: "b", prefix: "a" }, { path: "a/b" }],
    [
      "bytes at 345 are times in GNU headers",
      { name: "b", magic: "gnu", edit: (block) => putOctal(block, 345, 1234) },
      { path: "b" },
    ],
    [
      "prefix under GNU magic, as old Go wrote it",
      { name: "b", magic: "gnu", prefix: "usr/share" },
      { path: "usr/share/b" },
    ],
    ["climbing path held at the root", { name: "../../etc/x" }, { path: "etc/x", escapes: true }],
    ["absolute path", { name: "/etc/x" }, { path: "etc/x", escapes: false }],
    ["PAX path", { name: "decoy", pax: [["path", "real/näme"]] }, { path: "real/näme" }],
    [
      "PAX numbers",
      {
        name: "n",
        pax: [
          ["uid", "4294967296"],
          ["gid", "5"],
          ["mtime", "-1.5"],
        ],
      },
      { uid: 4294967296, gid: 5, mtime: -1.5 },
    ],
    [
      "last PAX record wins, empty removes",
      {
        name: "n",
        pax: [
          ["path", "a"],
          ["path", "b"],
          ["uid", "3"],
          ["uid", ""],
        ],
      },
      { path: "b", uid: 0 },
    ],
    ["base-256 numbers", { name: "n", edit: (block) => block.set([0x80, 0, 0, 1, 0, 0, 0, 0], 108) }, { uid: 2 ** 32 }],
    ["negative base-256 time", { name: "n", edit: (block) => block.fill(0xff, 136, 148) }, { mtime: -1 }],
    ["name in UTF-8", { name: "n\u00e9" }, { path: "né" }],
  ])("%s", async (_, entry, expected) => {
    expect((await readOne(entry)).entry).toMatchObject(expected);
  });

  it("keeps extended attributes as bytes", async () => {
    const capability = Uint8Array.of(1, 0, 0, 2, 0xff, 10, 0);
    const { entry } = await readOne({
      name: "ping",
      pax: [
        ["SCHILY.xattr.security.capability", capability],
        ["LIBARCHIVE.xattr.user.a%3Db", "aGk="],
      ],
    });
    expect(entry.xattrs).toEqual({ "security.capability": capability, "user.a=b": new Uint8Array(Buffer.from("hi")) });
  });

  it("applies no global PAX records, and drops what came before them, as runtimes do", async () => {
    const global: FixtureEntry = { name: "g", type: "g", content: Buffer.from("11 uid=500\n") };
    const long: FixtureEntry = { name: "l", type: "L", content: "long\0" };
    const seen = await read(tarOf([global, { name: "a" }, long, global, { name: "b", pax: [["uid", "7"]] }]));
    expect(seen.map(({ path, entry }) => [path, entry.uid])).toEqual([
      ["a", 0],
      ["b", 7],
    ]);
    await expect(read(tarOf([{ ...global, content: "nonsense" }]))).rejects.toMatchObject({ code: "CORRUPT_INPUT" });
  });

  it("applies GNU long names and link names", async () => {
    const name = `${"d/".repeat(150)}file`;
    const seen = await read(
      tarOf([
        { name: "././@LongLink", type: "L", content: `${name}\0` },
        { name: "././@LongLink", type: "K", content: `${name}2\0` },
        { name: "short", type: "2", link: "short" },
      ]),
    );
    expect(seen[0]).toMatchObject({ path: name, type: "symlink", entry: { linkPath: `${name}2` } });
  });

  it("reads no content for links and directories, whatever their size field says", async () => {
    const seen = await read(
      tarOf([
        { name: "d", type: "5", size: 1 << 30 },
        { name: "f", content: "x" },
      ]),
    );
    expect(seen.map(({ path, content }) => [path, content])).toEqual([
      ["d", ""],
      ["f", "x"],
    ]);
  });
});

describe("sparse files", () => {
  const file = `${"\0".repeat(1000)}HELLO${"\0".repeat(95)}END`;
  const extents = "1000,5,1100,3";

  function oldSparse(block: Uint8Array): void {
    for (const [index, number] of [1000, 5, 1100, 3].entries()) putOctal(block, 386 + index * 12, number);
    putOctal(block, 483, 1103);
  }

  it.each<[string, FixtureEntry, string]>([
    ["old GNU", { name: "s", type: "S", magic: "gnu", content: "HELLOEND", edit: oldSparse }, "s"],
    [
      "PAX 0.0",
      {
        name: "s",
        content: "HELLOEND",
        pax: [
          ["GNU.sparse.size", "1103"],
          ["GNU.sparse.numblocks", "2"],
          ["GNU.sparse.offset", "1000"],
          ["GNU.sparse.numbytes", "5"],
          ["GNU.sparse.offset", "1100"],
          ["GNU.sparse.numbytes", "3"],
        ],
      },
      "s",
    ],
    [
      "PAX 0.1",
      {
        name: "decoy",
        content: "HELLOEND",
        pax: [
          ["GNU.sparse.size", "1103"],
          ["GNU.sparse.name", "real"],
          ["GNU.sparse.map", extents],
        ],
      },
      "real",
    ],
    [
      "PAX 1.0",
      {
        name: "GNUSparseFile.1/decoy",
        content: Buffer.concat([padded(Buffer.from("2\n1000\n5\n1100\n3\n")), Buffer.from("HELLOEND")]),
        pax: [
          ["GNU.sparse.major", "1"],
          ["GNU.sparse.minor", "0"],
          ["GNU.sparse.name", "etc/real"],
          ["GNU.sparse.realsize", "1103"],
        ],
      },
      "etc/real",
    ],
  ])("%s has its real name, size and content", async (_, entry, path) => {
    const seen = await read(tarOf([entry, { name: "next", content: "n" }]));
    expect(seen[0]).toMatchObject({ path, type: "file", size: 1103, content: file });
    expect(seen[1]).toMatchObject({ path: "next", content: "n" });
  });

  it("keeps its place when a sparse file is not read", async () => {
    const archive = tarOf([
      { name: "s", type: "S", magic: "gnu", content: "HELLOEND", edit: oldSparse },
      { name: "n" },
    ]);
    const paths: string[] = [];
    for await (const entry of readTarSource(bytesSource("t", archive))) paths.push(entry.path);
    expect(paths).toEqual(["s", "n"]);
  });

  it.each<[string, string, string]>([
    ["runs out of order", "1100,3,1000,5", "out of order"],
    ["runs behind the end", "1000,5,1101,3", "behind its end"],
    ["runs that are not stored", "1000,5,1050,4", "not what is stored"],
    ["half a run", "1000,5,1100", "half a run"],
    ["words", "a,b", "out of order"],
  ])("refuses %s", async (_, map, message) => {
    const entry = {
      name: "s",
      content: "HELLOEND",
      pax: [
        ["GNU.sparse.size", "1103"],
        ["GNU.sparse.map", map],
      ] as const,
    };
    await expect(readOne(entry)).rejects.toMatchObject({
      code: "CORRUPT_INPUT",
      message: expect.stringContaining(message),
    });
  });

  it("refuses holes that add up to more than anything may hold", async () => {
    const hole = {
      name: "s",
      pax: [
        ["GNU.sparse.size", String(2 ** 35)],
        ["GNU.sparse.numblocks", "0"],
      ] as const,
    };
    const paths: string[] = [];
    const reading = async () => {
      for await (const { path } of readTar(pieces(tarOf([hole, hole, hole]), 512), "t")) paths.push(path);
    };
    await expect(reading()).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
    expect(paths).toHaveLength(2);
  });

  it("refuses a sparse file larger than anything may be", async () => {
    const entry = {
      name: "s",
      pax: [
        ["GNU.sparse.size", String(2 ** 50)],
        ["GNU.sparse.map", ""],
        ["GNU.sparse.numblocks", "0"],
      ] as const,
    };
    await expect(readOne(entry)).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
  });
});

describe("damage", () => {
  const archive = tarOf([
    { name: "a", content: "x".repeat(600) },
    { name: "b", content: "y" },
  ]);

  it.each<[string, Uint8Array, string]>([
    ["content cut off", archive.subarray(0, 900), "ends within a at byte 900"],
    ["header cut off", archive.subarray(0, 1700), "ends after 164 of 512 bytes at byte 1536"],
    ["checksum", archive.map((byte, at) => (at === 1540 ? byte ^ 1 : byte)), "wrong checksum at byte 1536"],
    ["single zero block", new Uint8Array([...new Uint8Array(512), ...archive]), "single zero block at byte 0"],
    ["NUL in a path", tarOf([{ name: "a", pax: [["path", "a\0b"]] }]), "NUL"],
    [
      "PAX length",
      tarOf([{ name: "p", type: "x", content: "99 path=x\n" }, { name: "a" }]),
      "malformed PAX record at byte 512",
    ],
    ["PAX size in words", tarOf([{ name: "a", pax: [["size", "many"]] }]), "not a number"],
    ["negative size", tarOf([{ name: "a", edit: (block) => block.fill(0xff, 124, 136) }]), "negative size"],
    ["size past 2^53", tarOf([{ name: "a", edit: (block) => block.set([0x80, 0, 0, 0, 0xff], 124) }]), "too large"],
    ["number in letters", tarOf([{ name: "a", edit: (block) => block.set(Buffer.from("0009"), 100) }]), "not a number"],
    ["end behind a long name", tarOf([{ name: "l", type: "L", content: "x" }]), "ends behind an extended header"],
  ])("%s is CORRUPT_INPUT", async (_, bytes, message) => {
    await expect(read(bytes)).rejects.toMatchObject({
      code: "CORRUPT_INPUT",
      message: expect.stringContaining(message),
    });
  });

  it("does without end marker and last padding, as runtimes do", async () => {
    expect(await read(tarOf([{ name: "a", content: "x" }], false))).toHaveLength(1);
    expect(await read(tarOf([{ name: "a", content: "x" }], false).subarray(0, 513))).toHaveLength(1);
  });

  it("refuses over-long headers and paths", async () => {
    const long = { name: "l", type: "L", size: 2 ** 21 };
    await expect(read(tarOf([long]))).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
    const path = { name: "a", pax: [["path", "x/".repeat(20_000)]] as const };
    await expect(readOne(path)).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
    await expect(readOne({ name: "a", content: "xyz" }).then(({ entry }) => entry.bytes(2))).rejects.toMatchObject({
      code: "LIMIT_EXCEEDED",
    });
  });
});

describe("properties", () => {
  const entry = fc.record({
    name: fc.stringMatching(/^[a-z]{1,20}(\/[a-z]{1,20}){0,3}$/),
    content: fc.uint8Array({ maxLength: 2000 }),
    mode: fc.integer({ min: 0, max: 0o7777 }),
    uid: fc.integer({ min: 0, max: 0o7777777 }),
  });

  it("what is written is read, in pieces of any size, from stream and source", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 8 }), fc.integer({ min: 1, max: 3000 }), async (entries, size) => {
        const archive = tarOf(entries);
        const expected = entries.map((item) => [
          item.name,
          Buffer.from(item.content).toString("latin1"),
          item.mode,
          item.uid,
        ]);
        const flat = (seen: Seen[]) => seen.map((item) => [item.path, item.content, item.entry.mode, item.entry.uid]);
        expect(flat(await read(archive, size))).toEqual(expected);
        const places: string[] = [];
        for await (const found of readTarSource(bytesSource("t", archive))) {
          places.push(
            Buffer.from(archive.subarray(found.dataOffset, found.dataOffset + found.size)).toString("latin1"),
          );
        }
        expect(places).toEqual(expected.map(([, content]) => content));
      }),
      { numRuns: 100 },
    );
  });

  it("text of bytes can be had back and never merges two names", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect([...bytesOfText(textOfBytes(bytes))]).toEqual([...bytes]);
      }),
    );
  });

  it("a normal path stays below the root and is stable", () => {
    const part = fc.constantFrom("..", ".", "", "a", "b", "...", ".a");
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const { path } = normalisePath(parts.join("/"), "t");
        expect(path.split("/").some((name) => name === ".." || name === ".")).toBe(false);
        expect(path.startsWith("/") || path.endsWith("/")).toBe(false);
        expect(normalisePath(path, "t")).toEqual({ path, escapes: false });
      }),
    );
  });
});
