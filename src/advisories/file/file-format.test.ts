import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../core/errors.ts";
import { severities } from "../../core/severity.ts";
import type { AdvisoryRecord } from "../record.ts";
import { packSections } from "./build.ts";
import { applyDelta, deltaName, writeDelta } from "./delta.ts";
import { newKeyPair, readEnvelope, readKey, requireSignature, writeEnvelope } from "./envelope.ts";
import { readIndex, writeIndex } from "./index-document.ts";
import { bucketOf, joinFields, keyOf, splitFields } from "./line.ts";
import { readRanges, writeRanges } from "./range-text.ts";
import { readRecord, readShared, sharedFields, writeRecord, writeShared } from "./record-line.ts";
import { encodeShard, rootOfLines, Shard } from "./shard.ts";

const text = fc.string({
  minLength: 1,
  maxLength: 12,
  unit: fc.constantFrom(..."ab1.-+:~%<>= \t\n\r\u0001\u001f\\é𝄞"),
});
const word = fc.stringMatching(/^[A-Z]{2,4}-\d{1,6}$/);
const version = fc.oneof(fc.stringMatching(/^\d+(\.\d+){0,3}(-r\d)?$/), text);
const range = fc.oneof(
  fc.record({ introduced: fc.constantFrom("0", "1.2"), fixed: version }),
  fc.record({ introduced: version, lastAffected: version }),
  fc.record({ introduced: version }),
  fc.record({ fixed: version }),
);

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const record = fc
  .record({
    id: word,
    aliases: fc.uniqueArray(word, { maxLength: 3 }),
    related: optional(fc.uniqueArray(word, { minLength: 1, maxLength: 3 })),
    source: fc.constant("test"),
    ecosystem: fc.constant("npm"),
    package: text,
    ranges: fc.array(range, { maxLength: 3 }),
    versions: optional(fc.array(version, { minLength: 1, maxLength: 3 })),
    notAffected: optional(fc.constant(true)),
    state: fc.constantFrom("fixed", "unfixed", "will-not-fix", "deferred", "unknown"),
    status: optional(fc.constantFrom("no-dsa", "a b\tc")),
    severity: optional(fc.constantFrom(...severities)),
    cvss: optional(
      fc.array(
        fc.record({ vector: fc.constantFrom("CVSS:3.1/AV:N", "AV:N/AC:L"), source: fc.constantFrom("test", "nvd") }),
        { minLength: 1, maxLength: 2 },
      ),
    ),
    title: optional(text),
    url: optional(fc.constant("https://example.org/a?b")),
    withdrawn: optional(fc.constant("2024-01-02")),
    modified: optional(fc.constant("2023-11-30")),
    malicious: optional(fc.constant(true)),
    conditions: optional(fc.record({ module: fc.constant("nodejs:12"), cpes: fc.array(text, { maxLength: 2 }) })),
  })
  .map(
    (value) =>
      Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as unknown as AdvisoryRecord,
  );

describe("lines", () => {
  it("keep any text in their fields", () => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 5 }), (fields) => {
        expect(splitFields(joinFields(fields))).toEqual(fields);
      }),
    );
  });
  it("keep ranges and versions", () => {
    fc.assert(
      fc.property(fc.array(range, { maxLength: 4 }), fc.array(version, { maxLength: 3 }), (ranges, versions) => {
        expect(readRanges(writeRanges(ranges, versions))).toEqual({ ranges, versions });
      }),
    );
  });
  it("keep records, with the shared line of their vulnerability, that of another document, or none", () => {
    fc.assert(
      fc.property(record, record, fc.boolean(), (own, other, isShared) => {
        const shared = isShared ? sharedFields(own) : sharedFields(other);
        const stored = readShared(writeShared(own.id, shared, "test"), "test");
        expect(readRecord(writeRecord(own, stored), "test", "npm", () => stored)).toEqual(own);
        const nothing = readShared(undefined, "test");
        expect(readRecord(writeRecord(own, nothing), "test", "npm", () => nothing)).toEqual(own);
      }),
      { numRuns: 1000 },
    );
  });
  it("are spread by FNV-1a over the bytes of their key", () => {
    // Values of the reference vectors: FNV-1a, 32 bits, of "", "a" and "foobar".
    expect(["", "a", "foobar"].map((key) => bucketOf(key, 2 ** 32))).toEqual([0x811c9dc5, 0xe40c292c, 0xbf9cf968]);
    expect(bucketOf("é", 2 ** 32)).toBe(bucketOf("é", 2 ** 32));
  });
});

const manyLines = fc
  .uniqueArray(
    fc.tuple(fc.nat(300), fc.nat(5), text).map(([key, id, more]) => joinFields([`package-${key}`, `CVE-${id}`, more])),
    { maxLength: 200 },
  )
  .map((lines) => lines.sort());

