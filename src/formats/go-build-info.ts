import { corrupt } from "../core/errors.ts";
import { linesOf } from "./control-fields.ts";
import type { ElfFile } from "./elf.ts";
import type { PackageRecord } from "./package-record.ts";

/** What the Go linker left in a program (runtime/debug.BuildInfo). */
export interface GoBuildInfo {
  /** As the toolchain names itself: `go1.22.3`, `go1.20.1 X:boringcrypto`, `devel go1.23-…`. */
  readonly toolchain: string;
  readonly path: string | undefined;
  readonly main: GoModule | undefined;
  readonly dependencies: readonly GoModule[];
  /** Build settings: `GOOS`, `-ldflags`, `vcs.revision`. */
  readonly settings: ReadonlyMap<string, string>;
}

/** A module as it was linked: a replacement stands in for what it replaces. */
export interface GoModule {
  readonly path: string;
  readonly version: string;
  readonly replaces?: string;
}

const mark = Buffer.from("\xff Go buildinf:", "latin1");
const headerSize = 32;
/** The block lies at a multiple of this. */
const alignment = 16;
const inlineStrings = 2;
const bigEndianPointers = 1;
/** Bytes of the module list; the largest real ones are well under a megabyte. */
const largestText = 16 * 1024 ** 2;
/** The linker puts 16 bytes before and after the module list so that it can be found in memory. */
const fence = 16;

/** The build information of a Go program, or undefined where the file holds none. Reads the inline form (Go 1.18 on) and the older one with pointers (debug/buildinfo). */
export function parseGoBuildInfo(elf: ElfFile, name: string): GoBuildInfo | undefined {
  const block = blockOf(elf);
  if (block === undefined) return undefined;
  const flags = block[15]!;
  const [toolchain, modules] = (flags & inlineStrings) !== 0 ? inlinePair(block, name) : pointedPair(elf, block, name);
  if (toolchain === "") return undefined;
  return { toolchain, ...parseModules(withoutFence(modules)) };
}

/** From the mark to the end of what holds it. */
function blockOf(elf: ElfFile): Uint8Array | undefined {
  const section = elf.content(".go.buildinfo");
  const parts = section === undefined ? elf.writableParts() : [section];
  for (const part of parts) {
    const bytes = Buffer.from(part.buffer, part.byteOffset, part.byteLength);
    for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at + 1)) {
      if (at % alignment === 0 && at + headerSize <= bytes.length) return bytes.subarray(at);
    }
  }
  return undefined;
}

function inlinePair(block: Uint8Array, name: string): [string, Uint8Array] {
  const toolchain = inlineBytes(block, headerSize, name);
  const modules = inlineBytes(block, toolchain.end, name);
  return [Buffer.from(toolchain.bytes).toString("utf8"), modules.bytes];
}

/** A length of seven bits a byte, least first, then as many bytes. */
function inlineBytes(block: Uint8Array, start: number, name: string): { bytes: Uint8Array; end: number } {
  let length = 0;
  for (let at = start, scale = 1; at < start + 5; at++, scale *= 128) {
    const byte = block[at];
    if (byte === undefined) break;
    length += (byte & 0x7f) * scale;
    if (byte >= 0x80) continue;
    const end = at + 1 + length;
    if (length > largestText || end > block.length) break;
    return { bytes: block.subarray(at + 1, end), end };
  }
  throw corrupt(name, "Go build information is cut off");
}

function pointedPair(elf: ElfFile, block: Uint8Array, name: string): [string, Uint8Array] {
  const size = block[14]!;
  if (size !== 4 && size !== 8) throw corrupt(name, `Go build information with pointers of ${size} bytes`);
  const littleEndian = (block[15]! & bigEndianPointers) === 0;
  const toolchain = goString(elf, pointerIn(block, 16, size, littleEndian), size, littleEndian, name);
  const modules = goString(elf, pointerIn(block, 16 + size, size, littleEndian), size, littleEndian, name);
  return [Buffer.from(toolchain).toString("utf8"), modules];
}

/** A Go string in memory: a pointer to its bytes and their number. */
function goString(elf: ElfFile, address: number, size: number, littleEndian: boolean, name: string): Uint8Array {
  const header = elf.at(address, 2 * size);
  if (header === undefined) return new Uint8Array();
  const length = pointerIn(header, size, size, littleEndian);
  if (length > largestText) throw corrupt(name, `Go build information of ${length} bytes`);
  return elf.at(pointerIn(header, 0, size, littleEndian), length) ?? new Uint8Array();
}

function pointerIn(bytes: Uint8Array, at: number, size: number, littleEndian: boolean): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return size === 4 ? view.getUint32(at, littleEndian) : Number(view.getBigUint64(at, littleEndian));
}

function withoutFence(modules: Uint8Array): string {
  const fenced = modules.length >= 2 * fence + 1 && modules[modules.length - fence - 1] === 0x0a;
  return Buffer.from(fenced ? modules.subarray(fence, modules.length - fence) : new Uint8Array()).toString("utf8");
}

