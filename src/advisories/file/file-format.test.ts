import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../core/errors.ts";
import { severities } from "../../core/severity.ts";
import type { AdvisoryRecord } from "../record.ts";
import { cutIntoBlocks, expanded, OpenBlock } from "./block.ts";
import { packSections } from "./build.ts";
import { applyDelta, deltaName, keptDeltas, readDelta, writeDelta } from "./delta.ts";
import { newKeyPair, readEnvelope, readKey, requireSignature, writeEnvelope } from "./envelope.ts";
import { formatVersion, type IndexDocument, readIndex, writeIndex } from "./index-document.ts";
import { bucketOf, joinFields, keyOf, splitFields } from "./line.ts";
import { readRanges, writeRanges } from "./range-text.ts";
import { readShared, type SharedFields, sharedFields, writeRecord, writeShared } from "./record-line.ts";
import { RecordSection, Section, SharedVulnerabilities } from "./section.ts";
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

/** Reads records through a shard, as a look-up does. */
function readBack(lines: readonly string[], key: string, shared: SharedFields): AdvisoryRecord[] {
  const { root, bytes } = encodeShard([...new Set(lines)].sort());
  const open = () => new Shard(bytes, root, "test");
  const vulnerabilities = new SharedVulnerabilities("test", undefined);
  Object.defineProperty(vulnerabilities, "of", { value: () => shared });
  const records = new RecordSection("npm", new Section([root], open), vulnerabilities).records(key);
  return records.map((one) => JSON.parse(JSON.stringify(one)) as AdvisoryRecord);
}

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
        const key = keyOf(writeRecord(own, stored));
        expect(readBack([writeRecord(own, stored)], key, stored)).toEqual([own]);
        const nothing = readShared(undefined, "test");
        const twins = [`${own.id}1`, `${own.id}2`].map((id) => ({ ...own, id }));
        // What two records say in the same words is stored once.
        const lines = twins.map((twin) => writeRecord(twin, nothing));
        expect(readBack(lines, key, nothing)).toEqual(twins);
      }),
      { numRuns: 500 },
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
    expect([...shard.holding(["CVE-8999", "CVE-4\t"])]).toEqual([lines[4], lines[8999]]);
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

