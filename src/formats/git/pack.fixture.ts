import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";

/** What a pack is made of: an object, or a delta on one that stands `back` objects before it, or on one of an id. */
export type PackedObject =
  | { readonly type: "commit" | "tree" | "blob" | "tag"; readonly content: Uint8Array }
  | { readonly delta: Uint8Array; readonly back: number }
  | { readonly delta: Uint8Array; readonly on: string };

const codes = { commit: 1, tree: 2, blob: 3, tag: 4 } as const;

/** A pack as git writes it, version 2. */
export function packOf(objects: readonly PackedObject[], algorithm = "sha1"): Buffer {
  const head = Buffer.alloc(12);
  head.write("PACK", "latin1");
  head.writeUInt32BE(2, 4);
  head.writeUInt32BE(objects.length, 8);
  const pieces: Buffer[] = [head];
  const starts: number[] = [];
  let at = head.length;
  for (const object of objects) {
    starts.push(at);
    const packed = packedObject(object, at - (starts.at(-1 - ("back" in object ? object.back : 0)) ?? 0));
    pieces.push(packed);
    at += packed.length;
  }
  const body = Buffer.concat(pieces);
  return Buffer.concat([body, createHash(algorithm).update(body).digest()]);
}

function packedObject(object: PackedObject, distance: number): Buffer {
  if ("type" in object) return Buffer.concat([sized(codes[object.type], object.content), deflateSync(object.content)]);
  const base = "back" in object ? distanceBytes(distance) : Buffer.from(object.on, "hex");
  return Buffer.concat([sized("back" in object ? 6 : 7, object.delta), base, deflateSync(object.delta)]);
}

function sized(type: number, { length }: Uint8Array): Buffer {
  const bytes = [(type << 4) | (length & 15)];
  for (let rest = Math.floor(length / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes[bytes.length - 1]! |= 0x80;
    bytes.push(rest & 0x7f);
  }
  return Buffer.from(bytes);
}

function distanceBytes(distance: number): Buffer {
  const bytes = [distance & 0x7f];
  for (let rest = Math.floor(distance / 128); rest > 0; rest = Math.floor(rest / 128)) {
    rest--;
    bytes.unshift(0x80 | (rest & 0x7f));
  }
  return Buffer.from(bytes);
}

/** A delta that keeps the first `kept` bytes of its base and puts others behind them. */
export function deltaOf(base: number, kept: number, added: Uint8Array): Buffer {
  const pieces = [number(base), number(kept + added.length)];
  for (let at = 0; at < kept; at += 0xffff) pieces.push(copied(at, Math.min(0xffff, kept - at)));
  for (let at = 0; at < added.length; at += 127) {
    const piece = added.subarray(at, at + 127);
    pieces.push(Buffer.from([piece.length]), Buffer.from(piece));
  }
  return Buffer.concat(pieces);
}

function copied(offset: number, length: number): Buffer {
  return Buffer.from([
    0x80 | 0x0f | 0x30,
    offset & 0xff,
    (offset >> 8) & 0xff,
    (offset >> 16) & 0xff,
    offset >>> 24,
    length & 0xff,
    length >> 8,
  ]);
}

function number(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    bytes.push(rest < 128 ? rest : 0x80 | (rest & 0x7f));
    if (rest < 128) return Buffer.from(bytes);
  }
}

/** The id of an object. */
export function idOf(type: string, content: Uint8Array, algorithm = "sha1"): string {
  return createHash(algorithm).update(`${type} ${content.length}\0`).update(content).digest("hex");
}

/** A tree of files and folders by name. */
export function treeOf(entries: Readonly<Record<string, string>>): Buffer {
  return Buffer.concat(
    Object.entries(entries).flatMap(([name, id]) => [Buffer.from(`100644 ${name}\0`), Buffer.from(id, "hex")]),
  );
}
