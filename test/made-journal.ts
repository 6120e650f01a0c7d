/** An entry of a made journal: its time in seconds since 1970-01-01 UTC and its fields as `NAME=value`. */
export interface MadeEntry {
  readonly time: number;
  readonly fields: readonly string[];
  /** What its message is stored as instead: bytes compressed by the method that the flags of the object name (1 xz, 2 lz4, 4 zstd). */
  readonly compressed?: { readonly flags: number; readonly bytes: Uint8Array };
}

/** A file of the journal as journald lays it out, regular or compact, without its hash tables; `sealed` sets the flag alone. */
export function madeJournal(entries: readonly MadeEntry[], compact: boolean, sealed = false): Buffer {
  const start = 264;
  const parts: Buffer[] = [];
  let at = start;
  const add = (type: number, flags: number, body: Buffer): number => {
    const object = Buffer.alloc(Math.ceil((16 + body.length) / 8) * 8);
    object[0] = type;
    object[1] = flags;
    object.writeBigUInt64LE(BigInt(16 + body.length), 8);
    body.copy(object, 16);
    parts.push(object);
    at += object.length;
    return at - object.length;
  };
  for (const { time, fields, compressed } of entries) {
    const offsets = fields.map((field) => {
      const own = field.startsWith("MESSAGE=") ? compressed : undefined;
      const payload = own?.bytes ?? Buffer.from(field);
      return add(1, own?.flags ?? 0, Buffer.concat([Buffer.alloc(compact ? 56 : 48), payload]));
    });
    const body = Buffer.alloc(48 + offsets.length * (compact ? 4 : 16));
    body.writeBigUInt64LE(BigInt(time) * 1_000_000n, 8);
    offsets.forEach((offset, index) => {
      if (compact) body.writeUInt32LE(offset, 48 + index * 4);
      else body.writeBigUInt64LE(BigInt(offset), 48 + index * 16);
    });
    add(3, 0, body);
  }
  const header = Buffer.alloc(start);
  header.write("LPKSHHRH", 0, "latin1");
  header.writeUInt32LE(sealed ? 1 : 0, 8);
  header.writeUInt32LE(compact ? 16 : 0, 12);
  header.writeBigUInt64LE(BigInt(start), 88);
  header.writeBigUInt64LE(BigInt(at - start + 1024), 96);
  return Buffer.concat([header, ...parts, Buffer.alloc(1024)]);
}
