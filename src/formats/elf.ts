import { corrupt } from "../core/errors.ts";

/** A named part of an ELF file. */
export interface ElfSection {
  readonly name: string;
  readonly type: number;
  /** Where the section is loaded, 0 for what is not. */
  readonly address: number;
  /** Offset in the file. */
  readonly offset: number;
  readonly size: number;
  /** Holds instructions (SHF_EXECINSTR). */
  readonly executable: boolean;
}

interface Segment {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  readonly fileSize: number;
}

const loadSegment = 1;
const writable = 2;
const noBits = 8;
const executableFlag = 4;
/** SHT_SYMTAB, SHT_RELA, SHT_HASH, SHT_REL, SHT_DYNSYM, SHT_GNU_HASH, SHT_GNU_versym. */
const tableTypes = new Set([2, 4, 5, 9, 11, 0x6ffffff6, 0x6fffffff]);

/** Whether the bytes begin as an ELF file. */
export function isElf(bytes: Uint8Array): boolean {
  return bytes.length >= 20 && bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
}

/** Where the section headers of an ELF file lie, and which of them is about their names. */
export interface SectionTablePlace {
  readonly offset: number;
  readonly size: number;
  readonly names: number;
}

/** What the first 64 bytes of an ELF file say of its section headers; undefined where it has none or these bytes are too few. */
export function sectionTablePlace(head: Uint8Array): SectionTablePlace | undefined {
  if (!isElf(head) || head.length < 64) return undefined;
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const [is64, little] = [head[4] === 2, head[5] === 1];
  const offset = is64 ? Number(view.getBigUint64(40, little)) : view.getUint32(32, little);
  const size = view.getUint16(is64 ? 58 : 46, little) * view.getUint16(is64 ? 60 : 48, little);
  return offset === 0 || size === 0 ? undefined : { offset, size, names: view.getUint16(is64 ? 62 : 50, little) };
}

/** Symbols, relocations and tables for unwinding: large parts of a program in which nothing tells what it is. */
export function describesCode({ name, type, executable }: ElfSection): boolean {
  return executable || tableTypes.has(type) || /^\.(strtab|gopclntab|eh_frame|debug_.*|dynstr)$/.test(name);
}

/** An ELF file of either word size and byte order (System V ABI, "Object Files"): its sections and how addresses map to its bytes. Throws `CORRUPT_INPUT`. */
export class ElfFile {
  readonly bytes: Uint8Array;
  readonly is64: boolean;
  readonly littleEndian: boolean;
  readonly sections: readonly ElfSection[];
  readonly #segments: readonly Segment[];
  readonly #view: DataView;
  readonly #name: string;

  constructor(bytes: Uint8Array, name: string) {
    this.bytes = bytes;
    this.#name = name;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (!isElf(bytes)) throw corrupt(name, "does not begin as an ELF file", 0);
    this.is64 = this.#wordSize();
    this.littleEndian = this.#byteOrder();
    this.#segments = this.#readSegments();
    this.sections = this.#readSections();
  }

  #wordSize(): boolean {
    if (this.bytes[4] !== 1 && this.bytes[4] !== 2) throw corrupt(this.#name, `word size class ${this.bytes[4]}`, 4);
    return this.bytes[4] === 2;
  }

  #byteOrder(): boolean {
    if (this.bytes[5] !== 1 && this.bytes[5] !== 2) throw corrupt(this.#name, `byte order ${this.bytes[5]}`, 5);
    return this.bytes[5] === 1;
  }

  /** The bytes of a section, or undefined where there is none of that name. Sections that take no room in the file are empty. */
  content(name: string): Uint8Array | undefined {
    const section = this.sections.find((one) => one.name === name);
    return section && this.contentOf(section);
  }

