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
  const parts: string[] = [];
  for (const [section, shards] of Object.entries(to.sections)) {
    const earlier = from.sections[section];
    if (earlier === undefined || earlier.length !== shards.length) continue;
    shards.forEach(([root], bucket) => {
      const [oldRoot] = earlier[bucket] as [string, number];
      if (oldRoot === root) return;
      parts.push(
        `@${joinFields([section, String(bucket)])}`,
        ...difference(linesOf(fromShard, oldRoot), linesOf(toShard, root)),
      );
    });
  }
  return brotliCompressSync(Buffer.from(`${parts.join("\n")}\n`, "utf8"), {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 22 },
  });
}

function linesOf(reader: ShardReader, root: string): string[] {
  return [...new Shard(reader(root), root, `shard ${root.slice(0, 12)}`).all()];
}

/** Both lists are sorted and without repetitions. */
function difference(before: readonly string[], after: readonly string[]): string[] {
  const found: string[] = [];
  let old = 0;
  let now = 0;
  while (old < before.length || now < after.length) {
    const a = before[old];
    const b = after[now];
    if (a === b) {
      old++;
      now++;
    } else if (b === undefined || (a !== undefined && compareText(a, b) < 0)) {
      found.push(`-${a}`);
      old++;
    } else {
      found.push(`+${b}`);
      now++;
    }
  }
  return found;
}

/** The shards that a delta makes out of those that are there. Nothing in it is trusted: a shard counts only when its root is the one that the new index names. */
export function applyDelta(
  delta: Buffer,
  from: IndexDocument,
  to: IndexDocument,
  fromShard: ShardReader,
  name: string,
): Map<string, Buffer> {
  let text: string;
  try {
    text = brotliDecompressSync(delta, { maxOutputLength: limits.document }).toString("utf8");
  } catch {
    throw corrupt(name, "is no delta: it is damaged or cut off");
  }
  const made = new Map<string, Buffer>();
  for (const part of text.split(/^@/m).slice(1)) {
    const [heading = "", ...changes] = part.split("\n");
    const [section = "", bucket = ""] = splitFields(heading);
    const oldRoot = from.sections[section]?.[Number(bucket)]?.[0];
    const newRoot = to.sections[section]?.[Number(bucket)]?.[0];
    if (oldRoot === undefined || newRoot === undefined) continue;
    const { root, bytes } = encodeShard(changed(linesOf(fromShard, oldRoot), changes));
    if (root === newRoot) made.set(root, bytes);
  }
  return made;
}

function changed(lines: readonly string[], changes: readonly string[]): string[] {
  const gone = new Set(changes.filter((change) => change.startsWith("-")).map((change) => change.slice(1)));
  const added = changes.filter((change) => change.startsWith("+")).map((change) => change.slice(1));
  return [...lines.filter((line) => !gone.has(line)), ...added].sort();
}
