import { crc32, deflateRawSync } from "node:zlib";

/** How a zip archive for a test is written. */
export interface ZipForm {
  readonly deflated?: boolean;
  readonly comment?: Uint8Array;
  /** A size that the archive states instead of the real one. */
  readonly statedSize?: number;
}

/** A zip archive of files by path, for tests (APPNOTE.TXT §4.3). */
export function zipArchive(files: Readonly<Record<string, Uint8Array>>, form: ZipForm = {}): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [path, content] of Object.entries(files)) {
    const stored = form.deflated === true ? deflateRawSync(content) : Buffer.from(content);
    const fields = commonFields(content, stored, path, form);
    const local = Buffer.concat([numbers([0x04034b50, 4], [20, 2]), fields, Buffer.from(path), stored]);
    directory.push(
      Buffer.concat([
        numbers([0x02014b50, 4], [20, 2], [20, 2]),
        fields,
        numbers([0, 2], [0, 2], [0, 2], [0, 4], [offset, 4]),
        Buffer.from(path),
      ]),
    );
    locals.push(local);
    offset += local.length;
  }
  const listing = Buffer.concat(directory);
  const count = directory.length;
  const comment = form.comment ?? new Uint8Array();
  const end = numbers(
    [0x06054b50, 4],
    [0, 2],
    [0, 2],
    [count, 2],
    [count, 2],
    [listing.length, 4],
    [offset, 4],
    [comment.length, 2],
  );
  return Buffer.concat([...locals, listing, end, comment]);
}

/** From the flags to the length of the extra field: the same in both headers. */
function commonFields(content: Uint8Array, stored: Buffer, path: string, form: ZipForm): Buffer {
  const size = form.statedSize ?? content.length;
  const sum = typeof crc32 === "function" ? crc32(content) : 0;
  const method = form.deflated === true ? 8 : 0;
  return numbers(
    [0, 2],
    [method, 2],
    [0, 2],
    [0, 2],
    [sum, 4],
    [stored.length, 4],
    [size, 4],
    [Buffer.byteLength(path), 2],
    [0, 2],
  );
}

function numbers(...values: readonly (readonly [value: number, size: number])[]): Buffer {
  return Buffer.concat(
    values.map(([value, size]) => {
      const bytes = Buffer.alloc(size);
      bytes.writeUIntLE(value, 0, size);
      return bytes;
    }),
  );
}
