import { inflateSync } from "node:zlib";
import { corrupt } from "../core/errors.ts";
import type { ElfFile } from "./elf.ts";
import { JsonObject } from "./json-document.ts";
import type { PackageRecord } from "./package-record.ts";

/** Bytes of the decompressed list; real ones are tens of kilobytes. */
const largestList = 8 * 1024 ** 2;

/** The crates of a program built with `cargo auditable`: the zlib-compressed JSON of section `.dep-v0`, what is used at build time left out. Empty where there is no such section. */
export function parseRustAuditable(elf: ElfFile, name: string): PackageRecord[] {
  const section = elf.content(".dep-v0");
  if (section === undefined) return [];
  return JsonObject.parse(inflate(section, name), name)
    .objects("packages")
    .flatMap((entry) => recordOf(entry) ?? []);
}

function inflate(section: Uint8Array, name: string): Uint8Array {
  try {
    return inflateSync(section, { maxOutputLength: largestList });
  } catch {
    throw corrupt(name, `section .dep-v0 is no zlib stream of at most ${largestList} bytes`);
  }
}

function recordOf(entry: JsonObject): PackageRecord | undefined {
  const [name, version, source] = [entry.text("name"), entry.text("version"), entry.text("source") ?? "crates.io"];
  if (name === undefined || version === undefined || entry.text("kind") === "build") return undefined;
  return {
    name,
    version,
    type: "cargo",
    licenses: [],
    properties: { ...(source === "crates.io" ? {} : { source }), ...(entry.isTrue("root") ? { root: "yes" } : {}) },
  };
}
