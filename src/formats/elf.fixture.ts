/** Word size and byte order of an ELF file for a test. */
export interface ElfForm {
  readonly is64?: boolean;
  readonly littleEndian?: boolean;
}

/** Where the file is loaded. */
const base = 0x400000;

/** An ELF file for tests: one writable segment that maps it whole, and the sections given. */
export function elfImage(sections: Readonly<Record<string, Uint8Array>>, form: ElfForm = {}): Buffer {
  const { is64 = true, littleEndian = true } = form;
  const number = (value: number, size: number) => {
    const bytes = Buffer.alloc(size);
    if (littleEndian) bytes.writeUIntLE(value, 0, Math.min(size, 6));
    else bytes.writeUIntBE(value, Math.max(0, size - 6), Math.min(size, 6));
    return bytes;
  };
  const word = (value: number) => number(value, is64 ? 8 : 4);
  const headerSize = is64 ? 64 : 52;
  const segmentSize = is64 ? 56 : 32;
  const sectionSize = is64 ? 64 : 40;
  const names = ["", ...Object.keys(sections), ".shstrtab"];
  const nameTable = Buffer.from(names.map((name) => `${name}\0`).join(""));
  const contents = [Buffer.alloc(0), ...Object.values(sections).map((bytes) => Buffer.from(bytes)), nameTable];
  // Everything is placed at multiples of 16, as the Go linker places its block.
  let at = Math.ceil((headerSize + segmentSize) / 16) * 16;
  const placed = contents.map((bytes) => {
    const place = at;
    at = Math.ceil((at + bytes.length) / 16) * 16;
    return place;
  });
  const total = at + names.length * sectionSize;
  const segment = is64
    ? [number(1, 4), number(6, 4), word(0), word(base), word(base), word(total), word(total), word(4096)]
    : [number(1, 4), word(0), word(base), word(base), word(total), word(total), number(6, 4), word(4096)];
  const header = [
    Buffer.from([0x7f, 0x45, 0x4c, 0x46, is64 ? 2 : 1, littleEndian ? 1 : 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    ...[number(2, 2), number(62, 2), number(1, 4), word(base), word(headerSize), word(at), number(0, 4)],
    ...[headerSize, segmentSize, 1, sectionSize, names.length, names.length - 1].map((value) => number(value, 2)),
  ];
  const image = Buffer.alloc(total);
  Buffer.concat([...header, ...segment]).copy(image, 0);
  let nameOffset = 0;
  contents.forEach((bytes, index) => {
    bytes.copy(image, placed[index]!);
    const fields = [
      number(nameOffset, 4),
      number(index === 0 ? 0 : 1, 4),
      word(0),
      word(base + placed[index]!),
      word(placed[index]!),
      word(bytes.length),
      number(0, 4),
      number(0, 4),
      word(16),
      word(0),
    ];
    Buffer.concat(fields).copy(image, at + index * sectionSize);
    nameOffset += Buffer.byteLength(names[index]!) + 1;
  });
  return image;
}