describe("shards", () => {
  it("give back every line by its key, and all in order", () => {
    fc.assert(
      fc.property(manyLines, (lines) => {
        const { root, bytes } = encodeShard(lines);
        const shard = new Shard(bytes, root, "test");
        expect([...shard.all()]).toEqual(lines);
        for (const key of new Set(lines.map(keyOf)))
          expect(shard.lines(key)).toEqual(lines.filter((line) => keyOf(line) === key));
        expect(shard.lines("package-")).toEqual([]);
        expect(shard.lines("zzz")).toEqual([]);
        expect(shard.lines("")).toEqual([]);
        expect(rootOfLines(lines)).toBe(root);
      }),
      { numRuns: 60 },
    );
  });

  it("of several blocks find the first and the last line of each", () => {
    const lines = Array.from({ length: 9000 }, (_, index) =>
      joinFields([`k${String(index >> 1).padStart(6, "0")}`, `CVE-${index}`, "<1.2.3-4"]),
    ).sort();
    const { root, bytes } = encodeShard(lines);
    const shard = new Shard(bytes, root, "test");
    for (let index = 0; index < 4500; index += 7)
      expect(shard.lines(`k${String(index).padStart(6, "0")}`)).toHaveLength(2);
    expect([...shard.holding(["\tCVE-8999", "\tCVE-4\t"])]).toEqual([lines[4], lines[8999]]);
  });

  it("that are not what their root says, or are any bytes at all, are refused", () => {
    const { root, bytes } = encodeShard(["a\t1", "b\t2"]);
    expect(
      () =>
        new Shard(
          bytes,
          root.replace(/^./, (digit) => (digit === "0" ? "1" : "0")),
          "test",
        ),
    ).toThrow(AppError);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), fc.boolean(), (tail, isHeaded) => {
        const hostile = Buffer.concat([isHeaded ? bytes.subarray(0, 16) : Buffer.alloc(0), tail]);
        expect(() => [...new Shard(hostile, root, "test").all()]).toThrow(AppError);
      }),
    );
  });
});

describe("index and envelope", () => {
  const index = readIndex(
    writeIndex({
      format: "plimsoll-advisories",
      version: 1,
      date: "2024-01-01",
      feeds: [{ id: "x", title: "X", date: "2024-01-01", files: 1, records: 2, broken: 0 }],
      sections: { b: [["0".repeat(64), 5]], a: [["1".repeat(64), 6]] },
    }),
    "test",
  );
  it("come back as they were, sections in order", () => expect(Object.keys(index.sections)).toEqual(["a", "b"]));
  it("of a later version say so; everything else is refused", () => {
    expect(() => readIndex(Buffer.from(JSON.stringify({ ...index, version: 2 })), "test")).toThrow(/format version 2/);
    for (const wrong of [
      {},
      { ...index, feeds: [{}] },
      { ...index, sections: { a: [] } },
      { ...index, sections: { a: [["zz", 1]] } },
      { ...index, sections: [] },
      null,
      7,
    ]) {
      expect(() => readIndex(Buffer.from(JSON.stringify(wrong)), "test")).toThrow(AppError);
    }
    fc.assert(
      fc.property(fc.string(), (any) => {
        expect(() => readEnvelope(any, "test")).toThrow(AppError);
      }),
    );
    fc.assert(
      fc.property(fc.json(), (any) => {
        expect(() => readEnvelope(any, "test")).toThrow(AppError);
      }),
    );
  });
  it("accept their signer only", () => {
    const pair = newKeyPair();
    const envelope = readEnvelope(
      writeEnvelope(Buffer.from("content"), readKey(pair.privateKey, "private", "test")),
      "test",
    );
    const key = readKey(pair.publicKey, "public", "test");
    expect(() => requireSignature(envelope, [key], "test")).not.toThrow();
    expect(() => requireSignature({ ...envelope, payload: Buffer.from("Content") }, [key], "test")).toThrow(AppError);
    expect(() => readKey("no key", "public", "test")).toThrow(/no public key/);
  });
});

describe("deltas", () => {
  it("lead from any lines to any others, and a wrong one changes nothing", () => {
    fc.assert(
      fc.property(manyLines, manyLines, (before, after) => {
        fc.pre(before.length > 0 && after.length > 0);
        const old = packSections([["records/x/y", before]]);
        const now = packSections([["records/x/y", after]]);
        const index = (sections: typeof old.sections) => ({
          format: "plimsoll-advisories" as const,
          version: 1 as const,
          date: "",
          feeds: [],
          sections,
        });
        const from = (root: string) => old.shards.get(root) as Buffer;
        const delta = writeDelta(
          index(old.sections),
          index(now.sections),
          from,
          (root) => now.shards.get(root) as Buffer,
        );
        const made = applyDelta(delta, index(old.sections), index(now.sections), from, "test");
        const [[root]] = now.sections["records/x/y"] as [[string, number]];
        const isSame = root === old.sections["records/x/y"]?.[0]?.[0];
        expect([...made.keys()]).toEqual(isSame ? [] : [root]);
        const wrong = { "records/x/y": [["f".repeat(64), 1] as const] };
        expect(applyDelta(delta, index(old.sections), index(wrong), from, "test").size).toBe(0);
      }),
      { numRuns: 60 },
    );
    expect(deltaName(`sha256:${"ab".repeat(32)}`, `sha256:${"cd".repeat(32)}`)).toBe(
      "abababababababab-cdcdcdcdcdcdcdcd",
    );
  });
});