/** Lines of fields with tabs between them: `path`, `mod`, `dep`, `=>` for what replaces the line above, `build` with key and value. */
function parseModules(text: string): Omit<GoBuildInfo, "toolchain"> {
  let [path, main]: [string | undefined, GoModule | undefined] = [undefined, undefined];
  const dependencies: GoModule[] = [];
  const settings = new Map<string, string>();
  let isMain = false;
  for (const line of linesOf(text)) {
    const [kind, first = "", second = ""] = line.split("\t");
    if (kind === "path") path = first;
    else if (kind === "build") addSetting(settings, line.slice("build\t".length));
    else if (kind === "mod" || kind === "dep") {
      isMain = kind === "mod";
      if (isMain) main = { path: first, version: second };
      else dependencies.push({ path: first, version: second });
    } else if (kind === "=>") {
      const replaced = isMain ? main : dependencies.pop();
      if (replaced === undefined) continue;
      const replacement = { path: first, version: second, replaces: `${replaced.path}@${replaced.version}` };
      if (isMain) main = replacement;
      else dependencies.push(replacement);
    }
  }
  return { path, main, dependencies, settings };
}

/** `key=value`; either may be quoted as a Go string. */
function addSetting(settings: Map<string, string>, text: string): void {
  const equals = text.indexOf("=");
  if (equals > 0) settings.set(unquoted(text.slice(0, equals)), unquoted(text.slice(equals + 1)));
}

function unquoted(text: string): string {
  return /^".*"$/.test(text) ? text.slice(1, -1).replace(/\\(["\\])/g, "$1") : text;
}

/** The packages in a Go program: the standard library by the toolchain's version, the modules, and the main module. One without a version of its own (`(devel)`) takes what its linker flags set, with low confidence. */
export function goPackages(info: GoBuildInfo): PackageRecord[] {
  const standard = standardLibrary(info.toolchain);
  const main = info.main && mainModule(info.main, info);
  const program = programModule(info);
  return [
    ...(standard ? [standard] : []),
    ...(main ? [main] : []),
    ...info.dependencies.flatMap((module) => moduleRecord(module, module === program) ?? []),
  ];
}

/**
 * The module that the program's own package is in. It is a dependency where a tool is built from within another module (`go build example.com/tool` with
 * the tool in go.mod): the main module is then the place of the build alone.
 */
function programModule({ path = "", main, dependencies }: GoBuildInfo): GoModule | undefined {
  // A package is in the module with the longest path before it (go.dev/ref/mod, "Resolving a package to a module").
  return [...(main ? [main] : []), ...dependencies]
    .filter((module) => module.path !== "" && `${path}/`.startsWith(`${importedAs(module)}/`))
    .sort((a, b) => importedAs(b).length - importedAs(a).length)[0];
}

/** What imports call a module, also where another one replaces it. */
function importedAs({ path, replaces }: GoModule): string {
  return replaces?.replace(/@.*$/, "") ?? path;
}

function standardLibrary(toolchain: string): PackageRecord | undefined {
  const version = /\bgo(\d+\.\d+(?:\.\d+)?(?:(?:rc|beta)\d+)?(?:-[0-9A-Za-z.]+)?)/.exec(toolchain)?.[1];
  if (version === undefined) return undefined;
  return {
    name: "stdlib",
    version,
    type: "golang",
    licenses: ["BSD-3-Clause"],
    properties: { goToolchain: toolchain },
  };
}

function moduleRecord({ path, version, replaces }: GoModule, isProgram: boolean): PackageRecord | undefined {
  // A replacement by a folder has no version that advisories could name.
  if (path === "" || version === "") return undefined;
  const properties = {
    ...(replaces === undefined ? {} : { replaces }),
    ...(isProgram ? { program: "yes" } : {}),
  };
  return { name: path, version, type: "golang", licenses: [], properties };
}

function mainModule(module: GoModule, info: GoBuildInfo): PackageRecord | undefined {
  if (module.path === "") return undefined;
  const revision = info.settings.get("vcs.revision");
  const properties = { main: "yes", ...(revision === undefined ? {} : { revision }) };
  const stated = module.version !== "" && module.version !== "(devel)";
  const linked = stated ? undefined : versionInLinkerFlags(info.settings.get("-ldflags") ?? "");
  return {
    name: module.path,
    version: stated ? module.version : (linked ?? "(devel)"),
    type: "golang",
    licenses: [],
    properties: linked === undefined ? properties : { ...properties, versionFrom: "-ldflags" },
    ...(stated ? {} : { confidence: "low" as const }),
  };
}

/** `-X main.version=1.2.3` and its likes, where all that look like versions agree. */
function versionInLinkerFlags(flags: string): string | undefined {
  const found = new Set<string>();
  for (const match of flags.matchAll(
    /-X[ =]['"]?[^\s'"=]{1,300}\.(?:[A-Za-z]{0,30}[vV]ersion|[gG]itTag)=v?(\d+\.\d+\.\d+[0-9A-Za-z.+~-]{0,100})/g,
  ))
    found.add(`v${match[1]}`);
  return found.size === 1 ? [...found][0] : undefined;
}
