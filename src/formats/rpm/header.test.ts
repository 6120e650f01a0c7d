import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../core/errors.ts";
import { parseRpmHeader, sourceOf } from "./header.ts";

type Value = string | readonly string[] | readonly number[];

/** An rpm header blob as a database stores it: strings as STRING or STRING_ARRAY, numbers as INT32. */
function headerBlob(tags: Readonly<Record<number, Value>>): Buffer {
  const index: Buffer[] = [];
  const data: Buffer[] = [];
  let offset = 0;
  for (const [number, value] of Object.entries(tags)) {
    const isText = typeof value === "string" || typeof value[0] === "string";
    const items = typeof value === "string" ? [value] : value;
    const content = Buffer.concat(
      items.map((item) => (typeof item === "string" ? Buffer.from(`${item}\0`) : int32(item))),
    );
    index.push(
      Buffer.concat([
        int32(Number(number)),
        int32(typeof value === "string" ? 6 : isText ? 8 : 4),
        int32(offset),
        int32(items.length),
      ]),
    );
    data.push(content);
    offset += content.length;
  }
  return Buffer.concat([int32(index.length), int32(offset), ...index, ...data]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

const least = { 1000: "foo", 1001: "1.0", 1002: "2.el9" };

describe("parseRpmHeader", () => {
  it("reads what matching needs", () => {
    const blob = headerBlob({
      ...least,
      1003: [3],
      1011: "Example Project",
      1014: "MIT",
      1022: "x86_64",
      1030: [0o40755, 0o100755, 0o100644],
      1044: "foo-src-1.0-2.el9.src.rpm",
      1116: [0, 1, 2],
      1117: ["bin", "foo", "package.json"],
      1118: ["/usr/", "/usr/bin/", "/usr/lib/node_modules/foo/"],
      5096: "foo:1:2:3",
    });
    expect(parseRpmHeader(blob, "header")).toEqual({
      name: "foo",
      version: "1.0-2.el9",
      type: "rpm",
      epoch: 3,
      architecture: "x86_64",
      sourceName: "foo-src",
      sourceVersion: "1.0-2.el9",
      sourceRpm: "foo-src-1.0-2.el9.src.rpm",
      vendor: "Example Project",
      licenses: ["MIT"],
      module: "foo:1:2:3",
      fileCount: 2,
      ownedPaths: ["usr/bin/foo", "usr/lib/node_modules/foo/package.json"],
    });
  });

  it("takes an absent epoch for 0 and leaves keys out", () => {
    expect(parseRpmHeader(headerBlob(least), "header")).toMatchObject({ epoch: 0, fileCount: 0, licenses: [] });
    expect(parseRpmHeader(headerBlob({ ...least, 1000: "gpg-pubkey" }), "header")).toBeUndefined();
  });

  it.each([
    ["nothing", Buffer.alloc(0)],
    ["no entries", Buffer.alloc(16)],
    ["too many entries", Buffer.concat([int32(0x7fffffff), int32(0)])],
    ["no name", headerBlob({ 1001: "1", 1002: "1" })],
    ["a name that is a number", headerBlob({ ...least, 1000: [1] })],
    ["a file in no folder", headerBlob({ ...least, 1117: ["a"], 1116: [7], 1118: ["/"] })],
    ["a cut string", headerBlob(least).subarray(0, -1)],
  ])("rejects a header with %s", (_what, blob) => {
    expect(() => parseRpmHeader(blob, "header")).toThrow(AppError);
  });

  it("bounds the paths that one long folder would multiply", () => {
    const files = 40_000;
    const blob = headerBlob({
      ...least,
      1116: Array(files).fill(0),
      1117: Array(files).fill("f"),
      1118: [`/${"x".repeat(4_000)}/`],
    });
    expect(() => parseRpmHeader(blob, "header")).toThrow(/characters of paths/);
  });

  it("gives back any strings that were written", () => {
    const text = fc.stringMatching(/^[!-~]{1,20}$/).filter((value) => value !== "gpg-pubkey" && value !== "(none)");
    fc.assert(
      fc.property(text, text, text, text, (name, version, release, vendor) => {
        const record = parseRpmHeader(headerBlob({ 1000: name, 1001: version, 1002: release, 1011: vendor }), "header");
        expect(record).toMatchObject({ name, version: `${version}-${release}`, vendor });
      }),
    );
  });

  it("yields only AppErrors for any bytes", () => {
    const blob = headerBlob({ ...least, 1116: [0, 0], 1117: ["a", "b"], 1118: ["/"], 1030: [1, 2] });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(blob.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }), (edits) => {
        const damaged = Buffer.from(blob);
        for (const [at, value] of edits) damaged[at] = value;
        onlyAppErrors(() => parseRpmHeader(damaged, "header"));
      }),
      { numRuns: 2_000 },
    );
    fc.assert(fc.property(fc.uint8Array(), (bytes) => onlyAppErrors(() => parseRpmHeader(bytes, "header"))));
  });
});

function onlyAppErrors(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
  }
}

describe("sourceOf", () => {
  it.each([
    ["util-linux-2.32.1-42.el8_8.src.rpm", { sourceName: "util-linux", sourceVersion: "2.32.1-42.el8_8" }],
    ["a-1-2.nosrc.rpm", { sourceName: "a", sourceVersion: "1-2" }],
    ["odd", {}],
    [undefined, {}],
  ])("splits %s", (file, expected) => {
    expect(sourceOf(file)).toEqual(expected);
  });
});
