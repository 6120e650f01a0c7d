/** A value of an rpm header's tag: a string, strings, or 32-bit numbers. */
export type RpmTagValue = string | readonly string[] | readonly number[];

/** An rpm header blob as a database stores it: strings as STRING or STRING_ARRAY, numbers as INT32. */
export function madeRpmHeader(tags: Readonly<Record<number, RpmTagValue>>): Buffer {
  const index: Buffer[] = [];
  const data: Buffer[] = [];
  let offset = 0;
  for (const [number, value] of Object.entries(tags)) {
    const items = typeof value === "string" ? [value] : value;
    const type = typeof value === "string" ? 6 : typeof value[0] === "string" ? 8 : 4;
    // rpm refuses numbers that do not lie at a multiple of their size.
    const gap = type === 4 ? (4 - (offset % 4)) % 4 : 0;
    data.push(Buffer.alloc(gap));
    offset += gap;
    const content = Buffer.concat(
      items.map((item) => (typeof item === "string" ? Buffer.from(`${item}\0`) : words("BE", item))),
    );
    index.push(words("BE", Number(number), type, offset, items.length));
    data.push(content);
    offset += content.length;
  }
  return Buffer.concat([words("BE", index.length, offset), ...index, ...data]);
}

/** A database of rpm's ndb backend that holds headers: one page of slots, then the blobs in blocks of 16 bytes. */
export function madeNdb(headers: readonly Buffer[]): Buffer {
  const page = 4096;
  const blobs: Buffer[] = [];
  const slots: Buffer[] = [];
  let at = page;
  headers.forEach((header, index) => {
    const blocks = Math.ceil((16 + header.length + 12) / 16);
    const blob = Buffer.alloc(blocks * 16);
    words("LE", 0x53626c42, index + 1, 0, header.length).copy(blob);
    header.copy(blob, 16);
    slots.push(words("LE", 0x746f6c53, index + 1, at / 16, blocks));
    blobs.push(blob);
    at += blob.length;
  });
  const first = Buffer.alloc(page);
  words("LE", 0x506d7052, 0, 1, 1).copy(first);
  const empty = words("LE", 0x746f6c53, 0, 0, 0);
  for (let slot = 2; slot * 16 < page; slot++) (slots[slot - 2] ?? empty).copy(first, slot * 16);
  return Buffer.concat([first, ...blobs]);
}

/** A package of an rpm database with its files: path to content digest (SHA-256), `st_mode`, flags and verify flags. */
export function madeRpmPackage(
  name: string,
  files: Readonly<
    Record<string, { digest?: string; mode?: number; flags?: number; verify?: number; target?: string; state?: number }>
  > = {},
  version = "1.0",
): Buffer {
  const paths = Object.keys(files);
  const values = Object.values(files);
  const folders = [...new Set(paths.map((path) => path.slice(0, path.lastIndexOf("/") + 1)))];
  const ofFiles: Record<number, RpmTagValue> =
    paths.length === 0
      ? {}
      : {
          1029: values.map(({ state }) => state ?? 0),
          1030: values.map(({ mode }) => mode ?? 0o100644),
          1035: values.map(({ digest }) => digest ?? ""),
          1036: values.map(({ target }) => target ?? ""),
          1037: values.map(({ flags }) => flags ?? 0),
          1039: values.map(() => "root"),
          1040: values.map(() => "root"),
          1045: values.map(({ verify }) => verify ?? 0xffff_ffff),
          1116: paths.map((path) => folders.indexOf(path.slice(0, path.lastIndexOf("/") + 1))),
          1117: paths.map((path) => path.slice(path.lastIndexOf("/") + 1)),
          1118: folders,
          5011: [8],
        };
  return madeRpmHeader({ 1000: name, 1001: version, 1002: "1.el9", 1022: "x86_64", ...ofFiles });
}

function words(order: "LE" | "BE", ...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => {
    if (order === "LE") bytes.writeUInt32LE(value >>> 0, index * 4);
    else bytes.writeUInt32BE(value >>> 0, index * 4);
  });
  return bytes;
}
