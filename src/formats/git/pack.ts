import { createHash } from "node:crypto";
import { inflateSync } from "node:zlib";
import { AppError, corrupt, limitExceeded } from "../../core/errors.ts";
import { applyDelta, deltaSizes } from "./delta.ts";

/** An object of a repository, whole. */
export interface GitObject {
  readonly type: "commit" | "tree" | "blob" | "tag";
  /** Digest of type, length and content, in hex. */
  readonly id: string;
  readonly content: Uint8Array;
}

/** How much may be made of a pack. */
export interface PackLimits {
  /** Bytes of one object. */
  readonly object: number;
  /** Bytes of all, bases of deltas counted each time that they must be made again. */
  readonly all: number;
  readonly objects: number;
}

/** How a repository names its objects: by what digest, and how many bytes a name has. */
export interface ObjectFormat {
  readonly algorithm: "sha1" | "sha256";
  readonly idBytes: 20 | 32;
}

const usualFormat: ObjectFormat = { algorithm: "sha1", idBytes: 20 };
const newerFormat: ObjectFormat = { algorithm: "sha256", idBytes: 32 };
const headerBytes = 12;
const types = { 1: "commit", 2: "tree", 3: "blob", 4: "tag" } as const;
const offsetDelta = 6;
const idDelta = 7;
/** Made objects that are kept for the deltas on them. */
const keptBytes = 64 * 1024 ** 2;
/** git makes chains of 50 and at most 4095 (git-repack(1), `--depth`). */
const longestChain = 4_096;

/** Whether bytes begin as a pack of git objects, version 2 or 3. */
export function isGitPack(bytes: Uint8Array): boolean {
  return (
    bytes.length > headerBytes && /^PACK\0\0\0[\x02\x03]$/.test(Buffer.from(bytes.subarray(0, 8)).toString("latin1"))
  );
}

/** The format that a pack's check sum at its end is of (gitformat-pack): SHA-1 unless it is that of SHA-256. A damaged pack is taken for the usual one. */
export function objectFormat(bytes: Uint8Array): ObjectFormat {
  const { algorithm, idBytes } = newerFormat;
  const body = bytes.subarray(0, -idBytes);
  return createHash(algorithm).update(body).digest().equals(bytes.subarray(-idBytes)) ? newerFormat : usualFormat;
}

/**
 * The objects of a pack in its order (gitformat-pack), deltas applied; one whose base stands behind it comes with its base. Those whose base is not in the
 * pack cannot be made, and their number is returned. Throws `CORRUPT_INPUT` with the offset where the pack is damaged or cut off, `LIMIT_EXCEEDED`
 * beyond the limits; what came before is whole. The check sum at its end is not verified.
 */
export function* packObjects(
  bytes: Uint8Array,
  name: string,
  limits: PackLimits,
  format: ObjectFormat = objectFormat(bytes),
): Generator<GitObject, number> {
  return yield* new PackReader(bytes, name, limits, format).objects();
}

interface Entry {
  readonly at: number;
  readonly type: number;
  readonly size: number;
  /** Where its deflated bytes begin. */
  readonly start: number;
  /** Offset or id of what it is a delta on. */
  readonly base?: number | string;
}

interface Made {
  readonly type: GitObject["type"];
  readonly content: Uint8Array;
}

class PackReader {
  readonly #bytes: Uint8Array;
  readonly #name: string;
  readonly #limits: PackLimits;
  readonly #format: ObjectFormat;
  readonly #entries = new Map<number, Entry>();
  readonly #byId = new Map<string, number>();
  /** Deltas by the id of the object that must be known before they can be made, and that id by their offset. */
  readonly #waiting = new Map<string, Entry[]>();
  readonly #waitingFor = new Map<number, string>();
  /** Least recently used first. */
  readonly #kept = new Map<number, Made>();
  #keptSize = 0;
  #made = 0;

  constructor(bytes: Uint8Array, name: string, limits: PackLimits, format: ObjectFormat) {
    this.#format = format;
    this.#bytes = bytes;
    this.#name = name;
    this.#limits = limits;
  }