describe("blocks", () => {
  it("store the key of several lines once, and what several say behind their third field", () => {
    const lines = ["a\t1\t<2\tf\tlow", "a\t2\t<3\tf\tlow", "b", "b\t3\t<4\tf\tlow", "c\t4\t<5\tw"];
    const { bytes } = cutIntoBlocks(lines)[0]!;
    expect(bytes.toString("latin1", 8)).toBe(
      "a\t0\nb\t16\nc\t25\nf\tlow\n1\t<2\t\u00010\n2\t<3\t\u00010\n\n3\t<4\t\u00010\n4\t<5\tw\n",
    );
    const block = new OpenBlock(bytes, "test");
    expect([...block.all()]).toEqual(lines);
    expect(expanded("b", block.group("b")!)).toEqual(lines.slice(2, 4));
    // What only looks like a key, in the tails or within another key, is none.
    expect(block.group("f")).toBeUndefined();
    expect(block.group("")).toBeUndefined();
  });

  it("that are any bytes at all are read or refused, and end", () => {
    const piece = fc.constantFrom("a\t0\n", "b\t4\n", "\t", "\n", "x", "1\t\u00017\n", "-1\n", "1e9\n");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.nat(30), fc.nat(30), (pieces, keys, tails) => {
        const head = Buffer.alloc(8);
        head.writeUInt32LE(keys, 0);
        head.writeUInt32LE(tails, 4);
        const bytes = Buffer.concat([head, Buffer.from(pieces.join(""))]);
        const read = () => {
          const block = new OpenBlock(bytes, "test");
          return [...block.all(), block.group("a"), block.group("")];
        };
        try {
          read();
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
      { numRuns: 500 },
    );
    expect(() => new OpenBlock(Buffer.alloc(3), "test")).toThrow(/damaged/);
  });
});

describe("index and envelope", () => {
  const index = readIndex(
    writeIndex({
      format: "plimsoll-advisories",
      version: formatVersion,
      date: "2024-01-01",
      feeds: [{ id: "x", title: "X", date: "2024-01-01", files: 1, records: 2, broken: 0 }],
      sections: { b: [["0".repeat(64), 5]], a: [["1".repeat(64), 6]] },
    }),
    "test",
  );
  it("come back as they were, sections in order", () => expect(Object.keys(index.sections)).toEqual(["a", "b"]));
  it("of an earlier or later version say so and what to do; everything else is refused", () => {
    const ofVersion = (version: number) => () => readIndex(Buffer.from(JSON.stringify({ ...index, version })), "test");
    expect(ofVersion(1)).toThrow(/is of format version 1, and this Plimsoll reads version 2/);
    expect(ofVersion(1)).toThrow(expect.objectContaining({ hint: expect.stringMatching(/db update.*db build/) }));
    expect(ofVersion(3)).toThrow(expect.objectContaining({ hint: expect.stringMatching(/newer Plimsoll/) }));
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
  const section = "records/x/y";
  const pack = (lines: readonly string[]) => packSections([[section, lines]]);
  const index = (sections: ReturnType<typeof pack>["sections"]): IndexDocument => ({
    format: "plimsoll-advisories",
    version: formatVersion,
    date: "",
    feeds: [],
    sections,
  });
  const reader =
    ({ shards }: ReturnType<typeof pack>) =>
    (root: string) =>
      shards.get(root) as Buffer;
  const delta = (from: ReturnType<typeof pack>, to: ReturnType<typeof pack>) =>
    writeDelta(index(from.sections), index(to.sections), reader(from), reader(to));
  const rootOf = ({ sections }: ReturnType<typeof pack>) => (sections[section] as [[string, number]])[0][0];
  const someLines = manyLines.filter((lines) => lines.length > 0);

  it("lead from any lines to any others, and a wrong one changes nothing", () => {
    fc.assert(
      fc.property(someLines, someLines, (before, after) => {
        const old = pack(before);
        const now = pack(after);
        const bytes = delta(old, now);
        const made = applyDelta(bytes, index(old.sections), index(now.sections), reader(old), "test");
        expect([...made.keys()]).toEqual(rootOf(old) === rootOf(now) ? [] : [rootOf(now)]);
        const wrong = { [section]: [["f".repeat(64), 1] as const] };
        expect(applyDelta(bytes, index(old.sections), index(wrong), reader(old), "test").size).toBe(0);
      }),
      { numRuns: 60 },
    );
    expect(deltaName(`sha256:${"ab".repeat(32)}`, `sha256:${"cd".repeat(32)}`)).toBe(
      "abababababababab-cdcdcdcdcdcdcdcd",
    );
  });

  it("that lead to a snapshot are prolonged by the next: one delta does for many snapshots", () => {
    fc.assert(
      fc.property(fc.tuple(someLines, someLines, someLines, someLines), (history) => {
        const snapshots = history.map(pack);
        const [a, b, c, d] = snapshots;
        const named = (name: string, bytes: Buffer) => [name, readDelta(bytes, name)] as const;
        const first = named("aa-bb", delta(a!, b!));
        const second = keptDeltas({ name: "bb-cc", bytes: delta(b!, c!) }, [first], 1e9);
        const third = keptDeltas(
          { name: "cc-dd", bytes: delta(c!, d!) },
          second.map(({ name, bytes }) => named(name, bytes)),
          1e9,
        );
        expect(third.map(({ name }) => name).sort()).toEqual(["aa-dd", "bb-dd", "cc-dd"]);
        const whole = third.find(({ name }) => name === "aa-dd")!;
        const made = applyDelta(whole.bytes, index(a!.sections), index(d!.sections), reader(a!), "test");
        if (rootOf(a!) !== rootOf(d!)) expect([...made.keys()]).toEqual([rootOf(d!)]);
      }),
      { numRuns: 40 },
    );
  });

  it("that lead elsewhere, are too large or too many are left out, the largest first", () => {
    const last = { name: "yy-zz", bytes: delta(pack(["a\t1"]), pack(["a\t2"])) };
    const before = Array.from({ length: 20 }, (_, number) => {
      const lines = Array.from({ length: number + 1 }, (__, line) => `k${line}\t${number * 7919 + line}`);
      return [`s${number}-yy`, readDelta(delta(pack(["a\t0"]), pack(lines)), "test")] as const;
    });
    const kept = keptDeltas(last, [...before, ["s1-xx", before[0]![1]]], 1e9);
    expect(kept.map(({ name }) => name)).toHaveLength(14);
    expect(kept[0]).toBe(last);
    expect(kept.map(({ name }) => name)).not.toContain("s19-zz");
    expect(kept.map(({ name }) => name)).not.toContain("s1-xx");
    expect(keptDeltas(last, before, 100)).toEqual([last]);
  });
});