  contentOf({ type, offset, size }: ElfSection): Uint8Array {
    if (type === noBits) return new Uint8Array();
    if (offset + size > this.bytes.length) throw corrupt(this.#name, "section lies beyond the file's end", offset);
    return this.bytes.subarray(offset, offset + size);
  }

  /** The bytes that are loaded at an address, as many as asked for; undefined where the file holds fewer there. */
  at(address: number, length: number): Uint8Array | undefined {
    const segment = this.#segments.find(
      (one) => one.type === loadSegment && address >= one.address && address + length <= one.address + one.fileSize,
    );
    if (segment === undefined) return undefined;
    const start = segment.offset + (address - segment.address);
    return start + length > this.bytes.length ? undefined : this.bytes.subarray(start, start + length);
  }

  /** What is loaded writable, where linkers that strip section headers leave data. */
  writableParts(): Uint8Array[] {
    const parts = this.#segments.filter(({ type, flags }) => type === loadSegment && (flags & writable) !== 0);
    return parts.map(({ offset, fileSize }) =>
      this.bytes.subarray(offset, Math.min(offset + fileSize, this.bytes.length)),
    );
  }

  /** An address-sized number. */
  word(at: number): number {
    if (!this.is64) return this.u32(at);
    this.#check(at, 8);
    return Number(this.#view.getBigUint64(at, this.littleEndian));
  }

  u32(at: number): number {
    this.#check(at, 4);
    return this.#view.getUint32(at, this.littleEndian);
  }

  u16(at: number): number {
    this.#check(at, 2);
    return this.#view.getUint16(at, this.littleEndian);
  }

  #check(at: number, length: number): void {
    if (at < 0 || at + length > this.bytes.length) throw corrupt(this.#name, "ends within its headers", at);
  }

  #readSegments(): Segment[] {
    const start = this.word(this.is64 ? 32 : 28);
    const entrySize = this.u16(this.is64 ? 54 : 42);
    const count = this.u16(this.is64 ? 56 : 44);
    if (count > 0 && entrySize < (this.is64 ? 56 : 32))
      throw corrupt(this.#name, `segment headers of ${entrySize} bytes`);
    return Array.from({ length: count }, (_, index) => this.#segment(start + index * entrySize));
  }

  #segment(at: number): Segment {
    if (this.is64)
      return {
        type: this.u32(at),
        flags: this.u32(at + 4),
        offset: this.word(at + 8),
        address: this.word(at + 16),
        fileSize: this.word(at + 32),
      };
    return {
      type: this.u32(at),
      flags: this.u32(at + 24),
      offset: this.u32(at + 4),
      address: this.u32(at + 8),
      fileSize: this.u32(at + 16),
    };
  }

  #readSections(): ElfSection[] {
    const start = this.word(this.is64 ? 40 : 32);
    const entrySize = this.u16(this.is64 ? 58 : 46);
    const count = this.u16(this.is64 ? 60 : 48);
    const namesIndex = this.u16(this.is64 ? 62 : 50);
    if (start === 0 || count === 0) return [];
    if (entrySize < (this.is64 ? 64 : 40)) throw corrupt(this.#name, `section headers of ${entrySize} bytes`);
    const raw = Array.from({ length: count }, (_, index) => this.#section(start + index * entrySize));
    const names = raw[namesIndex];
    return raw.map(({ nameOffset, ...section }) => ({
      ...section,
      name: names === undefined ? "" : this.#nameAt(names.offset + nameOffset),
    }));
  }

  #section(at: number) {
    if (this.is64)
      return {
        nameOffset: this.u32(at),
        type: this.u32(at + 4),
        executable: (this.u32(at + (this.littleEndian ? 8 : 12)) & executableFlag) !== 0,
        address: this.word(at + 16),
        offset: this.word(at + 24),
        size: this.word(at + 32),
      };
    return {
      nameOffset: this.u32(at),
      type: this.u32(at + 4),
      executable: (this.u32(at + 8) & executableFlag) !== 0,
      address: this.u32(at + 12),
      offset: this.u32(at + 16),
      size: this.u32(at + 20),
    };
  }

  #nameAt(at: number): string {
    // Names are short; a bound keeps a file without NUL bytes from being scanned for every section.
    const piece = this.bytes.subarray(at, at + 256);
    const end = piece.indexOf(0);
    return Buffer.from(piece.subarray(0, end < 0 ? piece.length : end)).toString("latin1");
  }
}