  *objects(): Generator<GitObject, number> {
    const count = new DataView(this.#bytes.buffer, this.#bytes.byteOffset).getUint32(8);
    let at = headerBytes;
    for (let index = 0; index < count; index++) {
      if (index === this.#limits.objects) throw limitExceeded(this.#name, `${this.#limits.objects} objects`);
      const entry = this.#entry(at);
      this.#entries.set(at, entry);
      const { content, end } = this.#inflated(entry);
      at = end;
      yield* this.#told(entry, content);
    }
    return this.#waitingFor.size;
  }

  /** The object of an entry, and those of the deltas that waited for it; nothing where it must wait itself. */
  *#told(first: Entry, content: Uint8Array): Generator<GitObject> {
    const ready = [first];
    for (let entry = ready.pop(); entry !== undefined; entry = ready.pop()) {
      const object = this.#resolved(entry, entry === first ? content : undefined);
      if (object === undefined) continue;
      const named = this.#named(entry, object);
      const waiting = this.#waiting.get(named.id) ?? [];
      this.#waiting.delete(named.id);
      for (const { at } of waiting) this.#waitingFor.delete(at);
      // The last is taken first.
      for (const one of waiting.reverse()) ready.push(one);
      yield named;
    }
  }

  #named(entry: Entry, { type, content }: Made): GitObject {
    const id = createHash(this.#format.algorithm).update(`${type} ${content.length}\0`).update(content).digest("hex");
    this.#byId.set(id, entry.at);
    return { type, id, content };
  }

  /** Type and size in the first bytes, then for a delta where its base is. */
  #entry(at: number): Entry {
    let next = at;
    let byte = this.#byte(next++, at);
    const type = (byte >> 4) & 7;
    let size = byte & 15;
    for (let scale = 16; byte >= 0x80; scale *= 128) {
      if (scale > 2 ** 46) throw corrupt(this.#name, "an object with a size of more than seven bytes", at);
      byte = this.#byte(next++, at);
      size += (byte & 0x7f) * scale;
    }
    if (size > this.#limits.object) throw limitExceeded(this.#name, `${this.#limits.object} bytes in an object`);
    if (type in types) return { at, type, size, start: next };
    if (type === offsetDelta) {
      const { distance, end } = this.#distance(next, at);
      return { at, type, size, start: end, base: at - distance };
    }
    if (type !== idDelta) throw corrupt(this.#name, `an object of type ${type}`, at);
    const { idBytes } = this.#format;
    this.#byte(next + idBytes, at);
    const base = Buffer.from(this.#bytes.subarray(next, next + idBytes)).toString("hex");
    return { at, type, size, start: next + idBytes, base };
  }

  /** Seven bits a byte, most first; each further byte adds one, so that no number has two forms. */
  #distance(start: number, at: number): { distance: number; end: number } {
    let next = start;
    let byte = this.#byte(next++, at);
    let distance = byte & 0x7f;
    while (byte >= 0x80) {
      byte = this.#byte(next++, at);
      distance = (distance + 1) * 128 + (byte & 0x7f);
      if (distance > at) break;
    }
    if (distance === 0 || distance > at) throw corrupt(this.#name, "a delta on what is before the pack", at);
    return { distance, end: next };
  }

  #byte(at: number, entry: number): number {
    const byte = this.#bytes[at];
    if (byte === undefined) throw corrupt(this.#name, "the pack is cut off", entry);
    return byte;
  }

  #inflated({ at, start, size }: Entry): { content: Uint8Array; end: number } {
    this.#count(size);
    try {
      const { buffer, engine } = inflateSync(this.#bytes.subarray(start), {
        info: true,
        maxOutputLength: size + 1,
        chunkSize: Math.max(64, size + 1),
      }) as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
      if (buffer.length !== size)
        throw corrupt(this.#name, `an object of ${buffer.length} bytes that should have ${size}`, at);
      return { content: buffer, end: start + engine.bytesWritten };
    } catch (error) {
      if (error instanceof AppError) throw error;
      throw corrupt(this.#name, "an object that cannot be decompressed", at);
    }
  }

  /** The object of an entry; undefined where what it is a delta on is not known (yet): then it waits. */
  #resolved(entry: Entry, inflated?: Uint8Array): Made | undefined {
    const chain: { entry: Entry; content: Uint8Array | undefined }[] = [];
    let made: Made | undefined;
    for (let next = entry, content = inflated; made === undefined; content = undefined) {
      made = this.#kept.get(next.at);
      if (made !== undefined) this.#used(next, made);
      else if (next.base === undefined)
        made = this.#keep(next, {
          type: types[next.type as keyof typeof types],
          content: content ?? this.#inflated(next).content,
        });
      else {
        chain.push({ entry: next, content });
        if (chain.length > longestChain) throw corrupt(this.#name, "a chain of deltas without an end", next.at);
        const missing = this.#waitingFor.get(next.at);
        const base = missing === undefined ? this.#baseOf(next.base) : undefined;
        if (base === undefined) return this.#wait(entry, missing ?? String(next.base));
        next = base;
      }
    }
    for (const { entry: delta, content } of chain.reverse()) made = this.#applied(made, delta, content);
    return made;
  }

  #baseOf(base: number | string): Entry | undefined {
    const at = typeof base === "string" ? this.#byId.get(base) : base;
    return at === undefined ? undefined : this.#entries.get(at);
  }

  #wait(entry: Entry, id: string): undefined {
    this.#waitingFor.set(entry.at, id);
    const others = this.#waiting.get(id);
    if (others === undefined) this.#waiting.set(id, [entry]);
    else others.push(entry);
  }

  #used(entry: Entry, made: Made): void {
    this.#kept.delete(entry.at);
    this.#kept.set(entry.at, made);
  }

  #applied(base: Made, entry: Entry, inflated: Uint8Array | undefined): Made {
    const delta = inflated ?? this.#inflated(entry).content;
    const { result } = deltaSizes(delta, this.#name);
    if (result > this.#limits.object) throw limitExceeded(this.#name, `${this.#limits.object} bytes in an object`);
    this.#count(result);
    return this.#keep(entry, { type: base.type, content: applyDelta(base.content, delta, this.#name) });
  }

  #keep(entry: Entry, made: Made): Made {
    this.#kept.set(entry.at, made);
    this.#keptSize += made.content.length;
    for (const [at, { content }] of this.#kept) {
      if (this.#keptSize <= keptBytes || at === entry.at) break;
      this.#kept.delete(at);
      this.#keptSize -= content.length;
    }
    return made;
  }

  #count(size: number): void {
    this.#made += size;
    if (this.#made > this.#limits.all) throw limitExceeded(this.#name, `${this.#limits.all} bytes in all objects`);
  }
}
