import { controlParagraphs, type Fields, linesOf } from "./control-fields.ts";
import { contentProperties } from "./package-content.ts";
import { isClaimable, type PackageRecord } from "./package-record.ts";

/** States of dpkg(1) in which no files of the package are installed: never installed, or removed with its configuration left behind (`rc`). */
const absentStates = new Set(["not-installed", "config-files"]);

/**
 * The packages of a dpkg status file (dpkg(1), deb822(5)) or of one file of distroless' `status.d`, whose paragraphs have no `Status`.
 * Every state in which files are unpacked counts, half-installed included; a state other than `installed` is told in the properties.
 */
export function parseDpkgStatus(text: string, path: string): PackageRecord[] {
  const packages: PackageRecord[] = [];
  for (const fields of controlParagraphs(text, path)) {
    const record = dpkgRecord(fields, "deb");
    if (record) packages.push(record);
  }
  return packages;
}

/** The packages of an opkg status file (OpenWrt), which has dpkg's form. */
export function parseOpkgStatus(text: string, path: string): PackageRecord[] {
  const packages: PackageRecord[] = [];
  for (const fields of controlParagraphs(text, path)) {
    const record = dpkgRecord(fields, "opkg");
    if (record) packages.push(record);
  }
  return packages;
}

function dpkgRecord(fields: Fields, type: "deb" | "opkg"): PackageRecord | undefined {
  const name = fields.get("package");
  const version = fields.get("version");
  const state = fields.get("status")?.split(/\s+/)[2] ?? "installed";
  if (!name || !version || absentStates.has(state)) return undefined;
  const source = sourceOf(fields.get("source"));
  return {
    name,
    version,
    type,
    architecture: fields.get("architecture"),
    sourceName: source?.name ?? name,
    sourceVersion: source?.version ?? version,
    vendor: fields.get("maintainer")?.split("\n")[0] || undefined,
    licenses: fields.get("license") ? [fields.get("license")!] : [],
    properties: propertiesOf(fields, state),
  };
}

function propertiesOf(fields: Fields, state: string): Record<string, string> {
  const origin = fields.get("origin");
  return {
    ...(state === "installed" ? {} : { status: state }),
    ...(origin ? { origin } : {}),
    ...(fields.get("essential") === "yes" ? { essential: "yes" } : {}),
  };
}

/** `Source: glibc (2.31-13)` names a source whose version differs from the package's own (deb-src-control(5)). */
function sourceOf(field: string | undefined): { name: string; version: string | undefined } | undefined {
  const parts = /^(\S+)(?:\s+\(\s*([^)\s]+)\s*\))?/.exec(field ?? "");
  return parts ? { name: parts[1]!, version: parts[2] } : undefined;
}

/** Files of one package: how many, and those that another reader may find packages in. */
export interface OwnedFiles {
  /** Package name, with `:architecture` where the file name has it. */
  readonly owner: string;
  readonly fileCount: number;
  /** Without a leading slash. */
  readonly paths: readonly string[];
  /** What all of its files say of its content; absent where the list may be incomplete. */
  readonly properties?: Readonly<Record<string, string>> | undefined;
}

/** What `info/NAME.list` says: every path of the package, folders included; a folder is known by something lying in it. */
export function parseFileList(text: string, owner: string): OwnedFiles {
  const folders = new Set<string>();
  const listed: string[] = [];
  for (const line of linesOf(text)) {
    const path = relative(line);
    if (path === "") continue;
    listed.push(path);
    for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) {
      const folder = path.slice(0, at);
      if (folders.has(folder)) break;
      folders.add(folder);
    }
  }
  const files = listed.filter((path) => !folders.has(path));
  return { owner, fileCount: files.length, paths: files.filter(isClaimable), ...contentProperties(files) };
}

/** What `NAME.md5sums` says: `digest  path`, regular files only, configuration files left out. */
export function parseMd5Sums(text: string, owner: string): OwnedFiles {
  const files: string[] = [];
  for (const line of linesOf(text)) {
    const entry = /^[0-9a-f]{32}\s\s?(.+)$/.exec(line);
    if (entry) files.push(relative(entry[1]!));
  }
  return { owner, fileCount: files.length, paths: files.filter(isClaimable) };
}

function relative(path: string): string {
  return path.replace(/^\.?\/+/, "").replace(/^\.$/, "");
}

/** Gives each package its files. A list names the package alone or, for packages of several architectures, `name:architecture`. */
export function withOwnedFiles(packages: readonly PackageRecord[], owned: readonly OwnedFiles[]): PackageRecord[] {
  const byOwner = new Map<string, OwnedFiles>();
  for (const files of owned) {
    const known = byOwner.get(files.owner);
    byOwner.set(files.owner, known === undefined ? files : fuller(known, files));
  }
  return packages.map((record) => {
    const files = byOwner.get(`${record.name}:${record.architecture}`) ?? byOwner.get(record.name);
    if (files === undefined) return record;
    const properties = { ...record.properties, ...files.properties };
    return {
      ...record,
      fileCount: files.fileCount,
      ownedPaths: files.paths,
      ...(Object.keys(properties).length > 0 && { properties }),
    };
  });
}

/** A `.list` and an `.md5sums` of one package: the list also names links and configuration files. */
function fuller(a: OwnedFiles, b: OwnedFiles): OwnedFiles {
  return b.fileCount > a.fileCount ? b : a;
}
