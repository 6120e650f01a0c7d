import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";
import { corrupt } from "../../core/errors.ts";
import { limits } from "../../core/limits.ts";
import type { IndexDocument } from "./index-document.ts";
import { compareText, joinFields, splitFields } from "./line.ts";
import { encodeShard, Shard } from "./shard.ts";

/** Name of the folder of deltas beside the index. */
export const deltaFolder = "deltas";

/** Name of the delta from one snapshot to another, by their ids. */
export function deltaName(from: string, to: string): string {
  const short = (id: string) => id.replace(/^sha256:/, "").slice(0, 16);
  return `${short(from)}-${short(to)}`;
}

/** Gives a shard's bytes by its root. */
export type ShardReader = (root: string) => Buffer;

/** What changes in one shard. */
interface ShardChanges {
  readonly gone: ReadonlySet<string>;
  readonly come: ReadonlySet<string>;
}

/** What a delta says: changes by the section and the place of their shard, as its headings write them. */
export type Changes = ReadonlyMap<string, ShardChanges>;

/** Deltas that are kept beside an index: so many snapshots back an update is cheap. */
const keptSnapshots = 14;
/** Share of the whole data that a delta may be large; then whole shards are as good. */
const worthwhile = 0.25;
/** Characters up to which a delta is compressed as much as can be; more of them would take minutes. */
const smallDelta = 1_000_000;

/**
 * The lines that differ between two snapshots, compressed: for each shard that has a predecessor at the same place `@section TAB bucket`, then `-` and `+`
 * before each line that goes and comes. Shards of sections that were cut anew are left out; they are fetched whole.
 */
export function writeDelta(
  from: IndexDocument,
  to: IndexDocument,
  fromShard: ShardReader,
  toShard: ShardReader,
): Buffer {
  const changes = new Map<string, ShardChanges>();
  for (const [section, shards] of Object.entries(to.sections)) {
    const earlier = from.sections[section];
    if (earlier === undefined || earlier.length !== shards.length) continue;
    shards.forEach(([root], bucket) => {
      const [oldRoot] = earlier[bucket] as [string, number];
      if (oldRoot === root) return;
      const before = linesOf(fromShard, oldRoot);
      const after = linesOf(toShard, root);
      changes.set(joinFields([section, String(bucket)]), {
        gone: without(before, after),
        come: without(after, before),
      });
    });
  }
  return packed(changes);
}

function without(lines: readonly string[], others: readonly string[]): Set<string> {
  const left = new Set(lines);
  for (const line of others) left.delete(line);
  return left;
}

function packed(changes: Changes): Buffer {
  const parts = [...changes].flatMap(([heading, { gone, come }]) => [
    `@${heading}`,
    ...[...[...gone].map((line) => [line, "-"] as const), ...[...come].map((line) => [line, "+"] as const)]
      .sort(([a], [b]) => compareText(a, b))
      .map(([line, sign]) => sign + line),
  ]);
  const text = parts.map((part) => `${part}\n`).join("");
  const quality = text.length > smallDelta ? 9 : 11;
  return brotliCompressSync(Buffer.from(text, "utf8"), {
    params: { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_LGWIN]: 22 },
  });
}

/** What a delta says; one that is damaged or cut off is `CORRUPT_INPUT`. */
export function readDelta(delta: Buffer, name: string): Changes {
  let text: string;
  try {
    text = brotliDecompressSync(delta, { maxOutputLength: limits.document }).toString("utf8");
  } catch {
    throw corrupt(name, "is no delta: it is damaged or cut off");
  }
  const changes = new Map<string, ShardChanges>();
  for (const part of text.split(/^@/m).slice(1)) {
    const [heading = "", ...lines] = part.split("\n");
    const marked = (sign: string) => lines.filter((line) => line.startsWith(sign)).map((line) => line.slice(1));
    changes.set(heading, { gone: new Set(marked("-")), come: new Set(marked("+")) });
  }
  return changes;
}

function linesOf(reader: ShardReader, root: string): string[] {
  return [...new Shard(reader(root), root, `shard ${root.slice(0, 12)}`).all()];
}

/** The changes of two deltas, one after the other, as one. */
export function joinChanges(first: Changes, second: Changes): Changes {
  const none: ShardChanges = { gone: new Set(), come: new Set() };
  const joined = new Map<string, ShardChanges>();
  for (const heading of new Set([...first.keys(), ...second.keys()])) {
    const before = first.get(heading) ?? none;
    const after = second.get(heading) ?? none;
    joined.set(heading, {
      gone: new Set([...less(before.gone, after.come), ...less(after.gone, before.come)]),
      come: new Set([...less(before.come, after.gone), ...less(after.come, before.gone)]),
    });
  }
  return joined;
}

function less(lines: ReadonlySet<string>, others: ReadonlySet<string>): string[] {
  return [...lines].filter((line) => !others.has(line));
}

/** A delta by its name. */
export interface NamedDelta {
  readonly name: string;
  readonly bytes: Buffer;
}

/**
 * The deltas that belong beside a new index: the one from the snapshot before, and those that led there, prolonged by it. So a reader needs one file however
 * many snapshots it is behind. Those that have become too large, and the largest of too many, are left out.
 */
export function keptDeltas(
  last: NamedDelta,
  earlier: readonly (readonly [name: string, changes: Changes])[],
  wholeBytes: number,
): NamedDelta[] {
  const [from = "", to = ""] = last.name.split("-");
  const changes = readDelta(last.bytes, last.name);
  const prolonged = earlier.flatMap(([name, before]) => {
    const [start = "", end = ""] = name.split("-");
    if (end !== from || start === to) return [];
    return [{ name: `${start}-${to}`, bytes: packed(joinChanges(before, changes)) }];
  });
  const worthKeeping = prolonged
    .filter(({ bytes }) => bytes.length < wholeBytes * worthwhile)
    .sort((a, b) => a.bytes.length - b.bytes.length);
  return [last, ...worthKeeping.slice(0, keptSnapshots - 1)];
}

/** The shards that a delta makes out of those that are there. Nothing in it is trusted: a shard counts only when its root is the one that the new index names. */
export function applyDelta(
  delta: Buffer,
  from: IndexDocument,
  to: IndexDocument,
  fromShard: ShardReader,
  name: string,
): Map<string, Buffer> {
  const made = new Map<string, Buffer>();
  for (const [heading, { gone, come }] of readDelta(delta, name)) {
    const [section = "", bucket = ""] = splitFields(heading);
    const oldRoot = from.sections[section]?.[Number(bucket)]?.[0];
    const newRoot = to.sections[section]?.[Number(bucket)]?.[0];
    if (oldRoot === undefined || newRoot === undefined) continue;
    const lines = [...linesOf(fromShard, oldRoot).filter((line) => !gone.has(line)), ...come].sort();
    const { root, bytes } = encodeShard(lines);
    if (root === newRoot) made.set(root, bytes);
  }
  return made;
}
