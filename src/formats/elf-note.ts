import type { ElfFile } from "./elf.ts";
import { JsonObject } from "./json-document.ts";
import type { PackageRecord } from "./package-record.ts";

const packageNote = 0xcafe1a7e;

/** The package that the note of a program names (Package Metadata for Executable Files, section `.note.package`): JSON with type, name, version, architecture and os. Undefined where there is none. */
export function parsePackageNote(elf: ElfFile, name: string): PackageRecord | undefined {
  const section = elf.sections.find((one) => one.name === ".note.package");
  if (section === undefined) return undefined;
  const note = elf.contentOf(section);
  if (note.length < 16) return undefined;
  const [ownerSize, size, type] = [elf.u32(section.offset), elf.u32(section.offset + 4), elf.u32(section.offset + 8)];
  const start = 12 + Math.ceil(ownerSize / 4) * 4;
  if (type !== packageNote || start + size > note.length) return undefined;
  const text = Buffer.from(note.subarray(start, start + size))
    .toString("utf8")
    .replace(/\0+$/, "");
  return recordOf(JsonObject.parse(Buffer.from(text), name));
}

function recordOf(document: JsonObject): PackageRecord | undefined {
  const [type, name, version] = [document.text("type"), document.text("name"), document.text("version")];
  if (type === undefined || name === undefined || version === undefined) return undefined;
  const os = document.text("os");
  return {
    name,
    version,
    type: type.toLowerCase(),
    architecture: document.text("architecture"),
    licenses: [],
    confidence: "medium",
    properties: {
      ...(os === undefined ? {} : { os }),
      ...(document.text("osCpe") === undefined ? {} : { osCpe: document.text("osCpe")! }),
    },
  };
}
